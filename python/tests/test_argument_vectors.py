"""The argument vectors of the contract, which TypeScript reads too (``schemas/v1/vectors/arguments.json``)."""

import json
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy.snapshot import MAX_BYTES, MAX_DEPTH, SnapshotError, take_snapshot

from .notation import built

_FILE = json.loads((Path(__file__).parents[2] / "schemas/v1/vectors/arguments.json").read_text(encoding="utf-8"))
_VECTORS: list[dict[str, Any]] = _FILE["vectors"]


def test_arguments_have_the_bounds_that_their_vectors_were_made_for() -> None:
    assert _FILE["bounds"] == {"maxDepth": MAX_DEPTH, "maxBytes": MAX_BYTES}


@pytest.mark.parametrize("vector", _VECTORS, ids=[vector["id"] for vector in _VECTORS])
def test_arguments_as_in_vector(vector: dict[str, Any]) -> None:
    value = built(vector["value"])
    if "refused" in vector:
        with pytest.raises(SnapshotError) as refusal:
            take_snapshot(value)
        assert str(refusal.value) == vector["refused"]
    else:
        plain, expected = json.loads(json.dumps(take_snapshot(value)[0], allow_nan=False)), built(vector["plain"])
        assert plain == expected
        # True is 1 for Python.
        assert isinstance(plain, bool) == isinstance(expected, bool)
