"""Who acts: as a block, as a decorator, and carried to other threads."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from typing_extensions import assert_type

from agentkit_policy import policy_context


def act(amount: str, *, twice: bool = False) -> int:
    return len(amount) * (2 if twice else 1)


async def act_later(amount: str) -> int:
    return len(amount)


def as_a_block() -> int:
    with policy_context(user_id="u1", run_id="r7", labels={"team": "a"}) as outer, policy_context(session_id=None):
        assert_type(outer, policy_context)
        return act("1")


@policy_context(agent_id="a1", intent_id="i1")
def as_a_decorator(amount: str) -> int:
    return act(amount)


def in_threads(pool: ThreadPoolExecutor) -> "Future[int]":
    bound = policy_context.bind(act)
    assert_type(bound("1", twice=True), int)
    assert_type(as_a_decorator("1"), int)
    return pool.submit(bound, "1")


def in_a_loop() -> int:
    return asyncio.run(policy_context.bind(act_later)("1"))
