"""One transaction at a time per chain and address in a process: parallel sends from one key collide on nonces."""

import threading
from collections.abc import Callable, Mapping

from .decision import denied
from .errors import ActionDeniedError
from .fork import renew_in_child
from .timing import Deadline


class Turn:
    """Who sends from a wallet now, and what it sent last."""

    def __init__(self) -> None:
        #: Knows its owner by itself: whatever else remembered one could be cut off from it by an interrupt.
        self.lock = threading.RLock()
        #: The last transaction that left, or may have left, and is not known to be mined; "?" where it has no id.
        self.unmined: str | None = None


_turns: dict[str, Turn] = {}
renew_in_child(_turns.clear)


def turn_of(wallet: Mapping[str, str]) -> Turn:
    """The turn of a wallet, by its facts."""
    return _turns.setdefault(f"{wallet.get('chainId') or wallet.get('network')}:{wallet.get('walletAddress')}", Turn())


class take_turn:
    """A wallet's turn to send. Raises ActionDeniedError ``queue_timeout``, or ``wallet_busy`` from inside its own sending.

    Python lets an interrupt in where a function of its own begins and after every call: no turn may be kept by one.
    """

    def __init__(self, wallet: Mapping[str, str], deadline: Deadline) -> None:
        self._turn, self._deadline = turn_of(wallet), deadline

    def __enter__(self) -> Turn:
        lock = self._turn.lock
        if lock._is_owned():  # type: ignore[attr-defined]
            raise ActionDeniedError(denied("wallet_busy", "the wallet was asked to send from inside its own sending"))
        try:
            if lock.acquire(timeout=self._deadline.remaining):
                return self._turn
        except BaseException:
            try:  # And not contextlib.suppress, whose calls an interrupt could end.
                lock.release()
            except RuntimeError:
                pass  # It was not taken yet.
            raise
        raise ActionDeniedError(denied("queue_timeout", "the wallet was busy sending for too long"))

    @property
    def __exit__(self) -> Callable[..., None]:
        # The lock's own, which is looked up before the turn is taken, and which no interrupt comes before.
        return self._turn.lock.__exit__
