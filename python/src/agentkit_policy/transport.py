"""A child process and frames of bytes to and from it. It knows nothing of what they say."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, cast

from .timing import Deadline

#: Of a message's length in bytes.
_MOST_DIGITS = 9


class TransportError(Exception):
    """The child is gone, or what it says is no protocol."""


class NotSent(TransportError):
    """The child was gone before a message had reached it whole, so that nothing has come of it."""


class Transport:
    """Owns one child: JSON-RPC's Content-Length frames over its standard input and output."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
        # A session of its own: Ctrl-C in a terminal would end it before it settles.
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            bufsize=0,
            start_new_session=True,
        )
        self._input, self._output = cast(IO[bytes], self._child.stdin), cast(IO[bytes], self._child.stdout)
        # A full pipe to a stopped child must not block whoever writes.
        os.set_blocking(self._input.fileno(), False)
        self._writing = threading.Lock()
        self._buffer = b""

    def write(self, body: bytes, deadline: Deadline) -> bool:
        """Writes one whole frame; False where the child takes it not in time. Raises NotSent where it is gone."""
        if not self._writing.acquire(timeout=deadline.remaining):
            return False
        frame = memoryview(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        rest = frame
        try:
            while rest and deadline.remaining > 0:
                written = self._input.write(rest)
                if written is None:
                    time.sleep(0.001)
                rest = rest[written or 0 :]
        except (OSError, ValueError) as error:
            raise NotSent("the sidecar has ended") from error
        finally:
            self._writing.release()
            if 0 < len(rest) < len(frame):
                # Half a frame would be read together with the next one.
                self.kill()
        return not rest

    def read(self) -> bytes:
        """The next frame's body; for one reader. Raises TransportError at the end, and for what is no frame."""
        while b"\r\n\r\n" not in self._buffer and len(self._buffer) < 64:
            self._fill()
        header, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        name, _, length = header.partition(b": ")
        if name.lower() != b"content-length" or not length.isdigit() or len(length) > _MOST_DIGITS:
            raise TransportError("the sidecar's standard output holds something else than messages")
        while len(self._buffer) < int(length):
            self._fill()
        body, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return body

    def _fill(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if data := self._output.read(1 << 16):
                self._buffer += data
                return
        raise TransportError("the sidecar has ended")

    def kill(self) -> None:
        """Ends the child at once. Its reader then reads the end."""
        with contextlib.suppress(OSError):
            self._child.kill()

    def end(self, patience_s: float) -> None:
        """Closes the child's input, which asks it to end, waits so long, kills it, and reaps it. Idempotent."""
        # No writer may still hold the descriptor, whose number could be somebody else's at once.
        is_free = self._writing.acquire(timeout=patience_s)
        self._close(self._input)
        if is_free:
            self._writing.release()
        try:
            self._child.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            self._child.wait()

    def release(self) -> None:
        """For the reader, when it has read the end: ends and reaps the child, and closes what is left."""
        self.kill()
        self.end(patience_s=1)
        self._close(self._output)

    def abandon(self) -> None:
        """In a forked child: lets go of the pipes to the parent's sidecar, which neither hears of it nor is reaped."""
        self._close(self._input)
        self._close(self._output)
        # Not this process's child: Popen would otherwise look for it, and complain.
        self._child.returncode = 0

    def _close(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            stream.close()
