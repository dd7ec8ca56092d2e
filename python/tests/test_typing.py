"""Type checkers accept a project that uses this package as it is meant, and report every misuse.

It is the same on every interpreter, so that it runs where TEST_TYPING=1 asks for it and is not collected elsewhere.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from .world import ROOT

__test__ = os.environ.get("TEST_TYPING") == "1"

PYTHON = ROOT / "python"
TYPING = Path(__file__).parent / "typing"
VERSIONS = ("3.10", "3.13")


class Report(NamedTuple):
    file: str
    line: int
    message: str


def mypy(project: Path, version: str) -> list[Report]:
    checker = PYTHON / ".environments" / "tools" / "bin" / "mypy"
    command = [
        *(str(checker), ".", "--strict", "--config-file", "mypy.ini", "--output", "json"),
        *("--python-version", version, "--python-executable", sys.executable),
        *("--cache-dir", str(PYTHON / ".mypy_cache")),
    ]
    return [
        Report(Path(said["file"]).name, said["line"], said["message"])
        for line in said_by(command, project).splitlines()
        # Where it has nothing to report, it says so in words.
        if line.startswith("{") and (said := json.loads(line))["severity"] == "error"
    ]


def pyright(project: Path, version: str) -> list[Report]:
    checker = ROOT / "node_modules" / "pyright" / "index.js"
    command = [
        *("node", str(checker), "--project", ".", "--outputjson"),
        *("--pythonversion", version, "--pythonpath", sys.executable),
    ]
    answer = json.loads(said_by(command, project))
    assert answer["summary"]["filesAnalyzed"] == len(list(project.glob("*.py")))
    return [
        Report(Path(said["file"]).name, said["range"]["start"]["line"] + 1, said["message"])
        for said in answer["generalDiagnostics"]
        if said["severity"] != "information"
    ]


def said_by(command: list[str], project: Path) -> str:
    """Standard output of a checker that found mistakes, or none. One that is missing, or fails, is an error: never a pass."""
    environment = {**os.environ, "MYPYPATH": str(PYTHON / "src")}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


Checker = Callable[[Path, str], list[Report]]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_typed_project_is_accepted(checker: Checker, version: str) -> None:
    assert checker(TYPING / "user_project", version) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_every_misuse_is_reported_where_it_is_and_nothing_else_is(checker: Checker, version: str) -> None:
    project = TYPING / "rejected"
    marked = {
        (file.name, number): mark[1].strip()
        for file in project.glob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if (mark := re.search(r"# rejected:(.+)$", line))
    }
    assert len(marked) > 60
    reported: dict[tuple[str, int], str] = {}
    for report in checker(project, version):
        reported[report.file, report.line] = reported.get((report.file, report.line), "") + report.message + "\n"
    assert {place: said for place, said in reported.items() if place not in marked} == {}
    # Where the two have no word in common, the mark has one of each.
    missed = {
        place: mark for place, mark in marked.items() if not any(word in reported.get(place, "") for word in mark.split(" or "))
    }
    assert missed == {}


@pytest.mark.parametrize("module", ["policies", "kits", "decisions", "identity"])
def test_what_the_checkers_accept_is_what_python_runs(module: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PYTHON / "src")}
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=TYPING / "user_project", env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
