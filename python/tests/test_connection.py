import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy.connection import Connection, RpcError, SidecarTimeout
from agentkit_policy.timing import Deadline
from agentkit_policy.transport import TransportError

from .frames import is_running, open_descriptors, outcome_of, start_child
from .patience import PATIENCE_S, until

Connect = Callable[[str], Connection]
_FAILURES = (TransportError, SidecarTimeout, RpcError)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects to children, and holds every test to leaving no thread and no descriptor behind."""
    threads, descriptors = set(threading.enumerate()), open_descriptors()
    started: list[Connection] = []

    def begin(script: str) -> Connection:
        started.append(Connection(start_child(script)))
        return started[-1]

    yield begin
    for connection in started:
        connection.transport.kill()
    until(lambda: set(threading.enumerate()) <= threads and open_descriptors() <= descriptors)


def _ask(connection: Connection, params: Any = None, seconds: float = 10) -> Any:
    return connection.request("policy/beforeAction", params, Deadline(seconds))


def _outcome(connection: Connection, seconds: float = 10) -> Any:
    """The answer or the error, which comes within the deadline and generous slack."""
    return outcome_of(lambda: _ask(connection, None, seconds))


def test_a_question_is_sent_as_json_rpc_and_gets_its_result(connect: Connect) -> None:
    connection = connect("""
while True:
    message = question()
    if "id" in message:
        answer(message, message)
""")
    sent = _ask(connection, {"text": "é😀", "list": [1, None, True], "facts": {"$$int": "7"}})
    assert sent == {
        "jsonrpc": "2.0",
        "id": sent["id"],
        "method": "policy/beforeAction",
        "params": {"text": "é😀", "list": [1, None, True], "facts": {"$$int": "7"}},
    }
    connection.notify("policy/observe", {}, Deadline(10))
    assert _ask(connection)["id"] != sent["id"]


def test_answers_in_any_order_reach_who_asked(connect: Connect) -> None:
    together = 32
    connection = connect(f"""
messages = [question() for _ in range({together})]
for message in reversed(messages):
    answer(message, message["params"])
stay()
""")
    with ThreadPoolExecutor(together) as pool:
        assert list(pool.map(lambda number: _ask(connection, number), range(together))) == list(range(together))


def test_many_threads_with_large_questions_get_large_answers(connect: Connect) -> None:
    connection = connect("""
while True:
    message = question()
    answer(message, message["params"][::-1])
""")
    questions = [f"{number} " * 10_000 for number in range(60)]
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(lambda text: _ask(connection, text, 30), questions)) == [text[::-1] for text in questions]


def test_an_answer_without_a_result_is_none_and_an_error_is_raised_with_its_code(connect: Connect) -> None:
    connection = connect("""
error = {"code": -32602, "message": "not that"}
for reply in ({}, {"result": None}, {"error": error}, {"error": {"message": "no code"}}, {"error": {}}, {"result": 5}):
    say(json.dumps({"jsonrpc": "2.0", "id": question()["id"], **reply}).encode())
stay()
""")
    assert _ask(connection) is None
    assert _ask(connection) is None
    for code, text in ((-32602, "not that"), (None, "no code"), (None, "the sidecar answered with an error")):
        with pytest.raises(RpcError) as raised:
            _ask(connection)
        assert (raised.value.code, str(raised.value)) == (code, text)
    # A refused message is no reason to give the sidecar up.
    assert _ask(connection) == 5


def test_a_late_answer_is_for_nobody_and_the_next_question_gets_its_own(connect: Connect) -> None:
    connection = connect("""
late = question()
message = question()
answer(late, "late")
answer(message, "own")
stay()
""")
    with pytest.raises(SidecarTimeout) as raised:
        _ask(connection, seconds=0.05)
    assert raised.value.silent
    assert _ask(connection) == "own"


def test_a_child_that_answers_others_is_slow_and_not_hung(connect: Connect) -> None:
    connection = connect("""
while True:
    message = question()
    if message["params"] != "hold":
        answer(message, "own")
""")
    held: list[Any] = []
    asking = threading.Thread(target=lambda: held.append(outcome_of(lambda: _ask(connection, "hold", 0.5))))
    asking.start()
    while asking.is_alive():
        assert _ask(connection) == "own"
    assert isinstance(held[0], SidecarTimeout)
    assert not held[0].silent
    assert _ask(connection) == "own"


def test_a_child_that_takes_in_a_large_question_is_busy_and_not_hung(connect: Connect, tmp_path: Path) -> None:
    connection = connect(f"""
import time
body = b""
size = int(sys.stdin.buffer.readline().split(b":")[1])
sys.stdin.buffer.readline()
while not os.path.exists({str(tmp_path / "go on")!r}):
    body += sys.stdin.buffer.read(100)
    say(b"{{}}")
    open({str(tmp_path / "has begun")!r}, "w").close()
    time.sleep(0.005)
answer(json.loads(body + sys.stdin.buffer.read(size - len(body))), "own")
stay()
""")
    large: list[Any] = []
    asking = threading.Thread(target=lambda: large.append(outcome_of(lambda: _ask(connection, "x" * 3_000_000, 15))))
    asking.start()
    until((tmp_path / "has begun").exists)
    # Its turn to write does not come, but meanwhile the child has spoken: it is not given up.
    outcome = outcome_of(lambda: _ask(connection, "small", 0.3))
    assert isinstance(outcome, SidecarTimeout)
    assert not outcome.silent
    (tmp_path / "go on").touch()
    asking.join(PATIENCE_S)
    assert large == ["own"]


_NOISE = [
    b'{"jsonrpc":"2.0","method":"window/logMessage","params":{"message":"hello"}}',
    b'{"jsonrpc":"2.0","id":null,"result":"for nobody"}',
    b'{"jsonrpc":"2.0","id":999,"result":"for nobody"}',
    b'{"jsonrpc":"2.0","id":"1","result":"for nobody"}',
    b'{"jsonrpc":"2.0","id":-1,"error":{"code":1,"message":"for nobody"}}',
    b"{}",
]


def test_messages_for_nobody_are_passed_over(connect: Connect) -> None:
    connection = connect(f"""
