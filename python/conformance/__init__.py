"""The runners of the contract's vectors in Python: ``python -m conformance.run --help``."""
