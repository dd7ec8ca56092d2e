"""Ctrl-C at a place that a test chooses."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interrupt(KeyboardInterrupt):
    """Ctrl-C."""


def interrupted_at(number: int, call: Callable[[], Any], *files: str) -> Interrupt | None:
    """Interrupts a call at one of the places where Python looks for signals: where a function begins, and after a call of C's.

    Counts those in files whose names end so. None where it has fewer of them.
    """
    seen = 0

    def look(frame: FrameType, event: str, _: Any) -> None:
        nonlocal seen
        if event in ("call", "c_return", "c_exception") and frame.f_code.co_filename.endswith(files):
            seen += 1
            if seen == number:
                raise Interrupt

    sys.setprofile(look)
    try:
        call()
    except Interrupt as error:
        return error
    finally:
        sys.setprofile(None)
    return None
