"""Where the parts of a scripted world write down what happens, whatever process they are in."""

import json
import threading
from pathlib import Path
from typing import Any, Protocol

#: The line by which a host says that the call has come back.
RETURNED: dict[str, Any] = {"entry": {"host": "returned"}}


class Trace(Protocol):
    def add(self, line: dict[str, Any]) -> None: ...

    @property
    def lines(self) -> list[dict[str, Any]]: ...


class MemoryTrace:
    """A trace in this process."""

    def __init__(self) -> None:
        self._lines: list[dict[str, Any]] = []
        self.returned = threading.Event()

    def add(self, line: dict[str, Any]) -> None:
        self._lines.append(line)
        if line is RETURNED:
            self.returned.set()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self._lines)


class FileTrace:
    """A trace in a file to which the sidecar's process adds as well. A line goes in with one write."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.returned = threading.Event()

    def add(self, line: dict[str, Any]) -> None:
        with self._file.open("ab", buffering=0) as file:
            file.write(f"{json.dumps(line)}\n".encode())
        if line is RETURNED:
            self.returned.set()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._file.read_text(encoding="utf-8").split("\n") if line]


def parted(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the call waited for, what came in the background, and the outcome that was told last."""
    trace: list[Any] = []
    later: list[Any] = []
    record, returned = None, False
    for line in lines:
        record = line.get("outcome", record)
        if "host" in line["entry"]:
            returned = True
        else:
            (later if returned or line.get("aside") else trace).append(line["entry"])
    return {"trace": trace, "later": later, "record": record}
