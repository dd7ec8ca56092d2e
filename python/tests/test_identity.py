import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from agentkit_policy import ActionContext, PolicySetupError, allow, deny, policy_context, with_policy
from agentkit_policy.identity import checked_identity, current_identity

from .conftest import PolicyFile
from .patience import PATIENCE_S
from .plain import Kit, Policy, code_of, run


def _who() -> dict[str, Any]:
    return current_identity()


def _seen_by(policy: Policy) -> list[tuple[str | None, str | None]]:
    return [(told.context.user_id, told.context.run_id) for told in policy.log if told.hook == "before_action"]


def test_every_attempt_in_its_block_carries_the_identity_and_inner_blocks_add_to_it() -> None:
    policy = Policy()
    kit = with_policy(Kit(), policy)
    run(kit)
    with policy_context(user_id="u1", run_id="r1"):
        run(kit)
        with policy_context(run_id="r2"):
            run(kit)
        with pytest.raises(ValueError, match="left by an error"), policy_context(user_id="u2"):
            raise ValueError("left by an error")
        run(kit)
    run(kit)
    assert _seen_by(policy) == [(None, None), ("u1", "r1"), ("u1", "r2"), ("u1", "r1"), (None, None)]


def test_every_field_reaches_the_policy_under_its_own_name() -> None:
    policy = Policy()
    given: dict[str, Any] = {
        "user_id": "u1",
        "session_id": "s1",
        "run_id": "r1",
        "agent_id": "a1",
        "intent_id": "i1",
        "labels": {"team": "t1"},
    }
    with policy_context(**given):
        run(with_policy(Kit(), policy))
    context = policy.log[0].context
    assert {name: getattr(context, name) for name in given} == given


def test_the_running_codes_identity_overrides_the_kits_own() -> None:
    policy = Policy()
    kit = with_policy(Kit(), policy, context={"user_id": "of the kit", "run_id": "r1"})
    run(kit)
    with policy_context(user_id="of the block"):
        run(kit)
    assert _seen_by(policy) == [("of the kit", "r1"), ("of the block", "r1")]


_NO_IDENTITY: dict[str, Any] = {
    "an empty text": {"user_id": ""},
    "a number": {"user_id": 5},
    "a text of 513 characters": {"run_id": "r" * 513},
    "bytes": {"run_id": b"r1"},
    "half a character": {"user_id": "\ud800"},
    "labels as text": {"labels": "team"},
    "labels as a list": {"labels": ["team"]},
    "labels of numbers": {"labels": {"team": 1}},
    "labels by number": {"labels": {1: "team"}},
}


@pytest.mark.parametrize("fields", _NO_IDENTITY.values(), ids=_NO_IDENTITY.keys())
def test_an_identity_that_is_none_is_refused_before_anything_runs(fields: dict[str, Any]) -> None:
    with pytest.raises(PolicySetupError) as raised:
        policy_context(**fields)
    assert raised.value.code == "invalid_option"
    with pytest.raises(PolicySetupError):
        with_policy(Kit(), Policy(), context=fields)


def test_an_identity_at_its_limits_is_taken() -> None:
    assert checked_identity({"user_id": "u" * 512, "run_id": "é😀", "agent_id": None, "labels": {}}) == {
        "userId": "u" * 512,
        "runId": "é😀",
        "labels": {},
    }


@pytest.mark.parametrize("fields", [{"userId": "u1"}, {"user": "u1"}, {5: "u1"}, {"__class__": "u1"}])
def test_a_kits_context_with_another_name_in_it_is_refused(fields: Mapping[Any, Any]) -> None:
    with pytest.raises(PolicySetupError, match="user_id, session_id") as raised:
        with_policy(Kit(), Policy(), context=fields)
    assert raised.value.code == "invalid_option"


def test_labels_that_change_later_are_those_of_before() -> None:
    policy, labels = Policy(), {"team": "a"}
    kit = with_policy(Kit(), policy, context={"labels": labels})
    with policy_context(labels=labels):
        labels["team"] = "b"
        run(kit)
    run(kit)
    assert [told.context.labels for told in policy.log if told.hook == "before_action"] == [{"team": "a"}] * 2


# Threads and tasks


def _in_a_new_thread(function: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_an_executor_carries_the_identity_only_by_bind() -> None:
    policy = Policy()
    kit = with_policy(Kit(), policy)
    with policy_context(user_id="u1", run_id="r1"):
        assert _in_a_new_thread(lambda: run(kit)) == "paid"
        assert _in_a_new_thread(policy_context.bind(lambda: run(kit))) == "paid"
        assert asyncio.run(_await_in_a_thread(lambda: run(kit))) == "paid"
    assert _seen_by(policy) == [(None, None), ("u1", "r1"), ("u1", "r1")]


async def _await_in_a_thread(function: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(function)


def test_what_is_bound_keeps_its_identity_after_the_block_and_gives_the_threads_own_back() -> None:
    with policy_context(user_id="u1"):
        bound = policy_context.bind(_who)

    def work() -> list[dict[str, Any]]:
        with policy_context(user_id="of the thread"):
            return [bound(), _who()]

    assert _in_a_new_thread(work) == [{"userId": "u1"}, {"userId": "of the thread"}]
    assert bound() == {"userId": "u1"}
    assert _who() == {}


def test_what_is_bound_is_called_by_many_threads_at_once() -> None:
    meeting = threading.Barrier(8)

    def meet(number: int) -> tuple[int, dict[str, Any]]:
        meeting.wait(PATIENCE_S)
        return number, _who()

    with policy_context(user_id="u1"):
        bound = policy_context.bind(meet)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(bound, range(8))) == [(number, {"userId": "u1"}) for number in range(8)]


def test_what_is_bound_looks_like_what_it_was_and_raises_what_it_raised() -> None:
    @policy_context.bind
    def pay(to: str, *, amount: str = "1") -> str:
        """Pays."""
        if amount == "0":
            raise ValueError("nothing to pay")
        return f"{amount} to {to}"

    assert (pay.__name__, pay.__doc__) == ("pay", "Pays.")
    assert pay("u2", amount="3") == "3 to u2"
    with pytest.raises(ValueError, match="nothing to pay"):
        pay("u2", amount="0")


async def _who_async() -> dict[str, Any]:
    await asyncio.sleep(0)
    return _who()


class _AsyncCallable:
    async def __call__(self) -> dict[str, Any]:
        return await _who_async()


_ASYNC_FORMS: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
    "an async function": _who_async,
    "a partial": functools.partial(_who_async),
    "a lambda": lambda: _who_async(),
    "a callable object": _AsyncCallable(),
}


