"""The test's side of a program of ``tests/children``: start it, talk with it by lines, signal it, wait for its end."""

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from ..patience import PATIENCE_S
from ..world import ROOT


class Program:
    """A running program. ``with`` kills what is left of it."""

    def __init__(self, name: str, *arguments: str) -> None:
        (its_input, self._input), (self._output, its_output) = os.pipe(), os.pipe()
        order = json.dumps({"program": name, "arguments": arguments}).encode()
        socket.send_fds(_launcher(), [order], [its_input, its_output, 2])
        os.close(its_input)
        os.close(its_output)
        self.pid = int(_answer())
        self._code: int | None = None
        self._heard = b""

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        os.close(self._input)
        os.close(self._output)

    def hear(self, seconds: float = 2 * PATIENCE_S) -> Any:
        """The next thing that it says, as data. Raises AssertionError when it says nothing in time."""
        os.set_blocking(self._output, False)
        end = time.monotonic() + seconds
        while b"\n" not in self._heard:
            assert time.monotonic() < end, "the program said nothing"
            try:
                data = os.read(self._output, 1 << 16)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            assert data, "the program ended without a word"
            self._heard += data
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)

    def rest(self) -> list[Any]:
        """What it has said besides what was heard, once it has ended."""
        self.wait()
        os.set_blocking(self._output, True)
        while data := os.read(self._output, 1 << 16):
            self._heard += data
        lines, self._heard = self._heard.splitlines(), b""
        return [json.loads(line) for line in lines]

    def tell_to_go_on(self) -> None:
        os.write(self._input, b"\n")

    def interrupt(self) -> None:
        """As Ctrl-C in a terminal does: everything in its process group gets the signal."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, negative for the signal that ended it."""
        if self._code is None:
            _launcher().send(json.dumps({"wait": self.pid}).encode())
            self._code = int(_answer())
        return self._code


def say(what: Any) -> None:
    """In the program: tells its test something."""
    os.write(1, json.dumps(what).encode() + b"\n")


def wait_for_go() -> None:
    """In the program: returns when the test says so."""
    sys.stdin.readline()


@functools.cache
def _launcher() -> socket.socket:
    own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    own.settimeout(60)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / "python" / folder) for folder in ("src", "."))}
    command = [sys.executable, "-m", "tests.children.launcher", str(other.fileno())]
    child = subprocess.Popen(command, pass_fds=[other.fileno()], env=environment, cwd=ROOT / "python", stdin=subprocess.DEVNULL)
    other.close()

    def end() -> None:
        own.close()
        child.wait(PATIENCE_S)

    atexit.register(end)
    return own


def _answer() -> Any:
    return json.loads(_launcher().recv(1 << 16))
