"""The queue of settlements that wait, without a sidecar and without a chain: all are sent, whatever one of them is."""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from agentkit_policy import allow
from agentkit_policy import sidecar as sidecar_module
from agentkit_policy.attempt import Answer, Attempt, Ending, Participant
from agentkit_policy.connection import RpcError
from agentkit_policy.hook import PolicyHook, PolicyOptions
from agentkit_policy.provider import PlainProvider
from agentkit_policy.sidecar import Sidecar
from agentkit_policy.timing import Deadline
from agentkit_policy.transport import TransportError

from .patience import until

_LOGGER = logging.getLogger("agentkit_policy.tests.queue")
_OUTCOME = {"status": "succeeded", "entered": True, "spent": [], "transactions": [], "journalComplete": False, "durationMs": 1}


class Peer(Sidecar):
    """A sidecar of which only the queue is real: what is sent to it is noted, or answered by a function."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any] = lambda _: None, logger: Any = _LOGGER) -> None:
        super().__init__(Path("/nowhere/policy.yaml"), "node", logger)
        self.answer, self.sent = answer, list[Any]()

    def _request(self, method: str, params: dict[str, Any], deadline: Deadline, *, tells_deadline: bool = False) -> Any:
        assert method == "policy/settle"
        self.sent.append(params.get("number"))
        self.answer(params)
        return {"outcome": _OUTCOME}


@pytest.fixture(autouse=True)
def thread_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """No thread may end with an error."""
    errors: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", errors.append)
    yield errors
    assert errors == []


def test_a_settlement_that_comes_as_the_last_one_was_sent_is_sent_once_and_nothing_is_lost() -> None:
    peer = Peer()

    class Between(threading.Condition):
        """Where the queue was let go of after something was taken out: a moment in which another one comes."""

        def __exit__(self, *error: Any) -> None:
            super().__exit__(*error)
            if len(peer.sent) == 1 and not peer._queue and threading.current_thread() is not threading.main_thread():
                comes.set()
                came.wait(10)

    comes, came = threading.Event(), threading.Event()
    peer.answer = lambda params: time.sleep(0.2) if params["number"] > 1 else None
    peer._queue_changed = Between()
    peer._settle_later({"number": 1})
    assert comes.wait(10)
    peer._settle_later({"number": 2})
    peer._settle_later({"number": 3})
    came.set()
    until(lambda: not peer._queue)
    time.sleep(0.5)
    assert peer.sent == [1, 2, 3]


def test_of_many_threads_settlements_each_is_sent() -> None:
    peer = Peer()

    def work(first: int) -> None:
        for number in range(first, first + 200):
            peer._settle_later({"number": number})

    threads = [threading.Thread(target=work, args=(1_000 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: not peer._queue)
    assert len(peer.sent) == len(set(peer.sent)) == 800


def test_one_that_cannot_be_sent_now_is_sent_before_those_that_came_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecar_module, "_PAUSES_S", (0.01,))
    failing = iter([TransportError("gone"), RpcError({"code": -32_603}), OSError("no more processes")])

    def fail(_: Any) -> None:
        for error in failing:
            raise error

    peer = Peer(fail)
    peer._settle_later({"number": 1})
    peer._settle_later({"number": 2})
    until(lambda: not peer._queue)
    assert peer.sent == [1, 1, 1, 1, 2]


def test_one_that_can_never_be_sent_is_given_up_and_those_behind_it_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    def fail(params: dict[str, Any]) -> None:
        if params["number"] == 1:
            raise TypeError("Object of type Pubkey is not JSON serializable")

    peer = Peer(fail)
    peer._settle_later({"number": 1})
    peer._settle_later({"number": 2})
    until(lambda: not peer._queue)
    assert peer.sent == [1, 2]
    assert [record.getMessage() for record in caplog.records] == [
        "a settlement was refused: Object of type Pubkey is not JSON serializable"
    ]


def _ended(stage: str = "returned", logger: Any = _LOGGER) -> tuple[Attempt, Participant]:
    """An attempt whose money has left."""
    hook = PolicyHook(lambda _: allow(), PolicyOptions(logger=logger))
    attempt = hook.open_attempt("action", "pay", {}, None, {}, guarded=False)
    attempt.seal(Ending(stage, result="paid"))
    return attempt, Participant(PlainProvider(lambda _: allow(), _LOGGER), Answer({}))


def test_one_that_can_never_be_sent_changes_no_result_and_is_not_queued() -> None:
    def fail(_: Any) -> None:
        raise TypeError("no JSON")

    peer = Peer(fail)
    attempt, participant = _ended()
    assert peer.settle(attempt, participant, None) is None
    assert (len(peer.sent), len(peer._queue)) == (1, 0)


class FullDisk(logging.Logger):
    """A log whose disk is full."""

    def warning(self, *_: Any, **__: Any) -> None:
        raise OSError("no space left on the disk")

    error = exception = warning


@pytest.mark.parametrize("logger", [FullDisk("full"), None], ids=["a full disk", "no logger"])
@pytest.mark.parametrize("failure", [TransportError("gone"), RpcError({"code": -32_602}), TypeError("no JSON")], ids=repr)
def test_a_log_that_fails_changes_no_result_and_loses_no_settlement(
    monkeypatch: pytest.MonkeyPatch, logger: Any, failure: Exception
) -> None:
    monkeypatch.setattr(sidecar_module, "_PAUSES_S", (0.01,))
    failing = [failure] * 4

    def fail(_: Any) -> None:
        if failing:
            raise failing.pop()

    peer = Peer(fail, logger)
    attempt, participant = _ended(logger=logger)
    assert peer.settle(attempt, participant, None) is None
    peer._settle_later({"number": 2})
    until(lambda: not peer._queue)
    assert peer.sent[-1] == 2
    # What may be sent later is: it failed four times, and was taken at the fifth.
    assert len(peer.sent) == (6 if isinstance(failure, TransportError) else 2)


def test_a_log_that_fails_changes_no_denial() -> None:
    class Gone(Peer):
        def _request(self, *_: Any, **__: Any) -> Any:
            raise TransportError("gone")

    attempt, _ = _ended()
    for logger in (_LOGGER, FullDisk("full")):
        answer = Gone(logger=logger).before_action(attempt, Deadline(1))
        assert (answer.decision["code"], answer.ambiguous) == ("policy_error", True)


@pytest.mark.parametrize("logger", [_LOGGER, FullDisk("full"), None], ids=["a log", "a full disk", "no logger"])
def test_a_participant_that_cannot_be_told_is_told_once_and_the_others_are(logger: Any) -> None:
    told: list[str] = []

    class Odd(PlainProvider):
        def settle(self, *_: Any) -> Any:
            told.append("odd")
            raise ValueError("cannot be told")

    class Other(PlainProvider):
        def settle(self, *_: Any) -> Any:
            told.append("other")

    attempt, _ = _ended(logger=logger)
    attempt.participants = [Participant(kind(lambda _: allow(), _LOGGER), Answer({})) for kind in (Other, Odd)]
    attempt.settle()
    time.sleep(0.2)
    assert told == ["odd", "other"]


def test_a_participant_that_was_interrupted_is_told_again() -> None:
    told: list[str] = []

    class Interrupted(PlainProvider):
        def settle(self, *_: Any) -> Any:
            told.append("once" if not told else "again")
            if len(told) == 1:
                raise KeyboardInterrupt

    attempt, _ = _ended()
    attempt.participants = [Participant(Interrupted(lambda _: allow(), _LOGGER), Answer({}))]
    with pytest.raises(KeyboardInterrupt):
        attempt.settle()
    until(lambda: told == ["once", "again"])


def _wont_start(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_no_thread_starts_a_settlement_that_cannot_be_told_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecar_module, "_PAUSES_S", (0.01,))
    gone = [True]

    def fail(_: Any) -> None:
        if gone:
            raise TransportError("gone")

    peer = Peer(fail)
    with monkeypatch.context() as limited:
        limited.setattr(threading.Thread, "start", _wont_start)
        for stage in ("before", "returned"):
            attempt, participant = _ended(stage)
            began = time.monotonic()
            assert peer.settle(attempt, participant, None) is None
            assert time.monotonic() - began < 2
        assert len(peer._queue) == 2
    # As soon as threads start again, the next one takes those that wait along.
    gone.clear()
    peer._settle_later({"number": 3})
    until(lambda: not peer._queue)
    assert peer.sent[-3:] == [None, None, 3]


def test_where_no_thread_starts_a_denied_action_gives_back_what_it_held_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    attempt, participant = _ended("before")
    with monkeypatch.context() as limited:
        limited.setattr(threading.Thread, "start", _wont_start)
        assert peer.settle(attempt, participant, None) is None
    assert (len(peer.sent), len(peer._queue)) == (1, 0)


def test_an_interrupt_while_a_sidecar_is_to_start_keeps_no_later_start_from_it() -> None:
    class Starting(Peer):
        def _start(self, deadline: Deadline) -> Any:
            return SimpleNamespace(ended=False)

    for number in range(1, 10):
        peer, seen = Starting(), 0

        def look(frame: FrameType, event: str, _: Any, number: int = number) -> None:
            nonlocal seen
            # Python looks for signals after every call of C's.
            seen += event == "c_return" and frame.f_code.co_name == "_connect"
            if seen == number:
                raise KeyboardInterrupt

        with contextlib.suppress(KeyboardInterrupt):
            sys.setprofile(look)
            try:
                peer._connect(Deadline(1))
            finally:
                sys.setprofile(None)
        began: list[Any] = []
        other = threading.Thread(target=lambda peer=peer, began=began: began.append(peer._connect(Deadline(1))))
        other.start()
        other.join()
        assert len(began) == 1, f"kept by the interrupt at place {number}"
