"""How right the outcome label is about the actions of the installed coinbase-agentkit: the figures of docs/outcome-labels.md.

Every action that can be constructed runs on a real chain and servers that answer with nothing of use, and from its 1st, 2nd
or 3rd call on every call fails. Where it came that far, it has failed, whatever it says.
"""

import pytest

from agentkit_policy.outcome_label import says_failed

from .driven_actions import Driven, Driver
from .world import ROOT, World

_PAGE = (ROOT / "docs/outcome-labels.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def driver(world: World) -> Driver:
    return Driver(world, "labels")


@pytest.fixture(scope="module")
def runs(driver: Driver) -> list[Driven]:
    return _reached(driver, driver.callable, [1, 2, 3])


@pytest.fixture(scope="module")
def later(driver: Driver, runs: list[Driven]) -> list[Driven]:
    """Money leaves later than that, where it does."""
    return _reached(driver, sorted({run.action for run in runs if run.line.fails_at == 3}), list(range(4, 21, 4)))


def _reached(driver: Driver, names: list[str], failing: list[int]) -> list[Driven]:
    driven = [driver.drive(name, fails_at) for name in names for fails_at in failing]
    return [run for run in driven if run.line.calls >= run.line.fails_at]


def _by_text(run: Driven) -> str:
    return "right" if run.raised is not None or says_failed(run.result) else "wrong"


def _by_journal(run: Driven) -> str:
    """What text and journal together say: unknown is the answer where a transaction may have left."""
    assert run.outcome is not None
    status, left = run.outcome["status"], bool(run.line.sent)
    if status == "failed":
        return "wrong" if left else "right"
    if status == "unknown":
        return "right" if left else "undecided"
    return "wrong"


def _row(where: str, driven: list[Driven]) -> str:
    text = [sum(_by_text(run) == answer for run in driven) for answer in ("right", "wrong")]
    journal = [sum(_by_journal(run) == answer for run in driven) for answer in ("right", "wrong", "undecided")]
    return f"| {' | '.join(map(str, ['Python', where, len(driven), *text, *journal]))} |"


def test_every_action_that_can_be_constructed_is_driven(driver: Driver) -> None:
    assert len(driver.callable) > 40
    assert f"{len(driver.callable)} actions of Python" in _PAGE
    for name in [*driver.refused, *(driver.actions.keys() - set(driver.callable))]:
        assert f"`{name}`" in _PAGE


def test_the_labels_are_as_right_as_the_page_says(runs: list[Driven]) -> None:
    for fails_at in (1, 2, 3):
        assert _row(f"call {fails_at}", [run for run in runs if run.line.fails_at == fails_at]) in _PAGE


def test_they_are_wrong_by_text_alone_for_no_other_actions_than_the_page_names(runs: list[Driven], later: list[Driven]) -> None:
    for run in [*runs, *later]:
        if _by_text(run) == "wrong":
            assert f"`{run.action}`: `{str(run.result)[:40]}" in _PAGE


def test_they_are_right_with_the_journal_from_a_later_call_on_too_or_say_that_nobody_can_tell(later: list[Driven]) -> None:
    assert len(later) > 25
    assert [run for run in later if "wrong" in (_by_text(run), _by_journal(run))] == []


def test_money_that_left_or_may_have_left_is_never_told_as_an_action_that_failed_with_nothing_done(later: list[Driven]) -> None:
    left = [run for run in later if run.line.sent]
    assert left
    assert [run for run in left if run.outcome is None or run.outcome["status"] == "failed"] == []
