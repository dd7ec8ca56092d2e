"""A policy that raises or hangs, instead of deciding, denies."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, allow, with_policy

from .patience import PATIENCE_S
from .plain import Gate, Kit, code_of, run

_ALLOW = {"decision": "allow"}


def _raise(error: BaseException) -> Any:
    raise error


_ERRORS = [
    ValueError("no"),
    TimeoutError("its service was too slow"),
    asyncio.TimeoutError(),
    StopIteration("no"),
    RecursionError(),
    MemoryError(),
    ActionDeniedError({"decision": "deny", "reason": "not as an answer"}),
    asyncio.CancelledError(),
    KeyboardInterrupt(),
    SystemExit(0),
    GeneratorExit(),
]


@pytest.mark.parametrize("error", _ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_a_policy_that_raises_denies_and_its_error_does_not_reach_the_agent(error: BaseException, is_async: bool) -> None:
    async def raise_later(context: ActionContext) -> Any:
        await asyncio.sleep(0)
        if isinstance(error, StopIteration):
            raise RuntimeError("what Python makes of it")
        raise error

    bare = Kit()
    kit = with_policy(bare, raise_later if is_async else lambda _: _raise(error), decision_deadline_s=2)
    try:
        text = run(kit)
    except BaseException as raised:
        pytest.fail(f"the agent was given {raised!r}")  # Without this, some of them would end the test run.
    name = "raise_later" if is_async else "<lambda>"
    assert text == f'Error: denied by policy (policy_error): the policy "{name}" failed'
    assert bare.given == []


def test_a_policy_that_cannot_be_called_with_a_context_denies() -> None:
    def decide() -> Any:
        return allow()

    bare = Kit()
    assert code_of(run(with_policy(bare, decide))) == "policy_error"  # type: ignore[arg-type]
    assert bare.given == []


def test_after_a_policy_has_raised_its_next_answer_counts() -> None:
    answers: Iterator[Callable[[], Any]] = iter([lambda: _raise(ValueError("no")), lambda: None, allow])
    kit = with_policy(Kit(), lambda _: next(answers)())
    assert [code_of(run(kit)) for _ in range(3)] == ["policy_error", "invalid_decision", ""]


@dataclass
class _SlowToRead(Mapping[str, Any]):
    """An answer that is fetched only when somebody reads it."""

    gate: Gate

    def __getitem__(self, name: str) -> Any:
        return _ALLOW[name]

    def __iter__(self) -> Iterator[str]:
        self.gate.wait()
        return iter(_ALLOW)

    def __len__(self) -> int:
        return 1


async def _hang_async(gate: Gate) -> Any:
    gate.reached.set()
    await asyncio.Event().wait()


async def _block_its_loop(gate: Gate) -> Any:
    gate.wait()
    return _ALLOW


def _hang(gate: Gate) -> Any:
    gate.wait()
    return _ALLOW


_HANGING = {
    "a plain policy": _hang,
    "an async policy": _hang_async,
    "an async policy that blocks its loop": _block_its_loop,
    "an answer that hangs when it is read": _SlowToRead,
}


@pytest.mark.parametrize("hang", _HANGING.values(), ids=_HANGING.keys())
def test_a_policy_that_hangs_denies_within_the_deadline(hang: Callable[[Gate], Any]) -> None:
    bare, deadline_s = Kit(), 0.2
    with Gate() as gate:
        kit = with_policy(bare, lambda _: hang(gate), decision_deadline_s=deadline_s)
        texts: list[Any] = []
        asked = time.monotonic()
        asking = threading.Thread(target=lambda: texts.append(run(kit)), daemon=True)
        asking.start()
        asking.join(PATIENCE_S)
        took = time.monotonic() - asked
        assert gate.reached.wait(PATIENCE_S)
        assert texts == ['Error: denied by policy (policy_timeout): the policy "<lambda>" did not answer in time']
        assert took >= deadline_s
        assert bare.given == []
    asking.join(PATIENCE_S)
    # A late allow changes nothing any more.
    assert bare.given == []


def test_a_policy_that_takes_its_time_within_the_deadline_allows() -> None:
    with Gate() as gate:
        kit = with_policy(Kit(), lambda _: _hang(gate), decision_deadline_s=30)

        def open_when_reached() -> None:
            gate.reached.wait(PATIENCE_S)
            gate.open()

        opener = threading.Thread(target=open_when_reached)
        opener.start()
        assert run(kit) == "paid"
        opener.join()


def test_a_running_loop_that_asks_a_hanging_policy_is_held_up_no_longer_than_the_deadline() -> None:
    async def main(kit: Kit) -> Any:
        return await asyncio.wait_for(asyncio.to_thread(run, kit), PATIENCE_S)

    with Gate() as gate:
        text = asyncio.run(main(with_policy(Kit(), lambda _: _hang(gate), decision_deadline_s=0.1)))
    assert code_of(text) == "policy_timeout"


def test_several_policies_share_one_deadline() -> None:
    def use_half(_: ActionContext) -> Any:
        threading.Event().wait(0.3)
        return allow()

    bare = Kit()
    assert code_of(run(with_policy(bare, [use_half, use_half, use_half], decision_deadline_s=0.5))) == "policy_timeout"
    assert bare.given == []
