"""What becomes of a settlement that cannot be told when it is due: it is told later, at the latest as the program ends."""

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agentkit_policy import ActionContext, allow, with_policy

from .children.program import Program
from .children.scripted import ACT, act, scripted_kit, send
from .children.sidecars import assert_settled, entry_states, kill_sidecar, sidecars_in, stop_sidecar, timed
from .conftest import PolicyFile
from .patience import PATIENCE_S, until
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

_LIMIT = '{ id: eth, limit: native, max: "0.01", window: day }'
_MILLI = 10**15

PolicyFiles = Callable[..., PolicyFile]


@pytest.mark.parametrize(("name", "disturb"), [("killed", kill_sidecar), ("stopped", stop_sidecar)])
def test_a_settlement_that_finds_no_sidecar_changes_no_result_and_arrives_by_itself(
    world: World, policy_file: PolicyFiles, name: str, disturb: Callable[[PolicyFile], Any]
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address(f"queued, {name}, to")

    def send_and_disturb(wallet: Any, args: dict[str, Any]) -> str:
        send(wallet, {**args, "wei": str(int(args["wei"]) // 2)})
        disturb(policy)
        return "the action's own result"

    kit = scripted_kit(world, f"queued, {name}", policy, send_and_disturb, settle_deadline_s=0.5)
    said, seconds = timed(lambda: invoke(kit, ACT, act(to, "0.004")))
    assert said == "the action's own result"
    assert seconds < PATIENCE_S
    assert world.balance(to) == 2 * _MILLI
    # No further action is needed for it, and only what really moved is counted in the end.
    assert_settled(policy, 2 * _MILLI)


def test_settlements_that_wait_while_the_sidecar_cannot_start_all_arrive_when_it_can(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("several, to")
    good = policy.path.read_text(encoding="utf-8")
    release = threading.Barrier(4)

    def send_and_break(wallet: Any, args: dict[str, Any]) -> str:
        send(wallet, args)
        if release.wait() == 0:
            policy.path.write_text("rules: [", encoding="utf-8")
            kill_sidecar(policy)
        release.wait()
        return "sent"

    kit = scripted_kit(world, "several", policy, send_and_break, settle_deadline_s=0.5)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(invoke, kit, ACT, act(to, "0.001")) for _ in range(4)]
        assert [future.result() for future in asked] == ["sent"] * 4
    assert entry_states(policy.path.parent) == {"armed": 4}
    policy.path.write_text(good, encoding="utf-8")
    assert_settled(policy, 4 * _MILLI)
    assert world.balance(to) == 4 * _MILLI
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.006")).startswith("Transferred")


@pytest.mark.parametrize("mode", ["killed", "stopped"])
def test_what_waits_when_a_program_ends_is_told_before_it_has_ended(world: World, policy_file: PolicyFiles, mode: str) -> None:
    policy = policy_file(_LIMIT)
    with Program("settling", mode, world.rpc_url, world.token, str(policy.path), f"ending, {mode}") as program:
        assert program.hear() == "returned"
        assert program.wait() == 0
        assert entry_states(policy.path.parent) == {"closed": 1}
        assert sidecars_in(policy.path.parent) == set()
    assert_settled(policy, _MILLI)


def test_a_program_whose_settlement_cannot_be_told_ends_all_the_same(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    with Program("settling", "hopeless", world.rpc_url, world.token, str(policy.path), "hopeless") as program:
        assert program.hear() == "returned"
        # It waits once, and not once more for every sidecar that it ever had.
        assert program.hear() == "waits for what is to be told"
        assert program.wait() == 0
        assert program.rest() == []
    until(lambda: not sidecars_in(policy.path.parent))
    assert entry_states(policy.path.parent) == {"closed": 3, "armed": 1}


def test_a_program_that_is_killed_before_it_settles_leaves_its_money_counted(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    with Program("settling", "forever", world.rpc_url, world.token, str(policy.path), "left armed") as program:
        assert program.hear() == "sent"
        program.kill()
        program.wait()
    until(lambda: not sidecars_in(policy.path.parent))
    assert entry_states(policy.path.parent) == {"armed": 1}
    assert policy.counted("eth") == policy.open("eth") == _MILLI
    # Another program on the same ledger counts it too: 0.009 are left of 0.01.
    kit = scripted_kit(world, "left armed, after", policy, send)
    to = fresh_address("left armed, after, to")
    assert invoke(kit, ACT, act(to, "0.0091")).startswith("Error: denied by policy (over_limit)")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.009")).startswith("Transferred")


def test_a_policy_file_that_is_asked_again_about_an_attempt_holds_its_money_once(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("asked again, to")
    rounds: list[int] = []

    def slow_once(_: ActionContext) -> Any:
        rounds.append(1)
        end = time.monotonic() + (0.55 if len(rounds) == 1 else 0)
        until(lambda: time.monotonic() > end)
        return allow()

    # The first permission runs out while the last policy decides, so that all three are asked again.
    policies: list[Any] = [lambda _: allow(valid_for_ms=500), policy, slow_once]
    kit = with_policy(make_kit(make_wallet(world, "asked again")), policies)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.01")).startswith("Transferred")
    assert len(rounds) == 2
    assert_settled(policy, 10 * _MILLI)
    assert world.balance(to) == 10 * _MILLI
