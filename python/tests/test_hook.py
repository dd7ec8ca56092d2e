import asyncio
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, allow, deny, policy_context, with_policy

from .patience import PATIENCE_S, until
from .plain import Gate, Kit, Policy, Told, code_of, run

_NO = deny("no", code="no")


def _order(log: list[Told]) -> list[str]:
    return [f"{told.policy} {told.hook}" for told in log]


# The order


def test_policies_are_asked_in_order_and_told_in_reverse() -> None:
    log: list[Told] = []
    kit = with_policy(Kit(), [Policy(name=name, log=log) for name in "abc"])
    assert run(kit) == "paid"
    asked = ["a before_action", "b before_action", "c before_action"]
    assert _order(log) == [*asked, "c after_action", "b after_action", "a after_action"]
    assert {told.value for told in log[3:]} == {"paid"}


def test_the_first_denial_stops_and_those_who_allowed_hear_of_it_in_reverse() -> None:
    log: list[Told] = []
    bare = Kit()
    policies = [Policy(name="a", log=log), Policy(name="b", log=log), Policy(_NO, "c", log), Policy(name="d", log=log)]
    assert run(with_policy(bare, policies)) == "Error: denied by policy (no): no"
    until(lambda: len(log) == 5)
    asked = ["a before_action", "b before_action", "c before_action"]
    assert _order(log) == [*asked, "b on_action_error", "a on_action_error"]
    for told in log[3:]:
        assert isinstance(told.value, ActionDeniedError)
        assert (told.value.code, told.value.reason) == ("no", "no")
        assert (told.outcome["status"], told.outcome["entered"]) == ("denied", False)
    assert bare.given == []


def _raise(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("fails", [lambda _: None, lambda _: _raise(ValueError("no"))], ids=["rubbish", "an error"])
def test_who_fails_to_decide_may_hold_something_and_hears_once_that_it_was_denied(fails: Callable[[Any], Any]) -> None:
    first, failing, later = Policy(), Policy(fails), Policy()
    kit = with_policy(Kit(), [first, failing, later])
    assert code_of(run(kit)) in ("invalid_decision", "policy_error")
    until(lambda: first.endings and failing.endings)
    assert failing.hooks == first.hooks == ["before_action", "on_action_error"]
    assert later.log == []
    # It also hears of the next one by itself.
    failing.answer = allow()
    assert run(kit) == "paid"
    assert failing.hooks == ["before_action", "on_action_error", "before_action", "after_action"]


_LATE: dict[str, tuple[Callable[[], Any], bool]] = {
    "an allow": (allow, True),
    "rubbish": (lambda: None, True),
    "an error": (lambda: _raise(ValueError("no")), True),
    "a deny": (lambda: _NO, False),
}


@pytest.mark.parametrize(("answer", "is_told"), _LATE.values(), ids=_LATE.keys())
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_who_answers_too_late_is_told_once_after_its_answer_unless_that_denies(
    answer: Callable[[], Any], is_told: bool, is_async: bool
) -> None:
    bare, first, late = Kit(), Policy(), Policy()
    before = set(threading.enumerate())

    async def decide_async(context: ActionContext) -> Any:
        await asyncio.get_running_loop().run_in_executor(None, gate.wait)
        return answer()

    def decide(context: ActionContext) -> Any:
        gate.wait()
        return answer()

    with Gate() as gate:
        late.answer = decide_async if is_async else decide
        assert code_of(run(with_policy(bare, [first, late], decision_deadline_s=0.5))) == "policy_timeout"
        # Who allowed in time hears of it before the late one has answered.
        until(lambda: first.endings)
        assert late.hooks == ["before_action"]
    # Whoever tells the policies is through when nothing but the loop of an async policy, and its executor, is left.
    until(lambda: sum(thread not in before for thread in threading.enumerate()) <= (2 if is_async else 0))
    assert late.hooks == ["before_action", "on_action_error"][: 2 if is_told else 1]
    assert first.hooks == ["before_action", "on_action_error"]
    assert bare.given == []


def test_a_denial_does_not_wait_long_for_a_policy_that_hangs_when_it_is_told() -> None:
    log: list[Told] = []
    with Gate() as gate:

        class Hanging(Policy):
            def on_action_error(self, context: ActionContext, error: Any, outcome: Any) -> None:
                gate.wait()
                super().on_action_error(context, error, outcome)

        started = time.monotonic()
        policies = [Policy(name="a", log=log), Hanging(name="b", log=log), Policy(_NO, "c", log)]
        kit = with_policy(Kit(), policies, settle_deadline_s=2 * PATIENCE_S)
        assert code_of(run(kit)) == "no"
        assert time.monotonic() - started < PATIENCE_S
        assert gate.reached.wait(PATIENCE_S)
        assert _order(log) == ["a before_action", "b before_action", "c before_action"]
    # They hear of it all the same, one after the other.
    until(lambda: len(log) == 5)
    assert _order(log)[3:] == ["b on_action_error", "a on_action_error"]


def test_many_actions_at_once_are_each_asked_and_told_by_themselves() -> None:
    meeting = threading.Barrier(16)

    def body(args: dict[str, int]) -> int:
        if args["number"] < 16:
            meeting.wait(PATIENCE_S)  # Only where all of them run at the same time does any of them return.
        return args["number"]

    policy = Policy(lambda context: _NO if context.args["number"] in range(16, 24) else allow())
    kit = with_policy(Kit(body), policy)
    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(lambda number: run(kit, {"number": number}), range(32)))
    assert results == [*range(16), *["Error: denied by policy (no): no"] * 8, *range(24, 32)]
    asked = {told.context.action_id: told.context.args["number"] for told in policy.log if told.hook == "before_action"}
    assert sorted(asked.values()) == list(range(32))
    told = [(told.context.action_id, told.value) for told in policy.endings]
    assert sorted(told) == sorted((action, number) for action, number in asked.items() if number not in range(16, 24))


