"""Ctrl-C at every point of an action: it ends the action as ever, the sidecar outlives it, and what left is settled."""

import os
import signal
import sys
from collections.abc import Callable

import pytest

from .children.program import Program
from .children.sidecars import assert_settled, entry_states, is_running, locked_ledger, sidecars_in
from .conftest import PolicyFile
from .patience import until
from .world import World, fresh_address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

_LIMIT = '{ id: eth, limit: native, max: "0.01", window: day }'
_MILLI = 10**15

PolicyFiles = Callable[..., PolicyFile]


def _program(world: World, policy: PolicyFile, mode: str, name: str, *more: str) -> Program:
    return Program("interrupted", mode, world.rpc_url, world.token, str(policy.path), name, *more)


def _assert_ends_and_leaves_nothing(program: Program, policy: PolicyFile) -> None:
    program.tell_to_go_on()
    assert program.wait() == 0
    assert sidecars_in(policy.path.parent) == set()


def test_ctrl_c_while_a_decision_is_pending_holds_nothing(world: World, policy_file: PolicyFiles) -> None:
    policy, name = policy_file(_LIMIT), "interrupted decision"
    with _program(world, policy, "decision", name) as program:
        sidecar = program.hear()
        with locked_ledger(policy.path.parent):
            program.tell_to_go_on()
            assert program.hear() == "waiting"
            program.interrupt()
            assert program.hear() == "interrupted"
        # The answer, an allow that holds something, comes when nobody waits for it any more.
        until(lambda: sum(entry_states(policy.path.parent).values()) == 1)
        assert is_running(sidecar)
        assert_settled(policy, 0)
        assert world.balance(fresh_address(f"{name}, to")) == 0
        _assert_ends_and_leaves_nothing(program, policy)


def test_ctrl_c_in_the_body_counts_what_it_has_sent(world: World, policy_file: PolicyFiles) -> None:
    policy, name = policy_file(_LIMIT), "interrupted body"
    with _program(world, policy, "body", name) as program:
        sidecar = program.hear()
        assert program.hear() == "waiting"
        assert entry_states(policy.path.parent) == {"armed": 1}
        program.interrupt()
        assert program.hear() == "interrupted"
        # It is settled by the time that the interrupt reaches the program, by the sidecar that was there all along.
        assert entry_states(policy.path.parent) == {"closed": 1}
        assert is_running(sidecar)
        assert_settled(policy, _MILLI)
        assert world.balance(fresh_address(f"{name}, to")) == _MILLI
        _assert_ends_and_leaves_nothing(program, policy)


def test_ctrl_c_while_a_settlement_is_pending_has_it_told_all_the_same(world: World, policy_file: PolicyFiles) -> None:
    policy, name = policy_file(_LIMIT), "interrupted settlement"
    with _program(world, policy, "settlement", name) as program:
        sidecar = program.hear()
        assert program.hear() == "waiting"
        assert entry_states(policy.path.parent) == {"armed": 1}
        program.interrupt()
        assert program.hear() == "interrupted"
        assert entry_states(policy.path.parent) == {"armed": 1}
        os.kill(sidecar, signal.SIGCONT)
        assert_settled(policy, _MILLI)
        assert is_running(sidecar)
        _assert_ends_and_leaves_nothing(program, policy)


@pytest.mark.parametrize(("mode", "moved"), [("body", _MILLI), ("settlement", _MILLI)])
def test_a_program_that_ends_of_ctrl_c_has_settled_when_it_has_ended(
    world: World, policy_file: PolicyFiles, mode: str, moved: int
) -> None:
    policy, name = policy_file(_LIMIT), f"ended by an interrupt, {mode}"
    with _program(world, policy, mode, name, "ends") as program:
        sidecar = program.hear()
        assert program.hear() == "waiting"
        program.interrupt()
        assert program.hear() == "interrupted"
        assert program.hear() == "ending"
        if mode == "settlement":
            os.kill(sidecar, signal.SIGCONT)
        assert program.wait() == -signal.SIGINT
        assert entry_states(policy.path.parent) == {"closed": 1}
        assert sidecars_in(policy.path.parent) == set()
    assert_settled(policy, moved)


def test_a_program_that_ends_of_ctrl_c_while_its_decision_is_pending_holds_nothing(
    world: World, policy_file: PolicyFiles
) -> None:
    policy = policy_file(_LIMIT)
    with _program(world, policy, "decision", "ended while deciding", "ends") as program:
        sidecar = program.hear()
        with locked_ledger(policy.path.parent) as unlock:
            program.tell_to_go_on()
            assert program.hear() == "waiting"
            # It has read the question. What it is told now, it reads when the program is at its end.
            os.kill(sidecar, signal.SIGSTOP)
            program.interrupt()
            assert program.hear() == "interrupted"
            assert program.hear() == "ending"
            unlock()
            os.kill(sidecar, signal.SIGCONT)
        assert program.wait() == -signal.SIGINT
    assert_settled(policy, 0)
    assert sidecars_in(policy.path.parent) == set()
