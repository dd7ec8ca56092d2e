"""The sidecar killed, stopped and polluted at every point of an attempt, and its ledger exchanged."""

import os
import re
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy import PolicySetupError, with_policy

from .children.scripted import ACT, act, disturbed_wallet, scripted_kit, send
from .children.sidecars import (
    assert_settled,
    entry_states,
    failures_known,
    is_known_to_have_ended,
    is_running,
    kill_sidecar,
    locked_ledger,
    node_wrapper,
    questions_pending,
    sidecar_pid,
    stop_sidecar,
    timed,
    wait_until_settled,
)
from .conftest import PolicyFile
from .patience import PATIENCE_S, until
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

#: A fresh sidecar does not know the attempt; or the question still went to the dead one, while a child that was just being
#: started held the other end of its pipe.
_NO_SECOND_CALL = re.compile(r"Error: denied by policy \((attempt_unknown|policy_error)\)")
_LIMIT = '{ id: eth, limit: native, max: "0.05", window: day }'
_MILLI = 10**15
#: Of what is asked while the sidecar does not answer. Whatever is asked after that has `PATIENCE_S`: a sidecar may have to start.
_DEADLINE_S = 1.0

PolicyFiles = Callable[..., PolicyFile]


def _guarded(world: World, name: str, policy: PolicyFile, **options: Any) -> Any:
    return with_policy(make_kit(make_wallet(world, name)), policy, **options)


def _hurried(world: World, name: str, policy: PolicyFile) -> Any:
    return _guarded(world, name, policy, decision_deadline_s=_DEADLINE_S)


def _patient(world: World, name: str, policy: PolicyFile) -> Any:
    """Another kit for the same wallet, with the same sidecar."""
    return _guarded(world, name, policy, decision_deadline_s=PATIENCE_S)


def _assert_denied_in_time(said: str, code: str, seconds: float) -> None:
    assert said.startswith(f"Error: denied by policy ({code})")
    assert seconds < PATIENCE_S


def _assert_next_action_works(world: World, kit: Any, policy: PolicyFile, name: str, counted_before: int) -> None:
    """What is counted after it is what it has moved and what was counted before."""
    to = fresh_address(f"{name}, next")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Transferred 0.001 ETH")
    assert world.balance(to) == _MILLI
    assert_settled(policy, counted_before + _MILLI)


