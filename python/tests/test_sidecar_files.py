"""Which policy file a sidecar has, and which ledger: for wallets that no chain stands behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit_policy import guard_wallet

from .conftest import PolicyFile
from .patience import until
from .plain import Wallet

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
