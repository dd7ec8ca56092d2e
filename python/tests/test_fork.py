"""A guarded kit in a program that forks: every process has a sidecar of its own, and nobody anybody else's."""

import os
import signal
import sys
from collections.abc import Callable

import pytest

from .children.program import Program
from .children.sidecars import assert_settled, is_running, sidecars_in
from .conftest import PolicyFile
from .patience import until
from .world import World, fresh_address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

_MILLI = 10**15

PolicyFiles = Callable[..., PolicyFile]


def _limit(ether: str) -> str:
    return f'{{ id: eth, limit: native, max: "{ether}", window: day }}'


def _program(world: World, policy: PolicyFile, mode: str, name: str) -> Program:
    return Program("forking", mode, world.rpc_url, world.token, str(policy.path), name)


@pytest.mark.parametrize("ending", ["closed", "terminated"])
def test_a_pool_of_four_has_four_sidecars_beside_the_parents_and_one_budget(
    world: World, policy_file: PolicyFiles, ending: str
) -> None:
    # The parent's first 0.002, four times 0.002 of eight that the children ask for, and nothing after them.
    policy, before = policy_file(_limit("0.01")), world.balance(fresh_address("spent by forks"))
    with _program(world, policy, "pool", f"pool, {ending}") as program:
        told = program.hear()
        assert program.wait() == 0
    children = told["children"]
    assert len({child["process"] for child in children}) == 4
    assert len({told["sidecar"], *(child["sidecar"] for child in children)}) == 5
    assert [child["inherited"] for child in children] == [0, 0, 0, 0]
    assert told["before"] == ["Transferred"]
    assert told["after"] == ["over_limit"]
    said = sorted(word for child in children for word in child["said"])
    assert said == ["Transferred"] * 4 + ["over_limit"] * 4
    assert sidecars_in(policy.path.parent) == set()
    assert_settled(policy, 10 * _MILLI)
    assert world.balance(fresh_address("spent by forks")) - before == 10 * _MILLI


def test_the_sidecar_of_a_killed_parent_ends_although_its_children_live(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_limit("0.01"))
    with _program(world, policy, "killed", "killed parent") as program:
        children = [program.hear() for _ in range(2)]
        try:
            assert [child["said"] for child in children] == [["Transferred"]] * 2
            own = {child["sidecar"] for child in children}
            assert len(sidecars_in(policy.path.parent) - own) == 1
            program.kill()
            program.wait()
            until(lambda: sidecars_in(policy.path.parent) == own)
            assert all(is_running(child["process"]) for child in children)
        finally:
            for child in children:
                os.kill(child["process"], signal.SIGKILL)
    until(lambda: not sidecars_in(policy.path.parent))
    assert_settled(policy, 4 * _MILLI)


def test_a_forked_child_cannot_begin_a_memory_ledger_anew(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_limit("0.01"), ledger="memory")
    with _program(world, policy, "memory", "memory in a fork") as program:
        assert program.hear() == ["ledger_replaced"] * 2
        # The parent, whose ledger it is, goes on.
        assert program.hear() == ["Transferred", "Transferred"]
        assert program.wait() == 0


def test_a_fork_in_the_middle_of_an_action_settles_it_once_and_charges_the_child_by_itself(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, name = policy_file(_limit("0.01")), "forked in the middle"
    with _program(world, policy, "middle", name) as program:
        assert program.hear() == "the child's result"
        # The child has come back from its copy of the action and has ended; the action itself is as open as before.
        assert program.hear() == {"armed": 1, "closed": 1}
        assert program.hear() == "the parent's result"
        assert_settled(policy, 4 * _MILLI)
        assert world.balance(fresh_address(f"{name}, to")) == 4 * _MILLI
        program.tell_to_go_on()
        assert program.wait() == 0
    assert sidecars_in(policy.path.parent) == set()


def test_a_forked_child_that_ends_as_an_interpreter_ends_leaves_its_parents_sidecar_alone(
    world: World, policy_file: PolicyFiles
) -> None:
    policy = policy_file(_limit("0.01"))
    with _program(world, policy, "exit", "child that exits") as program:
        assert program.hear() == ["Transferred", "Transferred"]
        assert program.wait() == 0
    assert sidecars_in(policy.path.parent) == set()
