"""A node that fails where a test wants it to: a proxy before the real one."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_SEND = "eth_sendRawTransaction"
_PATIENCE_S = 20.0


class FlakyNode:
    """Passes every request on. What is set below makes it fail."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.rpc_url = ""
        #: Every request that came, as method and parameters.
        self.asked: list[tuple[str, list[Any]]] = []
        #: Methods that are answered with an error of JSON-RPC, and not passed on.
        self.refused: set[str] = set()
        #: So many transactions are passed on and then answered with 502, as by a gateway that lost the node's answer.
        self.lost_answers = 0
        #: Whether such an answer waits until the transaction is mined.
        self.mines_first = True
        #: The hashes of the transactions that the node took although their sender was told 502.
        self.taken: list[str] = []
        #: Requests of this method wait, before they are passed on, until the gate is open.
        self.gated = _SEND
        self.gate = threading.Event()
        self.gate.set()
        #: Set when such a request has come, whether or not it waits.
        self.reached = threading.Event()

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer to one request."""
        call = json.loads(body)
        method = call["method"]
        self.asked.append((method, call.get("params", [])))
        if method == self.gated:
            self.reached.set()
            self.gate.wait(_PATIENCE_S)
        if method in self.refused:
            error = {"code": -32000, "message": f"{method} is refused"}
            return 200, json.dumps({"jsonrpc": "2.0", "id": call["id"], "error": error}).encode()
        answer = self._upstream(body)
        if method == _SEND and self.lost_answers > 0:
            self.lost_answers -= 1
            transaction = json.loads(answer).get("result")
            if transaction is not None:
                self.taken.append(transaction)
            if transaction is not None and self.mines_first:
                self._wait_until_mined(transaction)
            return 502, b"bad gateway"
        return 200, answer

    def _wait_until_mined(self, transaction: str) -> None:
        question = {"jsonrpc": "2.0", "id": 1, "method": "eth_getTransactionReceipt", "params": [transaction]}
        waiting = threading.Event()
        for _ in range(400):
            if json.loads(self._upstream(json.dumps(question).encode()))["result"] is not None:
                return
            waiting.wait(0.05)
        raise RuntimeError(f"{transaction} was not mined in time")

    def _upstream(self, body: bytes) -> bytes:
        headers = {"content-type": "application/json"}
        return requests.post(self.upstream, data=body, headers=headers, timeout=_PATIENCE_S).content


@contextmanager
def flaky_node(upstream: str) -> Iterator[FlakyNode]:
    node = FlakyNode(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer leaves in one piece and at once; else each request would wait 40 ms for the system's own patience.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            status, answer = node.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Says nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    node.rpc_url = f"http://127.0.0.1:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield node
    finally:
        node.gate.set()
        server.shutdown()
        server.server_close()
        serving.join()
