"""Starts programs in which AgentKit is loaded already: each is a fork of this process, and ends as an interpreter ends.

Loading AgentKit takes seconds, and a test of signals needs a process of its own. Orders come as JSON over the socket whose
descriptor is the argument; an order to start one carries its standard streams.
"""

import importlib
import json
import os
import signal
import socket
import sys
from typing import Any


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    importlib.import_module("coinbase_agentkit")
    importlib.import_module("tests.children.scripted")
    while True:
        text, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        if not text:
            return
        order: dict[str, Any] = json.loads(text)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            connection.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if pid == 0:
            connection.close()
            _become(streams)
            importlib.import_module(f"tests.children.{order['program']}").main(*order["arguments"])
            return
        for stream in streams:
            os.close(stream)
        connection.send(json.dumps(pid).encode())


def _become(streams: list[int]) -> None:
    """A process group of its own, so that a test interrupts it as a terminal would, and standard streams of its own."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


if __name__ == "__main__":
    main()
