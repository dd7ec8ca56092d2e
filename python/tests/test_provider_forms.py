"""Whatever form a policy has, it is asked, on threads and a loop of its own."""

import asyncio
import dataclasses
import functools
import gc
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agentkit_policy import ActionContext, allow, deny, with_policy

from .callers import from_a_running_loop, from_a_thread, from_sync_code, from_to_thread
from .patience import until
from .plain import Kit, Policy, run


def _decide(context: ActionContext) -> Any:
    return allow() if context.args["amount"] == "1" else deny("too much", code="too_much")


async def _decide_async(context: ActionContext) -> Any:
    await asyncio.sleep(0)
    return _decide(context)


class _PlainMethods:
    def before_action(self, context: ActionContext) -> Any:
        return _decide(context)


class _StaticMethod:
    before_action = staticmethod(_decide)


class _AnswersByFuture:
    def before_action(self, context: ActionContext) -> Any:
        return _decide_async(context)


class _Callable:
    def __call__(self, context: ActionContext) -> Any:
        return _decide(context)


class _AsyncCallable:
    async def __call__(self, context: ActionContext) -> Any:
        return await _decide_async(context)


_FORMS = {
    "a function": _decide,
    "an async function": _decide_async,
    "a lambda": lambda context: _decide(context),
    "a lambda over an async function": lambda context: _decide_async(context),
    "a partial": functools.partial(_decide),
    "a partial of an async function": functools.partial(_decide_async),
    "a bound method": _PlainMethods().before_action,
    "an object with a plain method": _PlainMethods(),
    "an object with a static method": _StaticMethod(),
    "an object whose plain method gives an awaitable": _AnswersByFuture(),
    "a callable object": _Callable(),
    "an async callable object": _AsyncCallable(),
}


@pytest.mark.parametrize("form", _FORMS.values(), ids=_FORMS.keys())
def test_a_policy_has_any_form_that_can_be_called(form: Any) -> None:
    bare = Kit()
    kit = with_policy(bare, form)
    assert run(kit) == "paid"
    assert run(kit, {"amount": "2"}) == "Error: denied by policy (too_much): too much"
    assert bare.given == [{"amount": "1"}]


class ClientPolicy:
    """Keeps one connection, which belongs to the loop that it was opened on."""

    def __init__(self) -> None:
        self.loops: list[asyncio.AbstractEventLoop] = []
        self._client: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _ask(self, question: bytes) -> bytes:
        self.loops.append(asyncio.get_running_loop())
        if self._client is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self._client = await asyncio.open_connection(*self._server.sockets[0].getsockname()[:2])
        reader, writer = self._client
        writer.write(question + b"\n")
        return (await reader.readline()).strip()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)

    async def before_action(self, context: ActionContext) -> Any:
        return allow() if await self._ask(b"may it") == b"may it" else deny("the service did not answer")

    async def after_action(self, context: ActionContext, result: Any) -> None:
        await self._ask(b"it did")


def test_an_async_policy_keeps_one_client_on_one_loop_whoever_calls() -> None:
    policy = ClientPolicy()
    kit = with_policy(Kit(), policy)
    for call in (from_sync_code, from_a_thread, from_a_running_loop, from_to_thread):
        assert call(lambda: run(kit)) == "paid"
    assert len(policy.loops) == 8
    assert len(set(policy.loops)) == 1


def test_actions_in_many_threads_ask_an_async_policy_at_the_same_time() -> None:
    together = 16

    class Meeting:
        def __init__(self) -> None:
            self.here = 0
            self.all_here: asyncio.Event | None = None

        async def before_action(self, context: ActionContext) -> Any:
            self.all_here = self.all_here or asyncio.Event()
            self.here += 1
            if self.here == together:
                self.all_here.set()
            # Asked one after the other, the first would wait until its deadline.
            await self.all_here.wait()
            return allow()

    kit = with_policy(Kit(), Meeting())
    with ThreadPoolExecutor(together) as pool:
        assert list(pool.map(lambda _: run(kit), range(together))) == ["paid"] * together


def test_the_thread_and_the_loop_of_an_async_policy_end_with_its_kit() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    class Remembered:
        async def before_action(self, context: ActionContext) -> Any:
            loops.append(asyncio.get_running_loop())
            return allow()

    def use_kits() -> None:
        for _ in range(8):
            assert run(with_policy(Kit(), Remembered())) == "paid"

    before = set(threading.enumerate())
    use_kits()

    def are_gone() -> bool:
        # One collection may be too early: the loop's thread lets go of its policy a moment after the answer is there.
        gc.collect()
        return set(threading.enumerate()) <= before and all(loop.is_closed() for loop in loops)

    # A program that makes a kit for each of its users would otherwise run out of threads, and of the loops' descriptors.
    until(are_gone)
    assert len(loops) == 8


def test_a_policy_sees_the_attempt_as_frozen_facts_and_gets_the_same_ones_in_every_hook() -> None:
    policy = Policy()
    kit = with_policy(Kit(), policy, context={"user_id": "u1", "labels": {"team": "a"}})
    args = {"amount": "1", "action": "other", "user_id": "admin", "approved": True}
    assert run(kit, args) == "paid"
    asked, told = policy.log
    context = asked.context
    assert told.context is context
    assert (context.layer, context.action_name, context.args) == ("action", "pay", args)
    # Whatever the arguments claim, who acts is said by the program.
    assert (context.user_id, context.run_id, context.labels) == ("u1", None, {"team": "a"})
    assert (context.wallet_address, context.chain_id, context.guarded) == (None, None, False)
    assert context.requested_at.endswith("+00:00")
    assert len(context.action_id) == 36
    with pytest.raises(dataclasses.FrozenInstanceError):
        context.user_id = "admin"  # type: ignore[misc]


def test_what_a_policy_is_made_of_is_kept_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    @dataclasses.dataclass
    class Remote:
        api_key: str

        def before_action(self, context: ActionContext) -> Any:
            raise ConnectionError("the service is down")

    with caplog.at_level(logging.DEBUG, "agentkit_policy"):
        assert run(with_policy(Kit(), Remote("sk-0123456789"))).startswith("Error: denied by policy (policy_error)")
    assert "Remote" in caplog.text
    assert "the service is down" in caplog.text
    assert "sk-0123456789" not in caplog.text
