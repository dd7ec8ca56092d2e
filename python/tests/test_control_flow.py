"""How frameworks leave an action on purpose, by whatever their exceptions are called and inherit from."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, PolicyDecision, deny, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .plain import WalletKit, run

PolicyFiles = Callable[..., PolicyFile]

_SEND = {"to": "0x" + "11" * 20, "value": 1}
_ANYTHING = "{ id: anything, allow: { actions: [pay] } }"


class GraphInterrupt(Exception):
    """Named as LangGraph names its own."""


class AskAPerson(GraphInterrupt):
    """A framework's interrupt under a name of its user's."""


class AbortError(Exception):
    pass


class Bubbles(Exception):
    is_bubble_up = True


class BubblesByProperty(Exception):
    @property
    def is_bubble_up(self) -> bool:
        return True


class Left(SystemExit):
    pass


class Cancelled(BaseException):
    """No error, and of a name that nobody knows."""


_WAYS_OUT: list[type[BaseException]] = [
    GraphInterrupt,
    AskAPerson,
    AbortError,
    Bubbles,
    BubblesByProperty,
    asyncio.CancelledError,
    KeyboardInterrupt,
    Left,
    Cancelled,
]


class NearlyBubbles(Exception):
    is_bubble_up = "true"


class NotGraphInterrupt(Exception):
    pass


class RaisesWhereItIsLookedAt(Exception):
    @property
    def is_bubble_up(self) -> bool:
        raise SystemExit("looked at")


class RaisesEverywhere(Exception):
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"looked at {name}")

    def __str__(self) -> str:
        raise RuntimeError("read")


_FAILURES = [ValueError, NearlyBubbles, NotGraphInterrupt, RaisesWhereItIsLookedAt, RaisesEverywhere]


def _no_sends(context: ActionContext) -> PolicyDecision:
    return deny("no sends", code="no_sends")


def _tries_to_send(error: BaseException) -> Callable[[Any, Any], Any]:
    def body(wallet: Any, _: Any) -> Any:
        with pytest.raises(ActionDeniedError):
            wallet.send_transaction(dict(_SEND))
        raise error

    return body


def _raised_by(kit: WalletKit) -> BaseException | None:
    """The very object, which nobody looks at."""
    try:
        run(kit)
    except BaseException as error:
        return error
    return None


@pytest.mark.parametrize("kind", _WAYS_OUT)
def test_a_way_out_passes_unchanged_after_a_denied_call_and_cancels_what_spent_nothing(kind: type[BaseException]) -> None:
    judge, error = Judge(call=_no_sends), kind("way out")
    assert _raised_by(with_policy(WalletKit(_tries_to_send(error)), judge)) is error
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("on_action_error", "cancelled")]


@pytest.mark.parametrize("kind", _FAILURES)
def test_a_failure_after_a_denied_call_is_told_with_the_denial_and_fails(kind: type[BaseException]) -> None:
    judge = Judge(call=_no_sends)
    kit = with_policy(WalletKit(_tries_to_send(kind("failed"))), judge)
    assert run(kit).startswith("Error: denied by policy (no_sends): no sends\n")
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("on_action_error", "failed")]


@pytest.mark.parametrize(("kinds", "status"), [(_WAYS_OUT, "cancelled"), (_FAILURES, "failed")], ids=["ways out", "failures"])
def test_a_policy_file_hears_of_a_way_out_by_a_name_that_it_knows(
    policy_file: PolicyFiles, kinds: list[type[BaseException]], status: str
) -> None:
    policy, judge, errors = policy_file(_ANYTHING), Judge(), [kind("way out") for kind in kinds]
    left = iter(errors)

    def body(wallet: Any, _: Any) -> Any:
        wallet.get_balance()
        raise next(left)

    kit = with_policy(WalletKit(body), [judge, policy])
    assert all(_raised_by(kit) is error for error in errors)
    # The outcome is the one that the policy file's process told.
    assert [outcome["status"] for _, _, outcome in judge.told] == [status] * len(errors)
