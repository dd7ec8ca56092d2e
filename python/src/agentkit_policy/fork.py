"""What a fork leaves behind: a child has copies of locks that nobody holds any more, and of pipes that are not its own."""

import os
import types
import weakref
from collections.abc import Callable
from typing import Any

_token = object()
_renewals: list["weakref.WeakMethod[Callable[[], Any]] | Callable[[], Any]"] = []


def process_token() -> object:
    """An object that is this very process's own: only the process that opened an attempt may settle it."""
    return _token


def renew_in_child(renewal: Callable[[], Any]) -> None:
    """Calls a function, or a method for as long as its object lives, in every process that is forked from this one."""
    _renewals[:] = [known for known in _renewals if not isinstance(known, weakref.WeakMethod) or known() is not None]
    _renewals.append(weakref.WeakMethod(renewal) if isinstance(renewal, types.MethodType) else renewal)


def _renew() -> None:
    global _token
    _token = object()
    for renewal in list(_renewals):
        call = renewal() if isinstance(renewal, weakref.WeakMethod) else renewal
        if call is not None:
            call()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
