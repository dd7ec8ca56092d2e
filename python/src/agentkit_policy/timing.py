"""Spans of time: how long an answer may take, and how long a permission holds."""

import time
from collections.abc import Callable

#: A clock that counts sleep, where the system has one: a laptop that was closed for an hour has used up its permissions.
_SLEEPING_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def _uptime() -> float:
    return time.monotonic() if _SLEEPING_CLOCK is None else time.clock_gettime(_SLEEPING_CLOCK)


def stopwatch() -> Callable[[], float]:
    """Seconds since now, by the larger of the wall clock and a clock that counts sleep."""
    wall, uptime = time.time(), _uptime()
    return lambda: max(time.time() - wall, _uptime() - uptime)


class Deadline:
    """One span that several waits share, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())


class Validity:
    """Until when every allow of one decision holds."""

    def __init__(self) -> None:
        self._spans: list[tuple[Callable[[], float], int]] = []

    def add(self, since_asked: Callable[[], float], valid_for_ms: int | None) -> None:
        if valid_for_ms is not None:
            self._spans.append((since_asked, valid_for_ms))

    @property
    def holds(self) -> bool:
        return all(elapsed() * 1000 < valid_for_ms for elapsed, valid_for_ms in self._spans)
