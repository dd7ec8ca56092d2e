"""The sidecar processes that a policy file has, seen from outside, and what its ledger says of them."""

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import agentkit_policy.sidecar as hook_sidecar

from ..patience import until

if TYPE_CHECKING:
    from ..conftest import PolicyFile


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returned, and how many seconds it took."""
    began = time.monotonic()
    result = call()
    return result, time.monotonic() - began


def wait_until_settled(policy: "PolicyFile") -> None:
    """Waits until no entry of the ledger is open any more."""
    until(lambda: not entry_states(policy.path.parent).keys() & {"reserved", "armed"})


def assert_settled(policy: "PolicyFile", wei: int) -> None:
    """Once everything is settled, exactly so much is counted, and nothing of it open."""
    wait_until_settled(policy)
    balances = [balance for balance in policy.balances() if balance["limitId"] == "eth"]
    assert sum(int(balance["open"]) for balance in balances) == 0
    assert sum(int(balance["counted"]) for balance in balances) == wei


def own_sidecar(policy: str | os.PathLike[str]) -> Any:
    """This process's sidecar of a policy file, in whatever state it is."""
    (found,) = [known for (path, *_), known in hook_sidecar._open.items() if str(path) == os.path.abspath(policy)]
    return found


def sidecar_pid(policy: str | os.PathLike[str]) -> int:
    """The process id of the sidecar that this process asks."""
    return int(own_sidecar(policy)._connection.transport._child.pid)


def questions_pending(policy: str | os.PathLike[str]) -> int:
    """How many messages of this process the sidecar has not answered."""
    return len(own_sidecar(policy)._connection._pending)


def is_known_to_have_ended(policy: str | os.PathLike[str]) -> bool:
    """Whether this process has noticed the end of its sidecar."""
    return bool(own_sidecar(policy)._connection.ended)


def failures_known(policy: str | os.PathLike[str]) -> int:
    """How many times in a row the sidecar has failed, as far as this process knows."""
    return int(own_sidecar(policy)._failures)


def kill_sidecar(policy: str | os.PathLike[str]) -> None:
    """Kills the sidecar, and returns when nobody can read or write its pipes any more."""
    pid = sidecar_pid(policy)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_running(pid))


def stop_sidecar(policy: str | os.PathLike[str]) -> int:
    """Stops the sidecar in its tracks, as a machine that swaps does, and returns its process id."""
    pid = sidecar_pid(policy)
    os.kill(pid, signal.SIGSTOP)
    until(lambda: _state(pid) == "T")
    return pid


def is_running(pid: int) -> bool:
    """Whether it is a process; one that has ended and waits to be reaped is none."""
    return _state(pid) not in ("", "Z", "X")


def sidecars_in(folder: str | os.PathLike[str]) -> set[int]:
    """Every sidecar of a policy file in this folder, whoever started it: it runs in the policy file's folder."""
    place = os.path.realpath(folder)
    processes = (process for process in Path("/proc").iterdir() if process.name.isdigit())
    return {int(process.name) for process in processes if _link(process / "cwd") == place}


def pipes() -> set[str]:
    """This process's ends of pipes, each by the name that the kernel gives the pipe."""
    return {link for link in map(_link, Path("/proc/self/fd").iterdir()) if link.startswith("pipe:")}


def entry_states(folder: str | os.PathLike[str]) -> Counter[str]:
    """How many entries of the ledger in this folder are reserved, armed, closed and void."""
    with closing(_ledger(folder, "ro")) as database:
        states = database.execute("SELECT json_extract(entry, '$.state') AS state, count(*) FROM entries GROUP BY state")
        return Counter(dict(states))


def node_wrapper(folder: Path, before: str) -> Path:
    """A Node that runs a shell's command before it becomes the sidecar."""
    node = folder / "node"
    real = next(path for path in (Path(place, "node").absolute() for place in os.get_exec_path()) if path.exists())
    lines = ["#!/bin/sh", f'[ "$1" = --version ] && exec "{real}" --version', before, f'exec "{real}" "$@"', ""]
    node.write_text("\n".join(lines), encoding="utf-8")
    node.chmod(0o755)
    return node


@contextmanager
def locked_ledger(folder: str | os.PathLike[str]) -> Iterator[Callable[[], None]]:
    """Keeps the ledger in this folder from being written, until the block ends or calls what it got: decisions wait."""
    with closing(_ledger(folder, "rw")) as database:
        database.execute("BEGIN IMMEDIATE")
        yield database.rollback


def _ledger(folder: str | os.PathLike[str], mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{Path(folder, 'ledger.db')}?mode={mode}", uri=True, isolation_level=None)


def _link(file: Path) -> str:
    try:
        return os.readlink(file)
    except OSError:
        return ""  # It was closed, or it ended, while it was looked at.


def _state(pid: int) -> str:
    """The letter that the kernel gives a process's state; nothing where there is no process."""
    try:
        # The name may hold anything, parentheses included; the state follows the last one.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
