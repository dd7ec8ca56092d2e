"""Actions that are async: ``invoke`` gives what has to be awaited."""

import asyncio
import inspect
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, deny, with_policy

from .patience import until
from .plain import Kit, Policy, run


async def _pay(args: Any) -> Any:
    await asyncio.sleep(0)
    return f"paid {args['amount']}"


def test_an_async_action_is_decided_before_its_body_and_settled_when_it_has_been_awaited() -> None:
    policy = Policy()
    kit = with_policy(Kit(_pay), policy)

    async def main() -> Any:
        pending = run(kit)
        assert inspect.isawaitable(pending)
        assert "after_action" not in policy.hooks
        return await pending

    assert asyncio.run(main()) == "paid 1"
    assert policy.hooks == ["before_action", "after_action"]
    assert policy.endings[0].value == "paid 1"


class AsyncKit(Kit):
    """A kit whose action is a coroutine function, which whoever runs it awaits."""

    def get_actions(self) -> list[Any]:
        (action,) = super().get_actions()

        async def invoke(args: Any) -> Any:
            return await action.invoke(args)

        action.invoke = invoke
        return [action]


def test_the_denial_of_an_async_action_is_awaited_like_its_result() -> None:
    bare = AsyncKit(_pay)
    kit = with_policy(bare, lambda context: deny("no", code="no"))

    async def main() -> Any:
        return await run(kit)

    assert asyncio.run(main()) == "Error: denied by policy (no): no"
    assert bare.given == []
    assert inspect.iscoroutinefunction(kit.get_actions()[0].invoke)


def test_the_denial_of_an_async_action_is_raised_where_it_is_awaited() -> None:
    kit = with_policy(AsyncKit(_pay), lambda context: deny("no", code="no"), on_deny="raise")

    async def main() -> Any:
        with pytest.raises(ActionDeniedError):
            await run(kit)
        return "went on"

    assert asyncio.run(main()) == "went on"


def test_an_async_action_raises_its_own_error_where_it_is_awaited() -> None:
    error = ValueError("no")

    async def fail(_: Any) -> Any:
        await asyncio.sleep(0)
        raise error

    policy = Policy()
    kit = with_policy(Kit(fail), policy)

    async def main() -> Any:
        pending = run(kit)
        with pytest.raises(ValueError, match="no") as raised:
            await pending
        return raised.value

    assert asyncio.run(main()) is error
    assert policy.hooks == ["before_action", "after_action"]
    assert policy.endings[0].outcome["status"] == "failed"


def test_an_async_action_that_is_cancelled_is_settled() -> None:
    policy = Policy()
    entered = asyncio.Event

    async def main() -> Any:
        inside = entered()

        async def wait(_: Any) -> Any:
            inside.set()
            await asyncio.Event().wait()

        kit = with_policy(Kit(wait), policy)

        async def act() -> Any:
            return await run(kit)

        task = asyncio.create_task(act())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    until(lambda: policy.endings)
    assert policy.hooks == ["before_action", "after_action"]
    assert policy.endings[0].outcome["status"] == "cancelled"


def test_async_actions_that_run_beside_each_other_keep_their_own_parents() -> None:
    policy = Policy()
    inner = with_policy(Kit(name="inner"), policy)

    async def main() -> Any:
        both = asyncio.Event()
        here: list[Any] = []

        async def body(args: Any) -> Any:
            here.append(args)
            if len(here) == 2:
                both.set()
            await both.wait()
            return run(inner, args)

        outer = with_policy(Kit(body, "outer"), policy)
        return await asyncio.gather(*(asyncio.ensure_future(run(outer, {"amount": amount})) for amount in ("1", "2")))

    assert asyncio.run(main()) == ["paid", "paid"]
    asked = [told.context for told in policy.log if told.hook == "before_action"]
    parents = {context.args["amount"]: context.action_id for context in asked if context.action_name == "outer"}
    assert {context.args["amount"]: context.parent_action_id for context in asked if context.action_name == "inner"} == parents
    # Outside of both, nothing is anybody's child.
    assert run(inner) == "paid"
    assert policy.log[-1].context.parent_action_id is None
