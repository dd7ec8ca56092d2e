"""Policies that do what a vector says, and write down that they were called."""

import asyncio
import copy
import datetime
import math
import re
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from agentkit_policy import ActionDeniedError

from .clock import ScriptedClock
from .trace import MemoryTrace

#: How long after the call has come back a late answer comes, in seconds: whoever does not wait for it is seen.
_LATE_S = 0.02
_PLAINEST = {"allow": {"decision": "allow"}, "deny": {"decision": "deny", "reason": "no"}}


def error_of(scripted: dict[str, str]) -> Exception:
    """An error with that name and message."""
    made: Exception = type(scripted["name"], (Exception,), {})(scripted["message"])
    return made


class _ByClass:
    decision = "allow"


class _ByProperty:
    @property
    def decision(self) -> str:
        return "allow"


class _Failing(dict[str, Any]):
    def items(self) -> Any:
        raise RuntimeError("no")

    __iter__ = keys = items


def _itself() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


async def _nothing() -> Any:
    async def nothing() -> None: ...

    return nothing()


async def _soon() -> Any:
    await asyncio.sleep(0.001)
    return {"decision": "ALLOW"}


#: Python's nearest to values that JSON has no words for.
_ODD: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "not a number": lambda: math.nan,
    "an infinite number": lambda: math.inf,
    "a large integer": lambda: 10**30,
    "a function": lambda: lambda: {"decision": "allow"},
    "an error": lambda: Exception("allow"),
    "a date": lambda: datetime.datetime.fromtimestamp(0, datetime.timezone.utc),
    "a set of words": lambda: {"decision", "allow"},
    "bytes that spell allow": lambda: b'{"decision":"allow"}',
    "a decision that its class holds": _ByClass,
    "a decision behind a property": _ByProperty,
    "an allow behind a proxy that fails": lambda: _Failing(decision="allow"),
    "a list that holds itself": _itself,
    "a promise of a promise of nothing": _nothing,
    "a promise that takes its time and gives rubbish": _soon,
}


class Script:
    """One provider of a vector. ``built`` has no more hooks than the script says."""

    def __init__(
        self,
        script: dict[str, Any],
        trace: MemoryTrace,
        clock: ScriptedClock,
        change_callers_args: Callable[[dict[str, Any]], None],
    ) -> None:
        self._script, self._trace, self._clock, self._change = script, trace, clock, change_callers_args
        self._calls: dict[str, int] = {}
        self._lock = threading.Lock()
        #: Whether nobody waits for what it is told.
        self._aside = False

    def built(self) -> Any:
        hooks: dict[str, Any] = {"name": self._script["name"]}
        hooks["before_action"] = lambda _, context: self._decide("beforeAction", context)
        if "beforeWalletCall" in self._script:
            hooks["before_wallet_call"] = lambda _, context: self._decide("beforeWalletCall", context)
        if self._script.get("form", "rfc") == "rfc":
            hooks["after_action"] = lambda _, context, result, outcome: self._end(
                "afterAction", context, outcome, {} if result is None else {"result": result}
            )
            hooks["on_action_error"] = lambda _, context, error, outcome: self._end(
                "onActionError", context, outcome, {"error": _error_words(error)}
            )
        return type("Scripted", (), hooks)()

    def _decide(self, hook: str, context: Any) -> Any:
        self._trace.add({"entry": {"hook": f"{self._script['name']}.{hook}", **self._seen(context)}})
        answer = self._next(hook)
        # Whoever failed to decide on an attempt hears of its end when a late answer can no longer come.
        if hook == "beforeAction" and not (isinstance(answer, str) or "answers" in answer or "promises" in answer):
            self._aside = True
        return self._given(answer)

    def _end(self, hook: str, context: Any, outcome: dict[str, Any], facts: dict[str, Any]) -> Any:
        entry = {"hook": f"{self._script['name']}.{hook}", **self._seen(context), "status": outcome["status"], **facts}
        # How long it took is what no two runs agree on.
        record = {name: value for name, value in outcome.items() if name != "durationMs"}
        self._trace.add({"entry": entry, "aside": self._aside, "outcome": record})
        return self._given(self._next(hook))

    def _seen(self, context: Any) -> dict[str, Any]:
        names = self._script.get("shows", [])
        return {name: copy.deepcopy(getattr(context, re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", name))) for name in names}

    def _next(self, hook: str) -> Any:
        answers = self._script.get(hook, "allow")
        with self._lock:
            call = self._calls[hook] = self._calls.get(hook, -1) + 1
        return answers[min(call, len(answers) - 1)] if isinstance(answers, list) else answers

    def _given(self, answer: Any) -> Any:
        if isinstance(answer, str):
            return dict(_PLAINEST[answer])
        way = dict(answer)
        self._clock.advance(way.pop("advancesMs", 0))
        change = way.pop("meanwhile", None)
        if change is not None:
            self._change(change)
        ((kind, value),) = way.items()
        if kind == "throws":
            raise error_of(value)
        if kind == "gives":
            return _ODD[value]()
        if kind in ("answers", "rubbish"):
            return copy.deepcopy(value)
        return self._promised(kind, value)

    async def _promised(self, kind: str, value: Any) -> Any:
        ways: dict[str, Callable[[], Awaitable[Any]]] = {
            "promises": self._at_once,
            "hangs": asyncio.Event().wait,
            "late": self._late,
        }
        if kind == "rejects":
            raise error_of(value)
        await ways[kind]()
        return copy.deepcopy(value)

    async def _at_once(self) -> None: ...

    async def _late(self) -> None:
        while not self._trace.returned.is_set():
            await asyncio.sleep(0.002)
        await asyncio.sleep(_LATE_S)


def _error_words(error: BaseException) -> str:
    if isinstance(error, ActionDeniedError):
        return f"ActionDeniedError: {error.code}: {error.reason}"
    return f"{type(error).__name__}: {error}"
