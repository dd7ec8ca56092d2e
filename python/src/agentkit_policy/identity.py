"""Who acts, and for whom. It comes from the program, never from an action's arguments."""

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from types import MappingProxyType
from typing import Any, TypeVar, cast

from .errors import PolicySetupError

F = TypeVar("F", bound=Callable[..., Any])

_FIELDS = ("user_id", "session_id", "run_id", "agent_id", "intent_id", "labels")

#: The identity of the running code, by the names of the contract.
identity: ContextVar[Mapping[str, Any]] = ContextVar("agentkit_policy_identity", default=MappingProxyType({}))
#: What the running code belongs to: an attempt, a policy's hook (IN_HOOK), or nothing.
scope: ContextVar[Any] = ContextVar("agentkit_policy_scope", default=None)


def checked_identity(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An identity by the names of the contract. A field that is None is not given. Raises PolicySetupError."""
    checked: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        if name == "labels" and isinstance(value, Mapping):
            valid = all(isinstance(text, str) for pair in value.items() for text in pair)
        else:
            valid = name in _FIELDS and isinstance(value, str) and 0 < len(value) <= 512
        if not valid:
            raise PolicySetupError("invalid_option", f"the context's {name} is not one of {', '.join(_FIELDS)} with text")
        head, _, tail = name.partition("_")
        checked[head + tail.title()] = dict(value) if name == "labels" else value
    return checked


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
        self._tokens: list[Token[Mapping[str, Any]]] = []

    def _recreate_cm(self) -> "policy_context":
        again = policy_context()
        again._fields = self._fields
        return again

    def __enter__(self) -> "policy_context":
        self._tokens.append(identity.set({**identity.get(), **self._fields}))
        return self

    def __exit__(self, *_: object) -> None:
        identity.reset(self._tokens.pop())

    @staticmethod
    def bind(function: F) -> F:
        """The function as part of what runs now, identity and running action, in whatever thread it will be called."""
        who, what = identity.get(), scope.get()

        @functools.wraps(function)
        def bound(*args: Any, **kwargs: Any) -> Any:
            tokens = identity.set(who), scope.set(what)
            try:
                return function(*args, **kwargs)
            finally:
                identity.reset(tokens[0])
                scope.reset(tokens[1])

        @functools.wraps(function)
        async def bound_async(*args: Any, **kwargs: Any) -> Any:
            identity.set(who)
            scope.set(what)
            return await function(*args, **kwargs)

        return cast(F, bound_async if inspect.iscoroutinefunction(function) else bound)
