"""Who acts, and for whom. It comes from the program, never from an action's arguments."""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from .errors import PolicySetupError

F = TypeVar("F", bound=Callable[..., Any])

_FIELDS = ("user_id", "session_id", "run_id", "agent_id", "intent_id", "labels")
#: What all labels of an identity may weigh, in bytes of UTF-8: every question carries them.
_MAX_LABELS = 64 * 1024


@dataclass(eq=False)
class _Block:
    """One entry into a block, by the names of the contract. ``left``: for everybody, because it ended in another context."""

    fields: Mapping[str, Any]
    owner: object = None
    token: Any = None
    left: bool = False


#: The blocks around the running code, the innermost last.
_blocks: ContextVar[tuple[_Block, ...]] = ContextVar("agentkit_policy_identity", default=())
#: What the running code belongs to: an attempt, a policy's hook (IN_HOOK), or nothing.
scope: ContextVar[Any] = ContextVar("agentkit_policy_scope", default=None)


def current_identity() -> dict[str, Any]:
    """The identity of the running code, by the names of the contract."""
    return {name: value for block in _blocks.get() if not block.left for name, value in block.fields.items()}


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
        if name == "labels" and sum(len(text.encode()) for pair in value.items() for text in pair) > _MAX_LABELS:
            raise PolicySetupError("invalid_option", f"the context's labels are longer than {_MAX_LABELS} bytes")
        checked[head + tail.title()] = dict(value) if name == "labels" else value
    return checked


def _is_text(value: Any) -> bool:
    """Half a character, a lone surrogate, is none."""
    return isinstance(value, str) and re.search(r"[\ud800-\udfff]", value) is None


@contextmanager
def _running_as(who: Mapping[str, Any], what: Any) -> Iterator[None]:
    tokens = _blocks.set((_Block(who),)), scope.set(what)
    try:
        yield
    finally:
        _blocks.reset(tokens[0])
        scope.reset(tokens[1])


def _refuse_generator(function: Any) -> None:
    for form in (function, type(function).__call__):
        if inspect.isgeneratorfunction(form) or inspect.isasyncgenfunction(form):
            # It runs when it is iterated, between the steps of whoever does, and would act as them.
            raise TypeError("a generator runs as whoever iterates it: iterate it inside of a block, with policy_context(...)")


class policy_context(ContextDecorator):
    """Every attempt in its block carries this identity; nested blocks add to and override the outer one.

    Executors do not carry it to their threads: hand them ``policy_context.bind(function)``. A block around the ``yield`` of a
    generator holds for whoever iterates it too, until it has ended: open the block where the generator is iterated.
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
        """Raises TypeError for a generator function."""
        _refuse_generator(function)
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        async def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return cast(F, decorated)

    def __enter__(self) -> "policy_context":
        # One object may be entered by several threads and tasks at once: each has a block of its own.
        block = _Block(self._fields, self)
        block.token = _blocks.set((*_blocks.get(), block))
        return self

    def __exit__(self, *_: object) -> None:
        blocks = _blocks.get()
        block = next((each for each in reversed(blocks) if each.owner is self and not each.left), None)
        if block is None:
            return  # It was entered where nothing is known of here.
        try:
            _blocks.reset(block.token)
        except ValueError:
            # Another task closes what this one began: it has ended there too.
            block.left = True
        # Not what was there before: a generator may have been entered later and be still open.
        _blocks.set(tuple(each for each in blocks if each is not block))

    @staticmethod
    def bind(function: F) -> F:
        """The function as part of what runs now, identity and running action, in whatever thread it will be called.

        Raises TypeError for a generator function.
        """
        _refuse_generator(function)
        who, what = current_identity(), scope.get()

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