message = question()
for noise in {_NOISE!r}:
    say(noise)
answer(message, "own")
stay()
""")
    assert _ask(connection) == "own"
    assert not connection.ended


_RUBBISH: dict[str, str] = {
    "a line of a log": 'print("a policy was loaded", flush=True); put(b"x" * 5_000)',
    "no JSON": 'say(b"allow")',
    "an empty body": 'say(b"")',
    "half of JSON": 'say(b"{\\"id\\":1,")',
    "a list": 'say(b"[]")',
    "a number": 'say(b"1")',
    "null": 'say(b"null")',
    "text": 'say(b"\\"allow\\"")',
    "no characters": 'say(b"\\xff\\xfe\\xfd")',
    "a thing for an id": 'say(b"{\\"id\\":{},\\"result\\":1}")',
    "lists in lists": 'say(b"[" * 5_000)',
    "a number of five thousand digits": 'say(b"{\\"id\\":1,\\"result\\":" + b"9" * 5_000 + b"}")',
    "an error that is text": 'say(b"{\\"id\\":%d,\\"error\\":\\"no\\"}" % message["id"])',
    "an error that is null": 'say(b"{\\"id\\":%d,\\"error\\":null}" % message["id"])',
    "an error that is a number": 'say(b"{\\"id\\":%d,\\"error\\":5}" % message["id"])',
    "an error that is a list": 'say(b"{\\"id\\":%d,\\"error\\":[1]}" % message["id"])',
    "half a frame": r'put(b"Content-Length: 100\r\n\r\n{")',
    "a frame without end": r'put(b"Content-Length: 999999999999\r\n\r\n"); [put(b"x" * 65_536) for _ in range(100)]',
    "nothing": "",
    "its end": "sys.exit(0)",
}


@pytest.mark.parametrize("rubbish", _RUBBISH.values(), ids=_RUBBISH.keys())
def test_whatever_a_child_says_a_question_ends_within_its_deadline(rubbish: str, connect: Connect) -> None:
    connection = connect(f"answer(question(), 'ready')\nmessage = question()\n{rubbish}\nstay()")
    assert _ask(connection) == "ready"
    assert isinstance(_outcome(connection, seconds=0.3), _FAILURES)


def test_the_end_of_a_child_ends_all_questions_at_once(connect: Connect) -> None:
    connection = connect("[question() for _ in range(8)]\nsys.exit(0)")
    with ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        outcomes = list(pool.map(lambda _: outcome_of(lambda: _ask(connection, seconds=60)), range(8)))
    assert {type(outcome) for outcome in outcomes} == {TransportError}
    assert time.monotonic() - began < PATIENCE_S
    assert connection.ended
    with pytest.raises(TransportError):
        _ask(connection)


def test_a_child_that_speaks_no_protocol_is_ended(connect: Connect) -> None:
    connection = connect('answer(question(), os.getpid())\nquestion()\nprint("x" * 5_000, flush=True)\nhang()')
    pid = _ask(connection)
    assert isinstance(_outcome(connection), TransportError)
    until(lambda: not is_running(pid))
    assert connection.ended


@pytest.mark.parametrize("stop", ["hangs", "is stopped"])
def test_a_child_that_takes_nothing_in_costs_the_deadline_however_much_is_asked(stop: str, connect: Connect) -> None:
    connection = connect("answer(question(), os.getpid())\n" + ("hang()" if stop == "hangs" else "stay()"))
    pid = _ask(connection)
    if stop == "is stopped":
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    outcomes = outcome_of(lambda: _ask_together(connection, 8, "x" * 200_000, 0.3))
    assert time.monotonic() - began < PATIENCE_S
    # The first that cannot write its frame ends the child, and with it the questions of the others.
    assert all(isinstance(outcome, (SidecarTimeout, TransportError)) for outcome in outcomes)
    assert any(isinstance(outcome, SidecarTimeout) and outcome.silent for outcome in outcomes)
    until(lambda: connection.ended and not is_running(pid))


def _ask_together(connection: Connection, together: int, params: Any, seconds: float) -> list[Any]:
    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(lambda _: outcome_of(lambda: _ask(connection, params, seconds)), range(together)))


@pytest.mark.parametrize("params", [object(), {1, 2}, float("nan"), b"x"], ids=lambda params: type(params).__name__)
def test_what_is_no_json_is_not_sent_and_the_next_question_is(params: Any, connect: Connect) -> None:
    connection = connect("while True: answer(question(), 5)")
    with pytest.raises((TypeError, ValueError, *_FAILURES)):
        _ask(connection, {"facts": params})
    assert _ask(connection) == 5


def test_connections_that_come_and_go_leave_no_thread_and_no_descriptor(connect: Connect) -> None:
    for _ in range(10):
        connection = connect("while True: answer(question(), json.loads('[1]'))")
        assert json.dumps(_ask(connection)) == "[1]"
        connection.transport.end(patience_s=5)
    # The fixture looks for what is left.
