"""A program's own limit of time, raised by its signal handler: it is the program's, and no answer of a policy's."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agentkit_policy import ActionContext, allow, with_policy

from .patience import until
from .plain import Gate, Kit, Policy, Wallet, WalletKit, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no alarm")


class _Late(TimeoutError):
    pass


class _OutOfTime(Exception):
    pass


@contextmanager
def _limit(kind: type[Exception], seconds: float = 0.3) -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise kind("the program's own limit")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _wait(gate: Gate) -> list[Any]:
    gate.wait()
    return []


@pytest.mark.parametrize("kind", [_Late, TimeoutError, _OutOfTime])
def test_a_limit_that_ends_a_decision_reaches_the_program_and_the_attempt_is_settled(kind: type[Exception]) -> None:
    bare, first = Kit(), Policy()
    with Gate() as gate:

        def hang(_: ActionContext) -> Any:
            gate.wait()
            return allow()

        asked = Policy(hang)
        kit = with_policy(bare, [first, asked], decision_deadline_s=20)
        with pytest.raises(kind, match="the program's own limit"), _limit(kind):
            run(kit)
    assert bare.given == []
    until(lambda: first.endings and asked.endings)
    assert first.hooks == asked.hooks == ["before_action", "on_action_error"]


@pytest.mark.parametrize("kind", [_Late, _OutOfTime])
def test_a_limit_that_ends_what_is_read_for_a_decision_reaches_the_program(kind: type[Exception]) -> None:
    with Gate() as gate:

        class Slow(Wallet):
            def get_address(self) -> str:
                gate.wait()
                return super().get_address()

        bare = WalletKit(lambda *_: "paid")
        bare.wallet_provider = Slow()
        kit = with_policy(bare, Policy(), decision_deadline_s=20)
        with pytest.raises(kind, match="the program's own limit"), _limit(kind):
            run(kit)
        described = with_policy(Kit(), Policy(), describe={"pay": lambda _: _wait(gate)}, decision_deadline_s=20)
        with pytest.raises(kind, match="the program's own limit"), _limit(kind):
            run(described)


def test_a_timeout_that_a_policy_raises_is_its_failure_and_the_deadline_is_ours() -> None:
    def fail(_: ActionContext) -> Any:
        raise TimeoutError("the service did not answer")

    assert "policy_error" in run(with_policy(Kit(), fail))
    with Gate() as gate:
        hang = Policy(lambda _: gate.wait())
        assert "policy_timeout" in run(with_policy(Kit(), hang, decision_deadline_s=0.2))
