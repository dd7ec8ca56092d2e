"""Which policy file a sidecar has, and which ledger: for wallets that no chain stands behind."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, PolicySetupError, guard_wallet

from .children.sidecars import is_known_to_have_ended, kill_sidecar, sidecars_in
from .conftest import PolicyFile
from .patience import until
from .plain import Wallet

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

_LIMIT = '{ id: eth, limit: native, max: "0.05", window: day }'
_MILLI = 10**15

PolicyFiles = Callable[..., PolicyFile]


def _send(wallet: Any) -> str:
    return str(wallet.send_transaction({"to": "0x" + "11" * 20, "value": _MILLI}))


def test_a_policy_file_behind_a_symbolic_link_has_its_ledger_where_it_was_named(
    policy_file: PolicyFiles, tmp_path: Path, monkeypatch: Any
) -> None:
    policy = policy_file(_LIMIT)
    named = tmp_path / "etc"
    named.mkdir()
    (named / "policy.yaml").symlink_to(policy.path)
    assert _send(guard_wallet(Wallet(), named / "policy.yaml")).startswith("0x")
    # By the link, as a program in TypeScript or the command line names it too, the money is counted.
    policy.path = named / "policy.yaml"
    until(lambda: (policy.counted("eth"), policy.open("eth")) == (_MILLI, 0))
    assert sorted(file.name for file in tmp_path.glob("ledger.db")) == []
    # By a relative path it is the same file, whatever folder the program goes to later.
    monkeypatch.chdir(named)
    wallet = guard_wallet(Wallet(), "policy.yaml")
    monkeypatch.chdir("/")
    assert _send(wallet).startswith("0x")
    until(lambda: policy.counted("eth") == 2 * _MILLI)


def test_a_policy_file_in_a_folder_behind_a_symbolic_link_is_the_same_one(policy_file: PolicyFiles, tmp_path: Path) -> None:
    policy = policy_file(_LIMIT)
    folder = tmp_path.parent / f"{tmp_path.name}-link"
    folder.symlink_to(tmp_path)
    for path in (policy.path, folder / "policy.yaml"):
        assert _send(guard_wallet(Wallet(), path)).startswith("0x")
    until(lambda: policy.counted("eth") == 2 * _MILLI)


def _sidecars(policy: PolicyFile) -> int:
    return len(sidecars_in(policy.path.parent))


def test_a_guard_that_is_made_after_its_policy_file_has_changed_has_the_new_policy(policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    first = guard_wallet(Wallet(), policy)
    assert _send(first).startswith("0x")
    old = policy.path.read_text(encoding="utf-8")
    policy.path.write_text(old.replace('"0.05"', '"0"'), encoding="utf-8")
    with pytest.raises(ActionDeniedError, match="over_limit"):
        _send(guard_wallet(Wallet(), policy))
    policy.path.write_text("not: [valid", encoding="utf-8")
    with pytest.raises(PolicySetupError) as wrong:
        guard_wallet(Wallet(), policy)
    assert wrong.value.code == "invalid_policy"
    # What was guarded before stays under the policy that it began with, and all have one ledger.
    assert _send(first).startswith("0x")
    policy.path.write_text(old.replace('"0.05"', '"0.003"'), encoding="utf-8")
    second = guard_wallet(Wallet(), policy)
    assert _send(second).startswith("0x")
    with pytest.raises(ActionDeniedError, match="over_limit"):
        _send(second)


def test_guards_of_one_unchanged_policy_file_share_a_sidecar(policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    guards = [guard_wallet(Wallet(), policy), guard_wallet(Wallet(), str(policy.path))]
    assert _sidecars(policy) == 1
    text = policy.path.read_text(encoding="utf-8")
    # Written anew, it is the same file as long as the same is in it.
    policy.path.unlink()
    policy.path.write_text(text, encoding="utf-8")
    guards.append(guard_wallet(Wallet(), policy))
    assert _sidecars(policy) == 1
    assert all(_send(guard).startswith("0x") for guard in guards)
    until(lambda: policy.counted("eth") == 3 * _MILLI)


def test_a_guard_shares_no_sidecar_that_has_started_again_with_another_policy(policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT)
    first = guard_wallet(Wallet(), policy)
    old = policy.path.read_text(encoding="utf-8")
    new = old.replace('"0.05"', '"0"')
    policy.path.write_text(new, encoding="utf-8")
    kill_sidecar(policy)
    until(lambda: is_known_to_have_ended(policy))
    with pytest.raises(ActionDeniedError, match="over_limit"):
        _send(first)
    # Of the file as it is now there is one already, and of the file as it was there is none.
    second = guard_wallet(Wallet(), policy)
    assert _sidecars(policy) == 1
    policy.path.write_text(old, encoding="utf-8")
    assert _send(guard_wallet(Wallet(), policy)).startswith("0x")
    with pytest.raises(ActionDeniedError, match="over_limit"):
        _send(second)


def test_a_policy_file_that_has_changed_gets_no_second_budget_in_memory(policy_file: PolicyFiles) -> None:
    policy = policy_file(_LIMIT, ledger="memory")
    first = guard_wallet(Wallet(), policy)
    assert _send(first).startswith("0x")
    text = policy.path.read_text(encoding="utf-8")
    policy.path.write_text(f"# A comment.\n{text}", encoding="utf-8")
    with pytest.raises(PolicySetupError, match="restart the program") as refused:
        guard_wallet(Wallet(), policy)
    assert refused.value.code == "invalid_policy"
    assert _send(first).startswith("0x")
    policy.path.write_text(text, encoding="utf-8")
    assert _send(guard_wallet(Wallet(), policy)).startswith("0x")
