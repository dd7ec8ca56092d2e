"""Children that speak to a transport over their standard input and output, well or badly."""

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from agentkit_policy.transport import Transport

from .patience import PATIENCE_S

_BEGINNING = r"""
import json, os, sys

def read():
    "The next message; ends with the input."
    header = sys.stdin.buffer.readline()
    if not header:
        sys.exit(0)
    sys.stdin.buffer.readline()
    return sys.stdin.buffer.read(int(header.split(b":")[1]))

def put(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()

def say(body):
    put(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

def question():
    return json.loads(read())

def answer(message, result):
    say(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode())

def stay():
    "Reads on and says nothing, until the input ends."
    sys.stdin.buffer.read()
    sys.exit(0)

def hang():
    "Neither reads nor ends."
    import signal
    while True:
        signal.pause()

"""


def start_child(script: str, environment: dict[str, str] | None = None, folder: str = os.sep) -> Transport:
    return Transport([sys.executable, "-I", "-S", "-c", _BEGINNING + script], environment or {}, folder)


def open_descriptors() -> int:
    """How many this process has open; 0 where the system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def is_running(pid: int) -> bool:
    """Whether there is such a process, or one that has ended and was not reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def outcome_of(work: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """What the work gave, or the error that it raised; fails if it is not through in time."""
    outcomes: list[Any] = []

    def note() -> None:
        try:
            outcomes.append(work())
        except BaseException as error:
            outcomes.append(error)

    thread = threading.Thread(target=note, daemon=True)
    thread.start()
    thread.join(seconds)
    assert outcomes, f"it was not through within {seconds} s"
    return outcomes[0]
