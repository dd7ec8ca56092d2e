"""What a runner made of every vector, in the form in which the results of all runners are compared."""

import json
import traceback
from collections.abc import Callable
from typing import Any

#: What was seen, once nobody watches any more.
Read = Callable[[], dict[str, Any]]


class Skipped(Exception):
    """The runner cannot do what the vector needs. Its text is the reason."""


def results_of(runner: str, vectors: list[dict[str, Any]], run: Callable[[dict[str, Any]], Read]) -> dict[str, Any]:
    """Runs every vector, one after the other, and compares what was seen when all have run."""
    made: list[Callable[[], dict[str, Any]]] = []
    for vector in vectors:
        name = {"id": vector["id"]}
        try:
            made.append(_compared(vector, run(vector)))
        except Skipped as skipped:
            made.append(_always({**name, "result": "skipped", "reason": str(skipped)}))
        except Exception:
            made.append(_always({**name, "result": "errored", "error": traceback.format_exc()}))
    return {"runner": runner, "results": [result() for result in made]}


def _always(result: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: result


def _compared(vector: dict[str, Any], read: Read) -> Callable[[], dict[str, Any]]:
    def result() -> dict[str, Any]:
        try:
            observed = read()
        except Exception:
            return {"id": vector["id"], "result": "errored", "error": traceback.format_exc()}
        difference = difference_of(vector["expect"], observed)
        if difference is None:
            return {"id": vector["id"], "result": "passed", "observed": observed}
        return {"id": vector["id"], "result": "failed", "observed": observed, "difference": difference}

    return result


def difference_of(expected: dict[str, Any], observed: dict[str, Any]) -> str | None:
    """The first member in which two observations differ, in words."""
    for member in sorted(expected.keys() | observed.keys()):
        wanted, seen = (json.dumps(of.get(member, "nothing"), sort_keys=True) for of in (expected, observed))
        if wanted != seen:
            return f"{member}: expected {wanted}, saw {seen}"
    return None
