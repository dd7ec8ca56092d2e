"""A clock that goes on like any other, and jumps forward as a script says: put in place of the shim's own."""

import time
from types import TracebackType

import agentkit_policy.timing as timing


class ScriptedClock:
    """What the shim's ``timing`` takes for the module ``time``, within its block."""

    def __init__(self) -> None:
        self._jumped = 0.0

    def time(self) -> float:
        return time.time() + self._jumped

    def monotonic(self) -> float:
        return time.monotonic() + self._jumped

    def advance(self, milliseconds: float) -> None:
        self._jumped += milliseconds / 1000

    def __enter__(self) -> "ScriptedClock":
        names = vars(timing)
        self._own = {name: names[name] for name in ("time", "_SLEEPING_CLOCK")}
        names.update(time=self, _SLEEPING_CLOCK=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None) -> None:
        vars(timing).update(self._own)
