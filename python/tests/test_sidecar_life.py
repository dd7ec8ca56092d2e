"""From the first kit of a policy file to the last: whose sidecar it is, what it sees, when it ends, when it comes again."""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy import with_policy

from .children.program import Program
from .children.sidecars import (
    assert_settled,
    is_known_to_have_ended,
    is_running,
    kill_sidecar,
    node_wrapper,
    pipes,
    sidecar_pid,
    sidecars_in,
    timed,
)
from .conftest import PolicyFile
from .patience import PATIENCE_S, until
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

_LIMIT = '{ id: eth, limit: native, max: "0.05", window: day }'
_BALANCE = "WalletActionProvider_get_balance"
_MILLI = 10**15

PolicyFiles = Callable[..., PolicyFile]


def _guarded(world: World, name: str, policy: PolicyFile, **options: Any) -> Any:
    return with_policy(make_kit(make_wallet(world, name)), policy, **options)


def _in(folder: Path, *rules: str, **named: str) -> PolicyFile:
    folder.mkdir()
    return PolicyFile(folder, *rules, **named)


def test_kits_of_one_policy_file_share_a_sidecar_and_those_of_two_have_two(world: World, tmp_path: Path) -> None:
    one, two = _in(tmp_path / "one", _LIMIT), _in(tmp_path / "two", _LIMIT)
    # By another path, and in another form, it is the same file.
    by_detour = os.path.join(tmp_path, "two", "..", "one", "policy.yaml")
    kits = [_guarded(world, "life, one", one), with_policy(make_kit(make_wallet(world, "life, two")), by_detour)]
    assert sidecars_in(one.path.parent) == {sidecar_pid(one)}
    kits.append(_guarded(world, "life, three", two))
    assert sidecars_in(two.path.parent) == {sidecar_pid(two)}
    assert sidecar_pid(one) != sidecar_pid(two)
    for kit in kits:
        assert invoke(kit, NATIVE_TRANSFER, transfer(fresh_address("life, to"), "0.001")).startswith("Transferred")
    assert_settled(one, 2 * _MILLI)
    assert_settled(two, _MILLI)


