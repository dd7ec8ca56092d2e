"""Who acts, and for whom. It comes from the program, never from an action's arguments."""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar, cast

from .errors import PolicySetupError

F = TypeVar("F", bound=Callable[..., Any])

_FIELDS = ("user_id", "session_id", "run_id", "agent_id", "intent_id", "labels")

#: The identity of the running code, by the names of the contract.
identity: ContextVar[Mapping[str, Any]] = ContextVar("agentkit_policy_identity", default=MappingProxyType({}))
#: The identities around the running one, for the way back.
_outer: ContextVar[tuple[Mapping[str, Any], ...]] = ContextVar("agentkit_policy_outer", default=())
#: What the running code belongs to: an attempt, a policy's hook (IN_HOOK), or nothing.
scope: ContextVar[Any] = ContextVar("agentkit_policy_scope", default=None)


def checked_identity(fields: Any) -> dict[str, Any]:
    """An identity by the names of the contract. A field that is None is not given. Raises PolicySetupError."""
    checked: dict[str, Any] = {}
    for name, value in fields.items() if isinstance(fields, Mapping) else [("context", fields)]:
        if value is None:
            continue
        if name == "labels":
            valid = isinstance(value, Mapping) and all(_is_text(text) for pair in value.items() for text in pair)
        else:
            valid = name in _FIELDS and _is_text(value) and 0 < len(value) <= 512
        if not valid:
            raise PolicySetupError("invalid_option", f"the context's {name} is not one of {', '.join(_FIELDS)} with text")
        head, _, tail = name.partition("_")
        checked[head + tail.title()] = dict(value) if name == "labels" else value
    return checked


def _is_text(value: Any) -> bool:
    """Half a character, a lone surrogate, is none."""
    return isinstance(value, str) and re.search(r"[\ud800-\udfff]", value) is None


@contextmanager
def _running_as(who: Mapping[str, Any], what: Any) -> Iterator[None]:
    tokens = identity.set(who), scope.set(what)
    try:
        yield
    finally:
        identity.reset(tokens[0])
        scope.reset(tokens[1])


class policy_context(ContextDecorator):
    """Every attempt in its block carries this identity; nested blocks add to and override the outer one.

    Executors do not carry it to their threads: hand them ``policy_context.bind(function)``.
    """

    def __init__(
        self,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        run_id: str | None = None,
        agent_id: str | None = None,
        intent_id: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        given = (user_id, session_id, run_id, agent_id, intent_id, labels)
        self._fields = checked_identity(dict(zip(_FIELDS, given, strict=True)))

    def __call__(self, function: F) -> F:
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        async def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return cast(F, decorated)

    def __enter__(self) -> "policy_context":
        # One object may be entered by several threads and tasks at once: each has its own way back.
        _outer.set((*_outer.get(), identity.get()))
        identity.set({**identity.get(), **self._fields})
        return self

    def __exit__(self, *_: object) -> None:
        *others, outer = _outer.get()
        _outer.set(tuple(others))
        identity.set(outer)

    @staticmethod
    def bind(function: F) -> F:
        """The function as part of what runs now, identity and running action, in whatever thread it will be called."""
        who, what = identity.get(), scope.get()

        async def awaited(answer: Awaitable[Any]) -> Any:
            with _running_as(who, what):
                return await answer

        @functools.wraps(function)
        def bound(*args: Any, **kwargs: Any) -> Any:
            with _running_as(who, what):
                answer = function(*args, **kwargs)
            return awaited(answer) if inspect.isawaitable(answer) else answer

        @functools.wraps(function)
        async def bound_async(*args: Any, **kwargs: Any) -> Any:
            return await bound(*args, **kwargs)

        return cast(F, bound_async if inspect.iscoroutinefunction(function) else bound)
