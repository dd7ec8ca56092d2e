"""What a result says of its action: the rows that TypeScript is held to as well, and a classifier of the user's own."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from agentkit_policy import PolicySetupError, with_policy
from agentkit_policy.outcome_label import says_failed

from .plain import Kit, Policy, run

_FILE = Path(__file__).parents[2] / "schemas/v1/vectors/outcome-labels.json"
#: What only some actions say needs the catalogue, which only the sidecar has.
_ROWS: list[dict[str, Any]] = [row for row in json.loads(_FILE.read_text(encoding="utf-8"))["vectors"] if "action" not in row]


def test_the_rows_are_looked_at() -> None:
    assert len(_ROWS) > 90


@pytest.mark.parametrize("row", _ROWS, ids=[row["id"] for row in _ROWS])
def test_a_result_as_in_vector(row: dict[str, Any]) -> None:
    assert says_failed(row["result"]) == (row["label"] == "failed")


def test_a_result_of_any_kind_has_an_answer() -> None:
    for odd in (object(), b"Error", {1: 2}, {"success": object()}, "[" * 100_000, type("D", (dict,), {})(success=False)):
        assert not says_failed(odd)


def _status(result: Any, **options: Any) -> str:
    policy = Policy()
    run(with_policy(Kit(lambda _: result), policy, **options))
    return str(policy.endings[0].outcome["status"])


def test_a_classifier_of_ones_own_comes_first_and_may_say_nothing() -> None:
    seen: list[Any] = []

    def classify(result: Any, action: str) -> str | None:
        seen.append((result, action))
        return {"Error is its name": "succeeded", "it went wrong": "failed"}.get(result)

    assert [_status(text, classify=classify) for text in ("Error is its name", "it went wrong", "Error: no", "fine")] == [
        "succeeded",
        "failed",
        "failed",
        "succeeded",
    ]
    assert seen[0] == ("Error is its name", "pay")


def test_a_classifier_that_fails_or_answers_rubbish_says_nothing() -> None:
    def broken(_: Any, __: str) -> str:
        raise ValueError("no")

    assert [_status("Error: no", classify=classify) for classify in (broken, lambda *_: "yes", lambda *_: 1)] == ["failed"] * 3
    assert _status("fine", classify=broken) == "succeeded"


def test_a_classifier_is_a_function() -> None:
    with pytest.raises(PolicySetupError, match="classify"):
        with_policy(Kit(), Policy(), classify=cast(Any, "failed"))
