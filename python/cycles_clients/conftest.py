"""The test server, in a process of its own, as a user starts it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from runcycles import Action, Amount, CyclesClient, CyclesConfig, Subject, Unit

pytest_plugins = ["tests.report"]

ROOT = Path(__file__).resolve().parents[2]
ACTION = Action(kind="payment.charge", name="native_transfer")
ALLOCATED = 10 * 10**8


def money(amount: int) -> Amount:
    return Amount(unit=Unit.USD_MICROCENTS, amount=amount)


class Server:
    """A running test server, with a budget of ten dollars for one tenant."""

    def __init__(self, variables: dict[str, str], journal: Path) -> None:
        self.base_url = variables["CYCLES_BASE_URL"]
        self.api_key = variables["CYCLES_API_KEY"]
        self.tenant = variables["CYCLES_TENANT"]
        self.subject = Subject(tenant=self.tenant)
        self._journal = journal

    def config(self) -> CyclesConfig:
        # A short first wait: what a lost answer costs is what these tests wait for.
        return CyclesConfig(
            base_url=self.base_url,
            api_key=self.api_key,
            tenant=self.tenant,
            retry_initial_delay=0.05,
            journal_dir=str(self._journal),
        )

    def fault(self, operation: str, kind: str, **more: Any) -> None:
        body = json.dumps({"operation": operation, "kind": kind, **more}).encode()
        urlopen(Request(f"{self.base_url}/test/faults", data=body, method="POST")).close()

    def requests(self) -> list[dict[str, Any]]:
        return list(self._look("requests"))

    def violations(self) -> list[str]:
        return list(self._look("violations"))

    def balance(self) -> tuple[int, int]:
        """What is spent and what is held."""
        with CyclesClient(self.config()) as client:
            body = client.get_balances(tenant=self.tenant).body
        assert body is not None
        [balance] = body["balances"]
        return balance["spent"]["amount"], balance["reserved"]["amount"]

    def _look(self, what: str) -> Any:
        with urlopen(f"{self.base_url}/test/{what}") as answer:
            return json.load(answer)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    command = ["node", str(ROOT / "scripts" / "cycles-test-server.mjs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        variables = dict(process.stdout.readline().strip().split("=", 1) for _ in range(3))
        running = Server(variables, tmp_path)
        yield running
        try:
            assert running.violations() == []
        finally:
            process.terminate()
