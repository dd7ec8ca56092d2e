"""What policies hear of how an action ended, and that nothing of it reaches the action's own result."""

import asyncio
import functools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, ActionFailedError, allow, deny, policy_context, with_policy

from .patience import PATIENCE_S, until
from .plain import Gate, Kit, Policy, Told, WalletKit, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


def _raise(error: BaseException) -> Any:
    raise error


def _ended(kit: Kit, policy: Policy) -> Told:
    """Runs the action, whatever comes of it, and gives what the policy was told: exactly once."""
    try:
        run(kit)
    except BaseException as error:
        assert error is _OWN or error is _STOP  # noqa: PT017
    until(lambda: policy.endings)
    (told,) = policy.endings
    return told


_OWN, _STOP = ValueError("no"), KeyboardInterrupt()


# By money


_UNSEEN: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "returned": (lambda _: "paid", "paid", "succeeded"),
    "returned an error's text": (lambda _: "Error: no funds", "Error: no funds", "failed"),
    "raised": (lambda _: _raise(_OWN), None, "failed"),
    "was interrupted": (lambda _: _raise(_STOP), None, "cancelled"),
}


@pytest.mark.parametrize(("body", "result", "status"), _UNSEEN.values(), ids=_UNSEEN.keys())
def test_of_an_action_whose_money_nobody_sees_a_policy_hears_that_it_left(
    body: Callable[[Any], Any], result: Any, status: str
) -> None:
    policy = Policy()
    told = _ended(with_policy(Kit(body), policy), policy)
    # A policy that gives its reservation back on an error would otherwise give back money that is gone.
    assert (told.hook, told.value) == ("after_action", result)
    assert (told.outcome["status"], told.outcome["entered"], told.outcome["journalComplete"]) == (status, True, False)


def test_of_a_denied_action_a_policy_hears_that_nothing_left() -> None:
    policy = Policy()
    told = _ended(with_policy(Kit(), [policy, lambda _: deny("no", code="no")]), policy)
    assert told.hook == "on_action_error"
    assert isinstance(told.value, ActionDeniedError)
    assert (told.outcome["status"], told.outcome["entered"]) == ("denied", False)


def _sends(wallet: Any, ending: Callable[[], Any]) -> Any:
    assert wallet.send_transaction(dict(_SEND)).startswith("0x")
    return ending()


_SEEN: dict[str, tuple[Callable[[Any, Any], Any], str, Any, str]] = {
    "returned": (lambda wallet, _: "paid", "after_action", "paid", "succeeded"),
    "returned after a send": (lambda wallet, _: _sends(wallet, lambda: "paid"), "after_action", "paid", "succeeded"),
    "returned an error's text after a send": (
        lambda wallet, _: _sends(wallet, lambda: "Error: no receipt"),
        "after_action",
        "Error: no receipt",
        "unknown",
    ),
    "raised after a send": (lambda wallet, _: _sends(wallet, lambda: _raise(_OWN)), "after_action", None, "unknown"),
    "was interrupted after a send": (lambda wallet, _: _sends(wallet, lambda: _raise(_STOP)), "after_action", None, "unknown"),
    "raised before a send": (lambda wallet, _: _raise(_OWN), "on_action_error", _OWN, "failed"),
    "raised after a look at its balance": (
        lambda wallet, _: wallet.get_balance() and _raise(_OWN),
        "on_action_error",
        _OWN,
        "failed",
    ),
    "was interrupted before a send": (lambda wallet, _: _raise(_STOP), "on_action_error", _STOP, "cancelled"),
}


@pytest.mark.parametrize(("body", "hook", "value", "status"), _SEEN.values(), ids=_SEEN.keys())
def test_of_an_action_whose_money_the_guard_sees_a_policy_hears_whether_any_left(
    body: Callable[[Any, Any], Any], hook: str, value: Any, status: str
) -> None:
    policy = Policy()
    told = _ended(with_policy(WalletKit(body), policy), policy)
    assert told.hook == hook
    assert told.value is value or told.value == value
    assert (told.outcome["status"], told.outcome["entered"], told.outcome["journalComplete"]) == (status, True, True)


def test_a_failure_told_as_text_reaches_the_policy_as_an_error_that_holds_it() -> None:
    for text in ("Error: no funds", "  Failed to pay", "unable to pay", "Transaction failed with: out of gas"):
        policy = Policy()
        told = _ended(with_policy(WalletKit(lambda wallet, _, text=text: text), policy), policy)  # type: ignore[misc]
        assert told.hook == "on_action_error"
        assert isinstance(told.value, ActionFailedError)
        assert told.value.result == str(told.value) == text
    for text in ("Errors: none", "Paid without an error", ""):
        policy = Policy()
        told = _ended(with_policy(WalletKit(lambda wallet, _, text=text: text), policy), policy)  # type: ignore[misc]
        assert (told.hook, told.value) == ("after_action", text)


def test_with_the_guard_off_nobody_sees_the_money() -> None:
    policy = Policy()
    kit = with_policy(WalletKit(lambda wallet, _: _raise(_OWN)), policy, wallet=False)
    told = _ended(kit, policy)
    assert (told.hook, told.value, told.outcome["journalComplete"]) == ("after_action", None, False)


