"""Requests and their answers over a transport. Whoever takes a request out of the pending ones decides what became of it."""

import contextlib
import json
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from .timing import Deadline
from .transport import NotSent, Transport, TransportError


class SidecarTimeout(Exception):
    """No answer in time. ``silent``: not one byte has come since the question, so that the sidecar is taken for hung."""

    def __init__(self, silent: bool) -> None:
        super().__init__("the sidecar did not answer in time")
        self.silent = silent


class RpcError(Exception):
    """The sidecar refused the message itself. A denial is a result, never this."""

    def __init__(self, error: Any) -> None:
        fields = error if isinstance(error, dict) else {}
        super().__init__(str(fields.get("message", "the sidecar answered with an error")))
        self.code = fields.get("code")


class Connection:
    """One sidecar's life. Its reader thread ends with it."""

    def __init__(self, transport: Transport) -> None:
        self.transport, self.ended, self._given_up = transport, False, False
        self._lock = threading.Lock()
        self._pending: dict[int, Future[Any]] = {}
        self._last_id, self._last_byte = 0, time.monotonic()
        self._reader = threading.Thread(target=self._read, name="agentkit-policy-reader", daemon=True)
        # A program that is ending starts no threads any more: whoever asks then reads too.
        with contextlib.suppress(RuntimeError):
            self._reader.start()

    def request(self, method: str, params: Any, deadline: Deadline) -> Any:
        """The answer's result. Raises SidecarTimeout, TransportError or RpcError."""
        future: Future[Any] = Future()
        with self._lock:
            if self.ended:
                raise NotSent("the sidecar has ended")
            self._last_id += 1
            own_id = self._last_id
            self._pending[own_id] = future
        asked = time.monotonic()
        try:
            if not self._write({"id": own_id, "method": method, "params": params}, deadline):
                raise SidecarTimeout(silent=self._last_byte < asked)
            while not self._reader.ident and not future.done():
                self._read_one()
            return future.result(deadline.remaining)
        except FutureTimeoutError:
            with self._lock:
                unanswered = self._pending.pop(own_id, None) is not None
            if unanswered:
                raise SidecarTimeout(silent=self._last_byte < asked) from None
            return future.result()
        finally:
            with self._lock:
                self._pending.pop(own_id, None)

    def give_up(self) -> bool:
        """Kills the sidecar. Whether nobody had before: of many whose questions it left unanswered, one is the first."""
        with self._lock:
            is_first, self._given_up, self.ended = not self._given_up, True, True
        self.transport.kill()
        return is_first

    def notify(self, method: str, params: Any, deadline: Deadline) -> None:
        self._write({"method": method, "params": params}, deadline)

    def _write(self, message: dict[str, Any], deadline: Deadline) -> bool:
        text = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False, separators=(",", ":"))
        return self.transport.write(text.encode(), deadline)

    def _read(self) -> None:
        failure = TransportError("the sidecar has ended")
        try:
            while True:
                self._read_one()
        except TransportError as error:
            failure = error
        except Exception as error:
            failure = TransportError(f"the sidecar's standard output cannot be read: {error!r:.200}")
        with self._lock:
            self.ended = True
            pending, self._pending = self._pending, {}
        for future in pending.values():
            future.set_exception(failure)
        # Whatever speaks no protocol any more decides nothing any more.
        self.transport.release()

    def _read_one(self) -> None:
        body = self.transport.read()
        self._last_byte = time.monotonic()
        self._answer(json.loads(body))

    def _answer(self, message: dict[str, Any]) -> None:
        with self._lock:
            future = self._pending.pop(message.get("id", 0), None)
        if future is None:
            return  # A late answer, for which nobody waits any more, or a notification.
        if "error" in message:
            future.set_exception(RpcError(message["error"]))
        else:
            future.set_result(message.get("result"))
