"""How long a test waits for what has to come. What takes longer hangs; a busy machine only takes its time."""

import time
from collections.abc import Callable
from typing import Any

#: In seconds.
PATIENCE_S = 30.0


def until(holds: Callable[[], Any]) -> None:
    """Polls until the condition holds. Raises AssertionError when it does not in time."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "what was awaited did not come"
        time.sleep(0.005)
