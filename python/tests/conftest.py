import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .patience import PATIENCE_S
from .world import CHAIN_ID, ROOT, World, running_world

pytest_plugins = ["tests.report"]

_COMMAND = ROOT / "packages" / "agentkit-policy" / "dist" / "command" / "main.js"


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with running_world() as running:
        yield running


class Balances:
    """One process for a whole run that looks into ledgers: a process for each question would take most of the run's time."""

    def __init__(self) -> None:
        command = ["node", str(Path(__file__).with_name("balances.mjs"))]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._asking = threading.Lock()

    def of(self, path: Path) -> list[dict[str, Any]]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with self._asking:
            self._child.stdin.write(f"{path}\n")
            self._child.stdin.flush()
            answer = json.loads(self._child.stdout.readline())
        assert "balances" in answer, answer
        return list(answer["balances"])

    def end(self) -> None:
        self._child.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="session")
def balances() -> Iterator[Balances]:
    running = Balances()
    yield running
    running.end()


class PolicyFile:
    """A policy file in a folder of its own, with an sqlite ledger beside it."""

    reader: Balances | None = None

    def __init__(self, folder: Path, *rules: str, ledger: str = "sqlite:./ledger.db") -> None:
        self.path = folder / "policy.yaml"
        lines = [f"  - {rule}" for rule in rules]
        chains = f'chains: {{ "{CHAIN_ID}": {{ confirmations: 1 }} }}'
        self.path.write_text("\n".join(["version: 1", f"ledger: {ledger}", chains, "rules:", *lines, ""]), encoding="utf-8")

    def __fspath__(self) -> str:
        return str(self.path)

    def balances(self) -> list[dict[str, Any]]:
        """What every limit counts, as ``agentkit-policy budgets --json`` says it."""
        if self.reader is not None and "${" not in self.path.read_text(encoding="utf-8"):
            return self.reader.of(self.path)
        command = ["node", str(_COMMAND), "budgets", str(self.path), "--json"]
        return list(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["limits"])

    def counted(self, limit: str) -> int:
        """What a limit counts over all of its scopes, in atomic units."""
        return sum(int(balance["counted"]) for balance in self.balances() if balance["limitId"] == limit)

    def open(self, limit: str) -> int:
        """How much of it is reserved or armed, and not closed."""
        return sum(int(balance["open"]) for balance in self.balances() if balance["limitId"] == limit)


@pytest.fixture
def policy_file(tmp_path: Path, balances: Balances) -> Callable[..., PolicyFile]:
    """Writes a policy file: ``policy_file('{ id: eth, limit: native, max: "0.05", window: day }')``."""
    PolicyFile.reader = balances
    return lambda *rules, **named: PolicyFile(tmp_path, *rules, **named)