@pytest.mark.parametrize("function", _ASYNC_FORMS.values(), ids=_ASYNC_FORMS.keys())
def test_a_bound_async_function_runs_under_its_identity_and_leaves_the_awaiting_task_its_own(
    function: Callable[[], Awaitable[dict[str, Any]]],
) -> None:
    with policy_context(user_id="bound"):
        bound = policy_context.bind(function)

    async def main() -> list[dict[str, Any]]:
        with policy_context(user_id="of the task"):
            # What is awaited directly runs in the very context of who awaits it.
            return [await bound(), _who(), await asyncio.create_task(_as_coroutine(bound)), _who()]

    assert asyncio.run(main()) == [{"userId": "bound"}, {"userId": "of the task"}] * 2


async def _as_coroutine(function: Callable[[], Awaitable[Any]]) -> Any:
    return await function()


def test_tasks_carry_the_identity_of_who_made_them() -> None:
    async def main() -> list[dict[str, Any]]:
        tasks = []
        for name in ("u1", "u2"):
            with policy_context(user_id=name):
                tasks.append(asyncio.create_task(_who_async()))
        return list(await asyncio.gather(*tasks))

    assert asyncio.run(main()) == [{"userId": "u1"}, {"userId": "u2"}]


def test_it_decorates_a_function() -> None:
    @policy_context(user_id="u1")
    def act() -> dict[str, Any]:
        return _who()

    assert [act(), act(), _who()] == [{"userId": "u1"}, {"userId": "u1"}, {}]


def test_it_decorates_an_async_function() -> None:
    @policy_context(user_id="u1")
    async def act() -> dict[str, Any]:
        return await _who_async()

    assert asyncio.run(act()) == {"userId": "u1"}


def test_one_context_is_entered_twice() -> None:
    context = policy_context(user_id="u1")
    with context:
        with context:
            assert _who() == {"userId": "u1"}
        assert _who() == {"userId": "u1"}
    assert _who() == {}


def test_one_context_is_entered_by_two_threads_whose_blocks_overlap() -> None:
    context = policy_context(user_id="u1")
    first_is_in, second_is_in, first_is_out = threading.Event(), threading.Event(), threading.Event()

    def first() -> list[dict[str, Any]]:
        with context:
            first_is_in.set()
            second_is_in.wait(PATIENCE_S)
        first_is_out.set()
        return [_who()]

    def second() -> list[dict[str, Any]]:
        first_is_in.wait(PATIENCE_S)
        with context:
            second_is_in.set()
            first_is_out.wait(PATIENCE_S)
            inside = _who()
        return [inside, _who()]

    with ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        stack.callback(first_is_out.set)
        futures = [pool.submit(first), pool.submit(second)]
        assert [future.result() for future in futures] == [[{}], [{"userId": "u1"}, {}]]


# With a policy file


def test_without_bind_a_limit_by_user_denies_what_an_executor_runs(policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file(
        "{ id: ours, allow: { effects: [unknown] } }", "{ id: count, limit: actions, max: 3, per: [user], window: day }"
    )
    bare = Kit()
    kit = with_policy(bare, policy)
    with policy_context(user_id="u1"):
        assert run(kit) == "paid"
        assert code_of(_in_a_new_thread(lambda: run(kit))) == "missing_scope"
        assert _in_a_new_thread(policy_context.bind(lambda: run(kit))) == "paid"
        assert asyncio.run(_await_in_a_thread(lambda: run(kit))) == "paid"
        assert code_of(run(kit)) == "over_limit"
    with policy_context(user_id="u2"):
        assert run(kit) == "paid"
    assert len(bare.given) == 4
    assert policy.counted("count") == 4


def test_a_policy_in_python_before_a_policy_file_denies_without_using_up_its_limit(
    policy_file: Callable[..., PolicyFile],
) -> None:
    def small(context: ActionContext) -> Any:
        return allow() if context.args["amount"] == "1" else deny("too much", code="too_much")

    policy = policy_file(
        "{ id: ours, allow: { effects: [unknown] } }", "{ id: count, limit: actions, max: 1, per: [user], window: day }"
    )
    kit = with_policy(Kit(), [small, policy], context={"user_id": "u1"})
    assert code_of(run(kit, {"amount": "2"})) == "too_much"
    assert run(kit, {"amount": "1"}) == "paid"
    assert code_of(run(kit, {"amount": "1"})) == "over_limit"