# Results and errors


def test_what_an_action_returns_comes_back_as_the_very_object() -> None:
    for result in (object(), {"a": [1]}, None, 0, "Error: it did not work", b"", ValueError("returned, not raised")):
        kit = with_policy(Kit(lambda _, result=result: result), Policy())  # type: ignore[misc]
        assert run(kit) is result


class GraphInterrupt(Exception):
    """Named as LangGraph names its own."""


_ERRORS = [
    ValueError("no"),
    RuntimeError("no"),
    StopIteration("no"),
    ActionDeniedError({"decision": "deny", "reason": "raised by the action itself"}),
    GraphInterrupt("ask a person"),
    asyncio.CancelledError(),
    FutureCancelledError(),
    KeyboardInterrupt(),
    SystemExit(3),
    GeneratorExit(),
]


@pytest.mark.parametrize("error", _ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("on_deny", ["return", "raise"])
def test_what_an_action_raises_comes_back_as_the_very_object(error: BaseException, on_deny: Literal["return", "raise"]) -> None:
    policy, cause = Policy(), OSError("before it")
    error.__cause__ = cause
    kit = with_policy(Kit(lambda _: _raise(error)), policy, on_deny=on_deny)
    with pytest.raises(type(error)) as raised:
        run(kit)
    assert raised.value is error
    assert error.__cause__ is cause
    assert policy.hooks == ["before_action", "after_action"]
    # No wallet guard watches this kit: that it raised does not prove that no money left.
    (told,) = policy.endings
    assert told.value is None
    is_control_flow = not isinstance(error, Exception) or type(error).__name__ in ("GraphInterrupt", "CancelledError")
    assert told.outcome["status"] == ("cancelled" if is_control_flow else "failed")


def test_ctrl_c_while_a_policy_decides_reaches_the_program_and_the_policy_hears_of_it() -> None:
    bare, first = Kit(), Policy()
    main = threading.main_thread().ident
    assert main is not None
    with Gate() as gate:

        def press(_: ActionContext) -> Any:
            signal.pthread_kill(main, signal.SIGINT)
            gate.wait()
            return allow()

        asked = Policy(press)
        with pytest.raises(KeyboardInterrupt):
            run(with_policy(bare, [first, asked], decision_deadline_s=20))
    until(lambda: first.endings and asked.endings)
    assert first.hooks == asked.hooks == ["before_action", "on_action_error"]
    assert bare.given == []


# Permissions that run out


def test_a_permission_that_ran_out_before_it_could_be_used_denies() -> None:
    bare = Kit()
    policy = Policy(allow(valid_for_ms=0))
    assert run(with_policy(bare, policy)) == (
        "Error: denied by policy (allow_expired): the permission ran out before it could be used"
    )
    assert bare.given == []
    until(lambda: policy.endings)
    (told,) = policy.endings
    assert (told.hook, told.value.code) == ("on_action_error", "allow_expired")


def test_a_permission_runs_out_while_the_next_policy_decides() -> None:
    bare = Kit()

    def slow(_: ActionContext) -> Any:
        end = time.monotonic() + 0.02
        until(lambda: time.monotonic() > end)
        return allow(valid_for_ms=3_600_000)

    assert code_of(run(with_policy(bare, [lambda _: allow(valid_for_ms=10), slow]))) == "allow_expired"
    assert bare.given == []
    assert run(with_policy(bare, [lambda _: allow(valid_for_ms=3_600_000), slow])) == "paid"


def test_a_permission_that_ran_out_while_the_next_policy_decided_is_asked_for_again() -> None:
    asked: list[str] = []

    def short(_: ActionContext) -> Any:
        asked.append("short")
        return allow(valid_for_ms=1_000)

    def slow_once(_: ActionContext) -> Any:
        asked.append("slow")
        end = time.monotonic() + (1.01 if len(asked) == 2 else 0)
        until(lambda: time.monotonic() > end)
        return allow()

    assert run(with_policy(Kit(), [short, slow_once])) == "paid"
    assert asked == ["short", "slow"] * 2


# Actions in actions, and in policies


def test_an_action_inside_an_action_names_its_parent() -> None:
    policy = Policy()
    inner = with_policy(Kit(name="inner"), policy)

    bound: list[Any] = []

    def body(_: Any) -> list[Any]:
        bound.append(policy_context.bind(lambda: run(inner)))
        with ThreadPoolExecutor(1) as pool:
            return [run(inner), pool.submit(bound[0]).result(), pool.submit(lambda: run(inner)).result()]

    outer = with_policy(Kit(body, "outer"), policy)
    assert run(outer) == ["paid"] * 3
    assert bound[0]() == "paid"
    assert run(inner) == "paid"
    asked = [told.context for told in policy.log if told.hook == "before_action"]
    outer_id = asked[0].action_id
    assert [(context.action_name, context.parent_action_id) for context in asked] == [
        ("outer", None),
        ("inner", outer_id),
        ("inner", outer_id),
        ("inner", None),  # A thread of an executor belongs to nothing, unless the function was bound.
        ("inner", outer_id),  # What was bound stays so, and leaves whoever calls it as it was.
        ("inner", None),
    ]
    assert len({context.action_id for context in asked}) == 6


@pytest.mark.parametrize("on_deny", ["return", "raise"])
def test_a_policy_that_uses_its_own_kit_is_denied_at_once(on_deny: Literal["return", "raise"]) -> None:
    seen: list[str] = []

    def try_it() -> None:
        try:
            seen.append(code_of(run(kit)))
        except ActionDeniedError as error:
            seen.append(error.code)

    class Greedy:
        def before_action(self, context: ActionContext) -> Any:
            try_it()
            return allow()

        async def after_action(self, context: ActionContext, result: Any) -> None:
            try_it()
            await asyncio.to_thread(try_it)

    bare = Kit()
    kit = with_policy(bare, Greedy(), on_deny=on_deny)
    assert run(kit) == "paid"
    assert seen == ["reentrant"] * 3
    assert len(bare.given) == 1


def test_a_policy_may_use_a_kit_that_has_no_policy() -> None:
    bare = Kit(name="look up")
    kit = with_policy(Kit(), lambda _: allow() if run(bare) == "paid" else _NO)
    assert run(kit) == "paid"
