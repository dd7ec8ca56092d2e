"""The version of this package, the same as of all packages of its release train."""

VERSION = "0.0.0"
