"""A pytest plugin that writes what every test came to as JSON, for the one line that closes ``npm test``."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


class Report:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self._tests.setdefault(report.nodeid, {"name": report.nodeid, "outcome": "passed", "ms": 0.0, "message": ""})
        test["ms"] += report.duration * 1000
        # A test that failed in its set-up or tear-down has failed; one that was skipped has not passed.
        if report.outcome != "passed" and test["outcome"] != "failed":
            test["outcome"] = report.outcome
            test["message"] = report.longrepr[2] if isinstance(report.longrepr, tuple) else _why(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            failed = {"name": report.nodeid, "outcome": "failed", "ms": 0.0, "message": str(report.longrepr)}
            self._tests[report.nodeid] = failed

    def pytest_sessionfinish(self) -> None:
        self._path.write_text(json.dumps({"tests": list(self._tests.values())}), encoding="utf-8")


def _why(longrepr: Any) -> str:
    """What went wrong comes before how it came about: whoever prints a report prints the beginning of a long one."""
    crash = getattr(longrepr, "reprcrash", None)
    return str(longrepr) if crash is None else f"{crash.path}:{crash.lineno}: {crash.message}\n\n{longrepr}"


def pytest_configure(config: pytest.Config) -> None:
    path = os.environ.get("TEST_REPORT")
    if path:
        config.pluginmanager.register(Report(Path(path)), "agentkit-policy-report")
