import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agentkit_policy.timing import Deadline
from agentkit_policy.transport import Transport, TransportError

from .frames import is_running, open_descriptors, outcome_of, start_child
from .patience import PATIENCE_S, until

Start = Callable[..., Transport]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts children, and holds every test to leaving no descriptor behind."""
    before, started = open_descriptors(), []

    def begin(script: str, **named: object) -> Transport:
        started.append(start_child(script, **named))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for transport in started:
        transport.release()
    until(lambda: open_descriptors() <= before)


def _soon() -> Deadline:
    return Deadline(10)


def test_frames_of_every_size_arrive_whole_in_both_directions(start: Start) -> None:
    transport = start("while True: say(read()[::-1])")
    for size in (0, 1, 10, 4_095, 4_096, 65_536, 65_537, 3_000_000):
        body = os.urandom(size)
        assert transport.write(body, _soon())
        assert transport.read() == body[::-1]


def test_frames_that_come_in_pieces_or_together_are_told_apart(start: Start) -> None:
    transport = start(r"""
for byte in b"Content-Length: 5\r\n\r\nfirst":
    put(bytes([byte]))
put(b"Content-Length: 6\r\n\r\nsecondCONTENT-LENGTH: 0\r\n\r\ncontent-length: 5\r\n\r\nthi")
read()
put(b"rdContent-Length: 7\r\n\r\n\r\n\r\nend")
stay()
""")
    assert [transport.read() for _ in range(3)] == [b"first", b"second", b""]
    assert transport.write(b"go on", _soon())
    assert [transport.read() for _ in range(2)] == [b"third", b"\r\n\r\nend"]


_RUBBISH: dict[str, str] = {
    "a line of a log": 'print("a policy was loaded", flush=True); put(b"x" * 5_000)',
    "a line of a log before a frame": 'print("a policy was loaded", flush=True); say(b"{}")',
    "no length": r'put(b"Content-Type: text\r\n\r\n{}")',
    "a length of no number": r'put(b"Content-Length: many\r\n\r\n{}")',
    "a negative length": r'put(b"Content-Length: -2\r\n\r\n{}")',
    "a length with a sign": r'put(b"Content-Length: +2\r\n\r\n{}")',
    "a length with a point": r'put(b"Content-Length: 2.0\r\n\r\n{}")',
    "an empty length": r'put(b"Content-Length: \r\n\r\n{}")',
    "an empty header": r'put(b"\r\n\r\n{}")',
    "a header without an end": 'put(b"Content-Length: 2" + b"0" * 10_000)',
    "zeros": "put(bytes(10_000))",
    "a length that no machine holds": r'put(b"Content-Length: 999999999999999\r\n\r\n{}")',
    "a length of five thousand digits": r'put(b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}")',
}


@pytest.mark.parametrize("rubbish", _RUBBISH.values(), ids=_RUBBISH.keys())
def test_what_is_no_frame_is_an_error_at_once(rubbish: str, start: Start) -> None:
    transport = start(rubbish + "\nstay()")
    assert isinstance(outcome_of(transport.read), TransportError)


_ENDINGS: dict[str, str] = {
    "at once": "",
    "with an error": "sys.exit(3)",
    "in a header": 'put(b"Content-Len")',
    "after a header": r'put(b"Content-Length: 10\r\n\r\n")',
    "in a body": r'put(b"Content-Length: 10\r\n\r\nhalf")',
    "by a signal": "os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("ending", _ENDINGS.values(), ids=_ENDINGS.keys())
def test_the_end_of_a_child_is_an_error_for_reader_and_writer(ending: str, start: Start) -> None:
    transport = start('say(b"hello")\n' + ending)
    assert transport.read() == b"hello"
    assert isinstance(outcome_of(transport.read), TransportError)

    def write_on() -> None:
        # What it was sent before it was gone may still fit into the pipe.
        while transport.write(b"x" * 10_000, _soon()):
            pass

    assert isinstance(outcome_of(write_on), TransportError)


def test_a_child_that_never_reads_costs_its_writer_the_deadline_and_is_killed(start: Start) -> None:
    transport = start("say(str(os.getpid()).encode())\nhang()")
    pid = int(transport.read())
    body, began = b"x" * 1_000_000, time.monotonic()
    assert outcome_of(lambda: transport.write(body, Deadline(0.2))) is False
    assert time.monotonic() - began >= 0.2
    # Its reader reads the end, which only a killed child brings.
    assert isinstance(outcome_of(transport.read), TransportError)
    transport.release()
    assert not is_running(pid)


def test_a_child_that_reads_slowly_gets_everything_within_the_deadline(start: Start) -> None:
    transport = start("""
