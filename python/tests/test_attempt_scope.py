"""Where an attempt's body ends: a thread, or a context, that has left it belongs to it no longer, however it left."""

import contextvars
import functools
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, allow, guard_wallet, with_policy

from .interrupts import interrupted_at
from .patience import until
from .plain import Kit, Policy, Wallet, run


def test_an_interrupt_at_any_place_keeps_no_later_call_in_the_attempt_that_it_ended() -> None:
    wallet: Any = guard_wallet(Wallet(), lambda _: allow(), queue_wait_s=0.5)
    send = functools.partial(wallet.send_transaction, {"to": "0x" + "11" * 20, "value": 1})
    number, interrupts = 0, []
    while (error := interrupted_at(number := number + 1, send, "attempt.py", "contextlib.py")) is not None:
        interrupts.append(error)
        try:
            assert send().startswith("0x")
        except ActionDeniedError as denied:
            pytest.fail(f"after the interrupt at place {number}: {denied}")
    assert len(interrupts) > 10


def test_an_async_action_that_is_closed_in_another_context_is_closed_and_told() -> None:
    closed: list[str] = []

    class Forever:
        def __await__(self) -> Any:
            try:
                yield
            except GeneratorExit:
                closed.append("closed")
                raise

    async def wait(_: Any) -> Any:
        await Forever()

    policy = Policy()
    pending = run(with_policy(Kit(wait), policy))
    contextvars.copy_context().run(pending.send, None)
    # As the garbage collector does, or the end of a loop.
    pending.close()
    assert closed == ["closed"]
    until(lambda: policy.endings)
    assert policy.endings[0].outcome["status"] == "cancelled"