def test_a_send_that_comes_back_after_its_action_has_ended_is_told_of_once() -> None:
    before = set(threading.enumerate())
    with Gate() as gate:
        threads: list[threading.Thread] = []

        def body(wallet: Any, _: Any) -> str:
            send = policy_context.bind(lambda: wallet.send_transaction(dict(_SEND)))
            threads.append(threading.Thread(target=send))
            threads[0].start()
            assert gate.reached.wait(PATIENCE_S)
            return "Error: it takes too long"

        bare, policy = WalletKit(body), Policy()
        bare.wallet_provider.before_send = gate.wait
        assert run(with_policy(bare, policy)) == "Error: it takes too long"
        # Nobody knows yet whether it leaves, so that it counts as gone.
        assert [(told.hook, told.outcome["status"]) for told in policy.endings] == [("after_action", "unknown")]
    threads[0].join(PATIENCE_S)
    # Whoever would tell it again is through when no thread is left.
    until(lambda: set(threading.enumerate()) <= before)
    assert len(bare.wallet_provider.sent) == 1
    assert len(policy.endings) == 1


# The third argument


def _hooks_that_take_two(seen: list[Any]) -> list[Any]:
    def two(context: Any, result: Any) -> None:
        seen.append((result,))

    def two_and_a_name(context: Any, result: Any, *, note: str = "") -> None:
        seen.append((result,))

    async def two_async(context: Any, result: Any) -> None:
        seen.append((result,))

    return [two, two_and_a_name, two_async]


def _hooks_that_take_three(seen: list[Any]) -> list[Any]:
    def three(context: Any, result: Any, outcome: Any) -> None:
        seen.append((result, outcome["status"]))

    def three_or_two(context: Any, result: Any, outcome: Any = None) -> None:
        seen.append((result, outcome["status"]))

    def any_number(*args: Any) -> None:
        seen.append((args[1], args[2]["status"]))

    async def three_async(context: Any, result: Any, outcome: Any) -> None:
        seen.append((result, outcome["status"]))

    return [three, three_or_two, any_number, three_async, functools.partial(three)]


@pytest.mark.parametrize("takes", [2, 3])
def test_the_outcome_is_the_third_argument_of_a_hook_that_takes_three(takes: int) -> None:
    seen: list[Any] = []
    hooks = _hooks_that_take_two(seen) if takes == 2 else _hooks_that_take_three(seen)
    for hook in hooks:
        policy = type("Policy", (), {"before_action": staticmethod(lambda _: allow()), "after_action": staticmethod(hook)})()
        assert run(with_policy(Kit(), policy)) == "paid"
    assert seen == [("paid", "succeeded")[: takes - 1]] * len(hooks)


def test_a_policy_needs_no_hook_but_the_first() -> None:
    assert run(with_policy(Kit(), lambda _: allow())) == "paid"
    with pytest.raises(ValueError, match="no"):
        run(with_policy(WalletKit(lambda wallet, _: _raise(_OWN)), lambda _: allow()))


# A settlement that fails


def _fails_with(error: BaseException) -> Callable[..., Any]:
    return lambda *_: _raise(error)


async def _fails_async(*_: Any) -> None:
    await asyncio.sleep(0)
    raise ValueError("no")


async def _cancelled(*_: Any) -> None:
    raise asyncio.CancelledError


_FAILING: dict[str, Callable[..., Any]] = {
    "an error": _fails_with(ValueError("no")),
    "an error, async": _fails_async,
    "an interruption": _fails_with(KeyboardInterrupt()),
    "the end of the program": _fails_with(SystemExit(1)),
    "a cancellation": _fails_with(asyncio.CancelledError()),
    "a cancellation, async": _cancelled,
    "too many arguments": lambda: None,
}


@pytest.mark.parametrize("failing", _FAILING.values(), ids=_FAILING.keys())
@pytest.mark.parametrize("ending", ["returns", "raises", "is denied"])
def test_a_hook_that_fails_after_an_action_changes_nothing_but_the_log(
    failing: Callable[..., Any], ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        before_action = staticmethod(lambda _: allow())
        after_action = on_action_error = staticmethod(failing)

    first, result = Policy(), object()
    answer = deny("no") if ending == "is denied" else allow()
    body: Callable[[Any], Any] = (lambda _: _raise(_OWN)) if ending == "raises" else (lambda _: result)
    kit = with_policy(Kit(body), [first, Failing(), lambda _: answer])
    try:
        came: Any = run(kit)
    except BaseException as error:
        came = error  # Without this, some of them would end the test run.
    expected = {"returns": result, "raises": _OWN, "is denied": "Error: denied by policy (denied): no"}[ending]
    assert came == expected
    # Whoever comes after it in the row is told all the same, and once.
    until(lambda: first.endings)
    assert len(first.endings) == 1
    until(lambda: "settlement failed" in caplog.text)


@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_a_hook_that_hangs_after_an_action_holds_it_up_no_longer_than_its_deadline(
    is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with Gate() as gate:

        async def wait_async(*_: Any) -> None:
            gate.reached.set()
            await asyncio.Event().wait()

        class Hanging:
            before_action = staticmethod(lambda _: allow())
            after_action = staticmethod(wait_async if is_async else lambda *_: gate.wait())

        first = Policy()
        started = time.monotonic()
        assert run(with_policy(Kit(), [first, Hanging()], settle_deadline_s=0.1)) == "paid"
        assert time.monotonic() - started < PATIENCE_S
        assert gate.reached.wait(PATIENCE_S)
        assert first.hooks == ["before_action", "after_action"]
        assert "settlement failed" in caplog.text


def test_what_a_policy_does_to_the_arguments_it_was_shown_nobody_else_sees() -> None:
    def scribble(context: ActionContext) -> Any:
        context.args["amount"] = "1000"
        return allow()

    first, last, bare = Policy(), Policy(), Kit()
    assert run(with_policy(bare, [first, scribble, last])) == "paid"
    assert [told.context.args for told in first.log + last.log] == [{"amount": "1"}] * 4
    assert bare.given == [{"amount": "1"}]