import time
header = sys.stdin.buffer.readline() + sys.stdin.buffer.readline()
taken = 0
while taken < 1_000_000:
    taken += len(os.read(0, 50_000))
    time.sleep(0.002)
say(str(taken).encode())
stay()
""")
    # Python reads ahead behind its two lines, up to a buffer of 8,192 bytes.
    assert transport.write(b"x" * 1_010_000, _soon()) is True
    assert int(transport.read()) >= 1_000_000


def test_a_writer_waits_for_another_ones_frame_no_longer_than_its_own_deadline(start: Start) -> None:
    transport = start("hang()")
    first: list[object] = []
    writing = threading.Thread(target=lambda: first.append(outcome_of(lambda: transport.write(b"x" * 1_000_000, Deadline(60)))))
    writing.start()
    until(lambda: outcome_of(lambda: transport.write(b"y", Deadline(0.01))) is False)
    assert writing.is_alive()
    transport.kill()
    assert isinstance(outcome_of(lambda: transport.write(b"z" * 1_000_000, _soon())), TransportError)
    writing.join(PATIENCE_S)
    assert [isinstance(outcome, TransportError) for outcome in first] == [True]


def test_frames_of_many_threads_do_not_mix(start: Start) -> None:
    transport = start("""
import hashlib
while True:
    body = read()
    say(hashlib.sha256(body).hexdigest().encode())
""")
    bodies = [os.urandom(1 + 5_000 * (number % 20)) for number in range(200)]
    seen: list[bytes] = []
    reading = threading.Thread(target=lambda: seen.extend(transport.read() for _ in bodies), daemon=True)
    reading.start()
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda body: transport.write(body, Deadline(30)), bodies))
    reading.join(PATIENCE_S)
    assert sorted(seen) == sorted(hashlib.sha256(body).hexdigest().encode() for body in bodies)


def test_a_deadline_that_has_passed_writes_nothing_and_leaves_the_child_alone(start: Start) -> None:
    transport = start("while True: say(read())")
    assert transport.write(b"first", _soon())
    assert transport.read() == b"first"
    assert transport.write(b"late", Deadline(0)) is False
    # Nothing of that frame was written, so that the next one is read as what it is.
    assert transport.write(b"second", _soon()) is True
    assert outcome_of(transport.read) == b"second"


def test_an_end_asks_the_child_to_end_and_one_that_does_not_is_killed(start: Start) -> None:
    for script, patience_s in (("say(str(os.getpid()).encode())\nstay()", 10), ("say(str(os.getpid()).encode())\nhang()", 0.1)):
        transport = start(script)
        pid = int(transport.read())
        began = time.monotonic()
        transport.end(patience_s)
        assert time.monotonic() - began < PATIENCE_S
        assert not is_running(pid)
        # A second one finds nothing to do, and neither does a release.
        transport.end(patience_s)
        transport.release()
        transport.release()
        with pytest.raises(TransportError):
            transport.write(b"x", _soon())
        with pytest.raises(TransportError):
            transport.read()


def test_a_child_lives_in_a_session_of_its_own_in_its_folder_with_its_variables_only(
    start: Start, tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALLET_PRIVATE_KEY", "0x1")
    transport = start(
        "say(json.dumps([os.getsid(0), os.getpid(), os.getcwd(), dict(os.environ)]).encode())\nstay()",
        environment={"RPC_URL": "here"},
        folder=str(tmp_path),
    )
    session, pid, folder, environment = json.loads(transport.read())
    # Ctrl-C in a terminal reaches every process of the terminal's session.
    assert session == pid != os.getsid(0)
    assert os.path.samefile(folder, tmp_path)
    assert environment.pop("RPC_URL") == "here"
    # Some systems and Pythons add their own about languages.
    assert set(environment) <= {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}


def test_a_program_that_is_not_there_is_an_error_and_leaves_nothing(start: Start) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Transport([os.path.join(os.sep, "no-such-program")], {}, os.sep)


def test_children_that_come_and_go_leave_no_descriptor(start: Start) -> None:
    before = open_descriptors()
    for _ in range(20):
        transport = start_child('say(b"hello")\nstay()')
        assert transport.read() == b"hello"
        transport.release()
    assert open_descriptors() <= before
