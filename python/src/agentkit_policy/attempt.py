"""One guarded call, from its decision to its settlement: the host's side, which keeps journal and seal."""

import contextlib
import os
import threading
import time
from concurrent.futures import Future
from contextvars import Token
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .context import ActionContext
from .decision import denied
from .errors import error_text
from .fork import process_token
from .identity import scope
from .journal import Journal
from .threads import in_background

if TYPE_CHECKING:
    from .hook import PolicyHook
    from .timing import Deadline

#: Stands in ``scope`` while a policy's own hook runs: the guarded kit and wallet are out of its reach.
IN_HOOK = object()

#: The names by which the sidecar knows control flow too (`control-flow`).
_CONTROL_FLOW = {
    *("GraphInterrupt", "NodeInterrupt", "GraphBubbleUp", "ParentCommand", "AbortError", "CancelledError"),
    *("KeyboardInterrupt", "SystemExit", "GeneratorExit"),
}


def control_flow(error: BaseException | None) -> str | None:
    """By which name an error is how a framework, or a person, leaves an action on purpose; None for a failure of the action.

    The error may be of any class: what raises where it is looked at says nothing of itself, and fails like any other.
    """
    if error is None:
        return None
    try:
        named = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _CONTROL_FLOW), None)
        bubbles = named is None and getattr(error, "is_bubble_up", False) is True
    except BaseException:
        named, bubbles = None, False
    # What is no ordinary error goes through every except clause of its framework's, whatever it is called.
    return named or ("GraphBubbleUp" if bubbles or not issubclass(type(error), Exception) else None)


def new_id() -> str:
    """A UUIDv7, whose time is now."""
    tail = os.urandom(10).hex()
    digits = f"{time.time_ns() // 1_000_000:012x}7{tail[:3]}{'89ab'[int(tail[3], 16) % 4]}{tail[4:19]}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Answer(NamedTuple):
    """What a provider decided. ``ambiguous``: it may hold something although nobody heard it allow."""

    decision: dict[str, Any]
    ambiguous: bool = False
    late: "Future[Any] | None" = None


@dataclass
class Participant:
    """A provider that has to hear how the attempt ended, with what it wants echoed."""

    provider: "Provider"
    answer: Answer
    settlements: list[dict[str, Any]] = field(default_factory=list)
    told: bool = False


class Provider(Protocol):
    """What a hook asks and tells: the sidecar, or a policy written in Python. Neither raises what it met with."""

    judges_calls: bool

    def before_action(self, attempt: "Attempt", deadline: "Deadline") -> Answer: ...
    def before_wallet_call(self, attempt: "Attempt", call: dict[str, Any], deadline: "Deadline") -> Answer: ...
    def settle(self, attempt: "Attempt", participant: Participant, outcome: dict[str, Any] | None) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Ending:
    """before: the body was not entered. raised: it raised. returned: it returned."""

    stage: str
    result: Any = None
    error: BaseException | None = None


class Attempt:
    """Journal, seal and participants of one attempt, shared by the threads that work in it."""

    def __init__(self, hook: "PolicyHook", facts: dict[str, Any], wallet: Any) -> None:
        self.hook, self.facts, self.wallet = hook, facts, wallet
        self.token = process_token()
        self.lock = threading.Lock()
        self.journal = Journal()
        self.participants: list[Participant] = []
        #: By provider: the same object for all hooks of one policy, which cannot reach another's.
        self.contexts: dict[Provider, ActionContext] = {}
        #: Set by the first denied wallet call; every later one of the attempt is denied alike.
        self.denial: dict[str, Any] | None = None
        #: A body that never touched the guarded wallet may have used another.
        self.wallet_touched = False
        self.ending: Ending | None = None
        self._settling = threading.Lock()
        self._entered: Token[Any] | None = None
        self._started = time.perf_counter()

    @property
    def action_id(self) -> str:
        return str(self.facts["actionId"])

    @property
    def duration_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    @property
    def refusal(self) -> dict[str, Any] | None:
        """Why the next wallet call would be refused without asking anybody."""
        closed = denied("attempt_closed", "the action of this wallet call has already ended")
        return closed if self.ending is not None else self.denial

    def entered(self) -> "Attempt":
        """The block is this attempt's body."""
        return self

    def __enter__(self) -> None:
        outer = scope.get()
        try:
            self._entered = scope.set(self)
        except BaseException:
            scope.set(outer)
            raise

    def __exit__(self, *_: object) -> None:
        if self._entered is not None:
            # In another context, in which somebody closed what is async, there is nothing to leave; nor is there twice.
            with contextlib.suppress(ValueError, RuntimeError):
                scope.reset(self._entered)

    @property
    def said(self) -> str | None:
        """What the user's own classifier says of the result: "succeeded", "failed", or None for nothing."""
        classify = self.hook.options.classify
        if classify is None or self.ending is None or self.ending.stage != "returned":
            return None
        try:
            said = classify(self.ending.result, self.facts["actionName"])
        except Exception:
            # The label only: money follows the journal whatever anybody says.
            say(self.hook.logger, "exception", "the classifier failed")
            return None
        return said if said in ("succeeded", "failed") else None

    def deny_further_calls(self, denial: dict[str, Any]) -> None:
        with self.lock:
            self.denial = self.denial or denial

    def seal(self, ending: Ending) -> None:
        """From here on no further call is handed to the wallet."""
        with self.lock:
            self.ending = self.ending or ending

    def settle(self) -> None:
        """Tells the participants, last first, what became of it. Only the process that opened it does; a forked copy does not."""
        # An interrupt may have come before the block's own.
        self.__exit__()
        if self.ending is None or self.token is not process_token() or not self.participants:
            return
        if self.ending.stage != "before":
            self._tell()
            return
        telling = in_background(self._tell)
        # Whoever allowed holds up the denial that a later one gave only so long; who never answered does not at all.
        if not all(participant.answer.ambiguous for participant in self.participants):
            with contextlib.suppress(RuntimeError):
                telling.join(self.hook.release_grace_s)

    def settle_again(self) -> None:
        """A call that was in flight at the seal has come back."""
        if self.ending is not None and self.token is process_token():
            in_background(self._tell)

    def _tell(self) -> None:
        try:
            with self._settling:
                outcome: dict[str, Any] | None = None
                for participant in reversed(self.participants):
                    try:
                        outcome = participant.provider.settle(self, participant, outcome) or outcome
                    except Exception as error:
                        # It would raise again. The others hear of it, and the action's own result stays what it is.
                        say(self.hook.logger, "error", "a policy could not be told how an action ended: %s", error_text(error))
        except BaseException:
            # Ctrl-C while they are told: whoever has heard it already takes it once more, or knows that it has.
            in_background(self._tell)
            raise


def running_attempt(hook: "PolicyHook | None" = None) -> Attempt | None:
    """The attempt whose body runs here, in this very process; of this hook, if one is given."""
    current = scope.get()
    if not isinstance(current, Attempt) or current.token is not process_token():
        return None
    return current if hook is None or current.hook is hook else None


def say(logger: Any, level: str, text: str, *values: object) -> None:
    """Logs it. A log that fails changes nothing of what an action or a settlement comes to."""
    with contextlib.suppress(Exception):
        getattr(logger, level)(text, *values)
