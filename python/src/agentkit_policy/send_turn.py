"""One transaction at a time per chain and address in a process: parallel sends from one key collide on nonces."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .decision import denied
from .errors import ActionDeniedError
from .fork import renew_in_child
from .timing import Deadline


class Turn:
    """Who sends from a wallet now, and what it sent last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner: int | None = None
        #: The last transaction that left, or may have left, and is not known to be mined; "?" where it has no id.
        self.unmined: str | None = None


_turns: dict[str, Turn] = {}
renew_in_child(_turns.clear)


def turn_of(wallet: Mapping[str, str]) -> Turn:
    """The turn of a wallet, by its facts."""
    return _turns.setdefault(f"{wallet.get('chainId') or wallet.get('network')}:{wallet.get('walletAddress')}", Turn())


@contextmanager
def take_turn(wallet: Mapping[str, str], deadline: Deadline) -> Iterator[Turn]:
    """A wallet's turn to send. Raises ActionDeniedError ``queue_timeout``, or ``wallet_busy`` from inside its own sending."""
    turn = turn_of(wallet)
    if turn.owner == threading.get_ident():
        raise ActionDeniedError(denied("wallet_busy", "the wallet was asked to send from inside its own sending"))
    if not turn.lock.acquire(timeout=deadline.remaining):
        raise ActionDeniedError(denied("queue_timeout", "the wallet was busy sending for too long"))
    turn.owner = threading.get_ident()
    try:
        yield turn
    finally:
        turn.owner = None
        turn.lock.release()
