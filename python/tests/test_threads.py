"""Threads that read for the agent's: they stay, and one that hangs or leaves something behind is nobody else's trouble."""

import contextvars
import gc
import os
import sys
import threading
import weakref

import pytest

from agentkit_policy.threads import Reading, read_aside
from agentkit_policy.timing import Deadline

from .patience import PATIENCE_S, until
from .plain import Gate


def _own_thread() -> threading.Thread:
    reading = read_aside(threading.current_thread, Deadline(PATIENCE_S))
    assert reading is not None
    assert isinstance(reading.value, threading.Thread)
    return reading.value


def test_one_thread_reads_one_question_after_another() -> None:
    threads = {_own_thread() for _ in range(100)}
    assert len(threads) == 1
    assert threading.current_thread() not in threads


def test_what_hangs_is_waited_for_until_the_deadline_and_holds_up_no_other_question() -> None:
    with Gate() as gate:
        assert read_aside(gate.wait, Deadline(0.05)) is None
        reading = read_aside(lambda: "read", Deadline(PATIENCE_S))
    assert reading == Reading("read")


def test_what_a_question_raises_is_its_answer() -> None:
    def fail() -> None:
        raise KeyError("absent")

    reading = read_aside(fail, Deadline(PATIENCE_S))
    assert reading is not None
    assert isinstance(reading.error, KeyError)


def test_a_question_sees_the_variables_of_whoever_asks_and_leaves_none_to_the_next() -> None:
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("the asker's")
    assert read_aside(lambda: (variable.get(), variable.set("the reader's"))[0], Deadline(PATIENCE_S)) == Reading("the asker's")
    assert read_aside(variable.get, Deadline(PATIENCE_S)) == Reading("the asker's")


def test_what_was_read_is_kept_by_nobody_but_who_asked() -> None:
    class Large:
        pass

    reading = read_aside(Large, Deadline(PATIENCE_S))
    assert reading is not None
    large = weakref.ref(reading.value)
    del reading
    until(lambda: gc.collect() is not None and large() is None)


def test_a_crowd_is_read_for_at_once_and_leaves_few_threads() -> None:
    before, everybody = set(threading.enumerate()), threading.Barrier(40)
    askers = [threading.Thread(target=read_aside, args=(everybody.wait, Deadline(PATIENCE_S))) for _ in range(40)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(PATIENCE_S)
    assert not everybody.broken
    until(lambda: len(set(threading.enumerate()) - before) <= 8)
    # Those that stayed are asked again.
    assert _own_thread() in threading.enumerate()


def test_where_no_thread_starts_a_question_is_read_right_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def wont_start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Gate() as gate:
        # Every reader that stayed hangs.
        while read_aside(gate.wait, Deadline(0.01)) is None and threading.active_count() < 30:
            pass
        monkeypatch.setattr(threading.Thread, "start", wont_start)
        assert _own_thread() is threading.current_thread()
        assert _own_thread() is threading.current_thread()


@pytest.mark.skipif(sys.platform == "win32", reason="only where processes fork")
def test_a_forked_child_reads_on_threads_of_its_own() -> None:
    _own_thread()
    child = os.fork()
    if child == 0:
        reading = read_aside(lambda: "read", Deadline(PATIENCE_S))
        os._exit(0 if reading == Reading("read") else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