def test_a_sidecar_lives_as_long_as_the_last_kit_that_uses_it(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    kits = [_guarded(world, f"last kit, {number}", policy) for number in range(2)]
    pid = sidecar_pid(policy)
    assert invoke(kits[0], NATIVE_TRANSFER, transfer(fresh_address("last kit, to"), "0.001")).startswith("Transferred")
    kits.pop(0)
    gc.collect()
    assert is_running(pid)
    assert invoke(kits[0], NATIVE_TRANSFER, transfer(fresh_address("last kit, to"), "0.001")).startswith("Transferred")
    kits.clear()
    gc.collect()
    until(lambda: not sidecars_in(policy.path.parent))
    assert_settled(policy, 2 * _MILLI)


def test_sidecars_that_ended_leave_no_descriptor_thread_or_process(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(_LIMIT), fresh_address("leftovers, to")
    before, threads_before = pipes(), set(threading.enumerate())
    kit = _guarded(world, "leftovers", policy)
    pids = {sidecar_pid(policy)}
    for _ in range(2):
        kill_sidecar(policy)
        until(lambda: is_known_to_have_ended(policy))
        assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Transferred")
        pids.add(sidecar_pid(policy))
    assert len(pids) == 3
    assert len(pipes() - before) == 2
    del kit
    gc.collect()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    until(lambda: not pipes() - before)
    until(lambda: not set(threading.enumerate()) - threads_before)


def test_the_sidecar_ends_with_its_program(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    with Program("settling", "idle", world.rpc_url, world.token, str(policy.path), "ends with program") as program:
        pid = program.hear()
        assert sidecars_in(policy.path.parent) == {pid}
        program.tell_to_go_on()
        assert program.hear() == "returned"
        program.tell_to_go_on()
        assert program.wait() == 0
        assert sidecars_in(policy.path.parent) == set()


def test_the_sidecar_ends_when_its_program_is_killed(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    with Program("settling", "idle", world.rpc_url, world.token, str(policy.path), "killed program") as program:
        pid = program.hear()
        assert sidecars_in(policy.path.parent) == {pid}
        program.kill()
        assert program.wait() == -signal.SIGKILL
        until(lambda: not sidecars_in(policy.path.parent))


def test_the_sidecar_sees_exactly_the_variables_that_the_policy_file_mentions(
    world: World, policy_file: PolicyFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("POLICY_TEST_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("POLICY_TEST_SECRET", "not the sidecar's business")
    policy = policy_file(_LIMIT, ledger="sqlite:${POLICY_TEST_STATE}/ledger.db")
    kit = _guarded(world, "environment", policy)

    def environment() -> dict[str, str]:
        told = Path(f"/proc/{sidecar_pid(policy)}/environ").read_text(encoding="utf-8").split("\0")
        return dict(variable.split("=", 1) for variable in told if variable)

    assert environment() == {"POLICY_TEST_STATE": str(tmp_path / "state")}
    assert invoke(kit, NATIVE_TRANSFER, transfer(fresh_address("environment, to"), "0.001")).startswith("Transferred")
    assert (tmp_path / "state" / "ledger.db").exists()
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    # What the program's environment has become since does not move the ledger.
    monkeypatch.setenv("POLICY_TEST_STATE", str(tmp_path))
    assert invoke(kit, NATIVE_TRANSFER, transfer(fresh_address("environment, to"), "0.001")).startswith("Transferred")
    assert environment() == {"POLICY_TEST_STATE": str(tmp_path / "state")}


def test_the_sidecar_has_a_session_of_its_own_and_the_programs_standard_error(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    kit = _guarded(world, "standard error", policy)
    pid = sidecar_pid(policy)
    assert os.getsid(pid) == pid
    assert os.path.samestat(os.stat(f"/proc/{pid}/fd/2"), os.fstat(2))
    assert not os.path.samestat(os.stat(f"/proc/{pid}/fd/1"), os.fstat(1))
    assert invoke(kit, _BALANCE, {}).startswith("Native balance")


def test_a_sidecar_that_cannot_start_again_denies_with_growing_patience_and_works_again_when_it_can(
    world: World, policy_file: PolicyFiles, tmp_path: Path
) -> None:
    policy, to, starts = policy_file(_LIMIT), fresh_address("cannot start, to"), tmp_path / "starts"
    node = node_wrapper(tmp_path, f'echo again >> "{starts}"')
    kit = _guarded(world, "cannot start", policy, decision_deadline_s=1.0, node=node)
    good = policy.path.read_text(encoding="utf-8")
    policy.path.write_text("rules: [", encoding="utf-8")
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    starts.unlink()
    end = time.monotonic() + 3.0
    while time.monotonic() < end:
        said, seconds = timed(lambda: invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")))
        assert said.startswith(("Error: denied by policy (policy_error)", "Error: denied by policy (policy_timeout)"))
        assert seconds < PATIENCE_S
    # With pauses of 0.1, 0.2, 0.4, 0.8 and 1.6 seconds; without them there would be three starts or more in each second.
    assert len(starts.read_text(encoding="utf-8").split()) <= 6
    policy.path.unlink()
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Error: denied by policy (policy_")
    policy.path.write_text(good, encoding="utf-8")
    until(lambda: not invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Error"))
    assert world.balance(to) == _MILLI
    assert_settled(policy, _MILLI)


def test_sixty_four_threads_at_once_get_exactly_what_the_limit_has(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file("{ id: ten, limit: actions, max: 10, window: day }")
    kit = _guarded(world, "sixty-four", policy)
    (action,) = [action for action in kit.get_actions() if action.name == _BALANCE]
    with ThreadPoolExecutor(64) as pool:
        answers = [future.result() for future in [pool.submit(action.invoke, {}) for _ in range(64)]]
    denied = [answer for answer in answers if answer.startswith("Error: denied by policy (over_limit)")]
    assert len(denied) == 54
    assert all(answer.startswith("Native balance") for answer in answers if answer not in denied)
    assert policy.counted("ten") == 10
