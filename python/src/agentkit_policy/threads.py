"""Threads of the shim's own: what may hang runs on them, never on the agent's."""

import contextvars
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from .fork import renew_in_child
from .timing import Deadline

#: As many readers stay for the next question; a crowd's others end with their answer.
_MOST_IDLE = 8

_idle: list["SimpleQueue[_Job]"] = []
# A forked child has none of its parent's threads.
renew_in_child(_idle.clear)


class Reading(NamedTuple):
    """What was read, or what was raised instead."""

    value: Any
    error: BaseException | None = None


class _Job(NamedTuple):
    context: contextvars.Context
    read: Callable[[], Any]
    answer: "SimpleQueue[Reading]"


def in_background(work: Callable[..., Any], *args: Any) -> threading.Thread:
    """Runs it on a thread that keeps no program alive; right here where the program ends and starts none any more."""
    thread = threading.Thread(target=work, args=args, name="agentkit-policy", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        work(*args)
    return thread


def read_aside(read: Callable[[], Any], deadline: Deadline) -> Reading | None:
    """Reads it as what runs here, with its context variables, on another thread. None where it does not come in time.

    The threads stay: starting one takes longer than most of what is read. One that hangs is not waited for, and not asked again.
    """
    job = _Job(contextvars.copy_context(), read, SimpleQueue())
    try:
        _idle.pop().put(job)
    except IndexError:
        in_background(_serve, job, threading.get_ident())
    try:
        return job.answer.get(timeout=deadline.remaining)
    except Empty:
        return None


def _serve(job: _Job, asker: int) -> None:
    inbox: SimpleQueue[_Job] = SimpleQueue()
    # Where no thread could be started, this is the asker's own.
    is_reader = threading.get_ident() != asker
    if is_reader:
        threading.current_thread().name = "agentkit-policy-reader"
    while True:
        try:
            reading = Reading(job.context.run(job.read))
        except BaseException as error:
            reading = Reading(None, error)
        answer = job.answer
        # Nothing of a question is kept alive until the next comes.
        del job
        stays = is_reader and len(_idle) < _MOST_IDLE
        if stays:
            # Before the answer, so that whoever has it finds this one free again.
            _idle.append(inbox)
        answer.put(reading)
        if not stays:
            return
        del answer, reading
        job = inbox.get()