def test_a_sidecar_killed_before_its_decision_denies_at_once_and_nothing_leaves(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("killed before, to")
    kit, patient = _hurried(world, "killed before", policy), _patient(world, "killed before", policy)
    pid = stop_sidecar(policy)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(timed, lambda: invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")))
        until(lambda: questions_pending(policy) == 1)
        os.kill(pid, signal.SIGKILL)
        said, seconds = asked.result()
    _assert_denied_in_time(said, "policy_error", seconds)
    wait_until_settled(policy)
    _assert_next_action_works(world, patient, policy, "killed before", 0)
    assert world.balance(to) == 0


def test_a_sidecar_that_hangs_before_its_decision_is_killed_and_denies_at_the_deadline(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("hung before, to")
    kit, patient = _hurried(world, "hung before", policy), _patient(world, "hung before", policy)
    pid = stop_sidecar(policy)
    said, seconds = timed(lambda: invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")))
    _assert_denied_in_time(said, "policy_timeout", seconds)
    assert seconds > _DEADLINE_S
    until(lambda: not is_running(pid))
    wait_until_settled(policy)
    _assert_next_action_works(world, patient, policy, "hung before", 0)
    assert world.balance(to) == 0


def test_a_decision_that_comes_too_late_holds_nothing_and_costs_no_sidecar(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("too late, to")
    kit, patient = _hurried(world, "too late", policy), _patient(world, "too late", policy)
    pid = sidecar_pid(policy)
    with locked_ledger(policy.path.parent):
        said, seconds = timed(lambda: invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")))
    _assert_denied_in_time(said, "policy_timeout", seconds)
    assert seconds > 0.9 * _DEADLINE_S
    # The ledger has granted it by now, or will: it is given back.
    until(lambda: sum(entry_states(policy.path.parent).values()) == 1)
    wait_until_settled(policy)
    _assert_next_action_works(world, patient, policy, "too late", 0)
    assert world.balance(to) == 0
    # It is slow, and not hung: it has said so itself.
    assert sidecar_pid(policy) == pid


def test_a_fresh_sidecar_rebuilds_no_envelope_of_one_that_was_killed_after_its_decision(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("killed between, to")

    def kill_and_send(wallet: Any, args: dict[str, Any]) -> str:
        assert entry_states(policy.path.parent) == {"reserved": 1}
        kill_sidecar(policy)
        return send(wallet, args)

    kit = scripted_kit(world, "killed between", policy, kill_and_send)
    assert _NO_SECOND_CALL.match(invoke(kit, ACT, act(to, "0.001")))
    assert world.balance(to) == 0
    assert world.transactions(fresh_address("killed between")) == 0
    wait_until_settled(policy)
    _assert_next_action_works(world, kit, policy, "killed between", 0)


def test_a_sidecar_that_hangs_after_its_decision_denies_the_wallet_call(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("hung between, to")

    def stop_and_send(wallet: Any, args: dict[str, Any]) -> str:
        stop_sidecar(policy)
        return send(wallet, args)

    kit = scripted_kit(world, "hung between", policy, stop_and_send, decision_deadline_s=_DEADLINE_S)
    patient = _patient(world, "hung between", policy)
    said, seconds = timed(lambda: invoke(kit, ACT, act(to, "0.001")))
    assert said.startswith("Error: denied by policy (policy_timeout)")
    assert seconds > _DEADLINE_S
    assert world.balance(to) == 0
    wait_until_settled(policy)
    _assert_next_action_works(world, patient, policy, "hung between", 0)


def test_a_sidecar_killed_between_two_calls_of_an_action_counts_the_first_and_admits_no_second(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("killed in the middle, to")

    def send_twice(wallet: Any, args: dict[str, Any]) -> str:
        half = {**args, "wei": str(int(args["wei"]) // 2)}
        send(wallet, half)
        kill_sidecar(policy)
        return send(wallet, half)

    kit = scripted_kit(world, "killed in the middle", policy, send_twice)
    assert _NO_SECOND_CALL.match(invoke(kit, ACT, act(to, "0.004")))
    assert world.balance(to) == 2 * _MILLI
    assert_settled(policy, 2 * _MILLI)


def test_a_sidecar_killed_after_it_armed_a_call_and_before_the_send_counts_what_left(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("killed when armed, to")

    def kill() -> None:
        # Nothing is sent without an armed entry on the disk.
        assert entry_states(policy.path.parent) == {"armed": 1}
        kill_sidecar(policy)

    wallet = disturbed_wallet(world, "killed when armed", kill)
    kit = with_policy(make_kit(wallet), policy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Transferred 0.001 ETH")
    assert world.balance(to) == _MILLI
    wallet.disturb = lambda: None
    wait_until_settled(policy)
    _assert_next_action_works(world, kit, policy, "killed when armed", _MILLI)


def test_a_sidecar_killed_between_send_and_settlement_counts_what_left(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("killed after, to")

    def send_half_and_kill(wallet: Any, args: dict[str, Any]) -> str:
        send(wallet, {**args, "wei": str(int(args["wei"]) // 2)})
        kill_sidecar(policy)
        return "sent"

    kit = scripted_kit(world, "killed after", policy, send_half_and_kill)
    assert invoke(kit, ACT, act(to, "0.004")) == "sent"
    assert world.balance(to) == 2 * _MILLI
    wait_until_settled(policy)
    _assert_next_action_works(world, kit, policy, "killed after", 2 * _MILLI)


def test_a_sidecar_killed_while_idle_is_not_even_noticed(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    kit = _guarded(world, "killed idle", policy)
    first = sidecar_pid(policy)
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    _assert_next_action_works(world, kit, policy, "killed idle", 0)
    assert sidecar_pid(policy) != first


def test_a_stopped_sidecar_with_a_full_pipe_denies_every_thread_at_the_deadline(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("full pipe, to")
    kit = scripted_kit(world, "full pipe", policy, send, decision_deadline_s=_DEADLINE_S)
    patient = scripted_kit(world, "full pipe", policy, send, decision_deadline_s=PATIENCE_S)
    # More than a pipe holds, and nearly as much as arguments may be.
    args = act(to, "0.001", note="x" * 250_000)
    stop_sidecar(policy)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(timed, lambda: invoke(kit, ACT, args)) for _ in range(8)]
        answers = [future.result() for future in asked]
    for said, seconds in answers:
        assert said.startswith(("Error: denied by policy (policy_timeout)", "Error: denied by policy (policy_error)"))
        assert seconds < PATIENCE_S
    assert max(seconds for _, seconds in answers) > _DEADLINE_S
    assert world.balance(to) == 0
    wait_until_settled(policy)
    # The nearest legitimate calls: as large, with a sidecar that reads.
    invoke(patient, ACT, args)
    assert world.balance(to) == _MILLI
    _assert_next_action_works(world, patient, policy, "full pipe", _MILLI)


def test_one_crash_under_many_questions_is_one_failure_and_not_one_for_each(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("one crash, to")
    kit = _patient(world, "one crash", policy)
    pid = stop_sidecar(policy)
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(invoke, kit, NATIVE_TRANSFER, transfer(to, "0.0001")) for _ in range(16)]
        until(lambda: questions_pending(policy) == 16)
        os.kill(pid, signal.SIGKILL)
        assert all(future.result().startswith("Error: denied by policy (policy_error)") for future in asked)
    assert failures_known(policy) == 1
    _assert_next_action_works(world, kit, policy, "one crash", 0)


def test_a_sidecar_whose_standard_output_is_polluted_from_the_start_is_an_error_of_setting_up(
    world: World, policy_file: PolicyFiles, tmp_path: Path
) -> None:
    policy = policy_file(_LIMIT)
    with pytest.raises(PolicySetupError, match="something else than messages") as caught:
        _guarded(world, "polluted", policy, node=node_wrapper(tmp_path, "echo a greeting"))
    assert caught.value.code == "sidecar_missing"
    # The same wrapper with nothing to say is a Node as good as any.
    _assert_next_action_works(world, _guarded(world, "polluted", policy, node=node_wrapper(tmp_path, ":")), policy, "polluted", 0)


@pytest.mark.parametrize("garbage", ["a stray line\n", "Content-Length: 9\r\n\r\nno JSON.."])
def test_a_sidecar_whose_standard_output_is_polluted_later_denies_and_the_next_action_works(
    world: World, policy_file: PolicyFiles, garbage: str
) -> None:
    policy, name = policy_file(_LIMIT), f"polluted later by {garbage!r}"
    kit = _guarded(world, name, policy)
    pid = stop_sidecar(policy)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(invoke, kit, NATIVE_TRANSFER, transfer(fresh_address(f"{name}, to"), "0.001"))
        until(lambda: questions_pending(policy) == 1)
        Path(f"/proc/{pid}/fd/1").write_text(garbage, encoding="utf-8")
        # The shim ends a sidecar that talks nonsense, and may be quicker than this line.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        assert asked.result().startswith("Error: denied by policy (policy_error)")
    assert world.balance(fresh_address(f"{name}, to")) == 0
    until(lambda: not is_running(pid))
    wait_until_settled(policy)
    _assert_next_action_works(world, kit, policy, name, 0)


def test_a_memory_ledger_that_died_with_its_sidecar_denies_every_action_for_good(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT, ledger="memory"), fresh_address("memory, to")
    kit = _guarded(world, "memory", policy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Transferred 0.03 ETH")
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    for _ in range(3):
        # 0.03 would fit into a budget that begins anew.
        assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Error: denied by policy (ledger_replaced)")
    with pytest.raises(PolicySetupError, match="restart the program"):
        _guarded(world, "memory", policy)
    assert world.balance(to) == 30 * _MILLI


def test_a_ledger_file_that_was_replaced_while_the_sidecar_was_gone_denies_every_action_for_good(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("replaced, to")
    kit = _guarded(world, "replaced", policy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Transferred 0.03 ETH")
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    for file in list(policy.path.parent.glob("ledger.db*")):
        file.unlink()
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Error: denied by policy (ledger_replaced)")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Error: denied by policy (ledger_replaced)")
    assert world.balance(to) == 30 * _MILLI


def test_a_ledger_file_that_was_moved_away_and_back_while_the_sidecar_was_gone_goes_on(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("moved back, to")
    kit = _guarded(world, "moved back", policy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Transferred 0.03 ETH")
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    for file in list(policy.path.parent.glob("ledger.db*")):
        copy = file.read_bytes()
        file.unlink()
        file.write_bytes(copy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.03")).startswith("Error: denied by policy (over_limit)")
    _assert_next_action_works(world, kit, policy, "moved back", 30 * _MILLI)
