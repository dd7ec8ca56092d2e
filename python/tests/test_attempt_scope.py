"""Where an attempt's body ends: a thread, or a context, that has left it belongs to it no longer, however it left."""

import contextvars
import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, allow, guard_wallet, with_policy

from .patience import until
from .plain import Kit, Policy, Wallet, run


class Interrupt(KeyboardInterrupt):
    """Ctrl-C."""


def _interrupted_at(number: int, call: Callable[[], Any]) -> Interrupt | None:
    """Interrupts a call where Python looks for signals around an attempt's body; None where there are fewer such places."""
    seen = 0

    def look(frame: FrameType, event: str, _: Any) -> None:
        nonlocal seen
        is_near = frame.f_code.co_filename.endswith(("attempt.py", "contextlib.py"))
        if is_near and event in ("call", "c_return", "c_exception"):
            seen += 1
            if seen == number:
                raise Interrupt

    sys.setprofile(look)
    try:
        call()
    except Interrupt as error:
        return error
    finally:
        sys.setprofile(None)
    return None


def test_an_interrupt_at_any_place_keeps_no_later_call_in_the_attempt_that_it_ended() -> None:
    wallet: Any = guard_wallet(Wallet(), lambda _: allow(), queue_wait_s=0.5)
    send = functools.partial(wallet.send_transaction, {"to": "0x" + "11" * 20, "value": 1})
    number, interrupts = 0, []
    while (error := _interrupted_at(number := number + 1, send)) is not None:
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
