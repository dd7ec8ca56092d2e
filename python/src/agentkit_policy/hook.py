"""One policy with its options: an ordered list of providers, of which a policy file, decided by the sidecar, may be one."""

import copy
import inspect
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from .agentkit import read_wallet_facts
from .attempt import Answer, Attempt, Ending, Participant, Provider, new_id, running_attempt
from .decision import denied
from .errors import ActionDeniedError, PolicySetupError
from .identity import checked_identity, current_identity
from .provider import PlainProvider
from .sidecar import Sidecar
from .snapshot import MAX_BYTES, take_snapshot
from .threads import read_aside
from .timing import Deadline, Validity, stopwatch

#: Everything said at start or in trouble; Python sends warnings of it to standard error unless the program says otherwise.
logger = logging.getLogger("agentkit_policy")


@dataclass(frozen=True)
class PolicyOptions:
    """What ``with_policy`` takes beside kit and policy."""

    context: Mapping[str, Any] | None = None
    on_deny: str = "return"
    wallet: bool = True
    describe: Mapping[str, Callable[[Any], Sequence[Mapping[str, Any]]]] | None = None
    node: str | os.PathLike[str] | None = None
    classify: Callable[[Any, str], str | None] | None = None
    decision_deadline_s: float = 5.0
    settle_deadline_s: float = 5.0
    queue_wait_s: float = 30.0
    logger: logging.Logger = logger

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "PolicyOptions":
        """Raises PolicySetupError ``invalid_option``."""
        unknown = set(options) - {field.name for field in fields(cls)}
        own = cls() if unknown else cls(**options)
        problems = [
            *(f"there is no option {name}" for name in unknown),
            *([] if own.on_deny in ("return", "raise") else ['on_deny is "return" or "raise"']),
            *(f"{name} is a time of at most a day, in seconds" for name in _SPANS if not _is_span(getattr(own, name))),
            # What only counts as false would turn the guard off unsaid.
            *([] if type(own.wallet) is bool else ["wallet is True or False"]),
            *([] if own.node is None or _is_path(own.node) else ["node is the path of a Node"]),
        ]
        if not all(callable(getattr(own.logger, name, None)) for name in ("info", "warning", "error", "exception")):
            problems.append("logger has info, warning, error and exception")
        describe = {} if own.describe is None else own.describe
        if not isinstance(describe, Mapping) or not all(map(callable, describe.values())):
            problems.append("describe is a function for each name of an action")
        if own.classify is not None and not callable(own.classify):
            problems.append("classify is a function of a result and the name of its action")
        if problems:
            raise PolicySetupError("invalid_option", "; ".join(problems))
        checked_identity({} if own.context is None else own.context)
        return own


#: What a provider may stumble over. Whatever else comes out of a question, the program's own signal handler raised, and gets.
_MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
#: Allows that ran out before they could be used are asked for again, twice.
_ROUNDS = 3
EXPIRED = denied("allow_expired", "the permission ran out before it could be used")
_SPANS = ("decision_deadline_s", "settle_deadline_s", "queue_wait_s")


def _is_span(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value <= 86_400


class PolicyHook:
    """What a kit, its actions and its wallet have in common."""

    release_grace_s = 0.2

    def __init__(self, policy: Any, options: PolicyOptions, action_names: Iterable[str] = ()) -> None:
        policies = list(policy) if isinstance(policy, (list, tuple)) else [policy]
        paths = [entry for entry in policies if _is_path(entry)]
        if not policies or len(paths) > 1:
            problem = "two policy files: write their rules into one" if paths else "the list of policies is empty"
            raise PolicySetupError("invalid_policy", problem)
        self.options, self.logger = options, options.logger
        self._identity = checked_identity({} if options.context is None else options.context)
        # Python's own come first, so that a mistake in one of them leaves no process behind.
        plain = [None if _is_path(entry) else PlainProvider(entry, self.logger) for entry in policies]
        try:
            sidecar = Sidecar.open(paths[0], options.node, self.logger, action_names) if paths else None
        except (OSError, ValueError, RuntimeError) as error:
            raise PolicySetupError("invalid_policy", f"the policy file's path leads to none: {error}") from None
        self.providers: list[Provider] = [provider for own in plain if (provider := own or sidecar) is not None]
        self.judges_calls = any(provider.judges_calls for provider in self.providers)

    def begin(self) -> Deadline:
        """The span of one decision, with all that is read for it."""
        return Deadline(self.options.decision_deadline_s)

    def facts_of(self, wallet: Any, deadline: Deadline) -> dict[str, str]:
        """A wallet's address, network and chain. Raises ActionDeniedError where it does not tell them in time."""
        what, whose = "the wallet's address or network", type(wallet).__name__
        facts: dict[str, str] = self._read(what, whose, "context_error", deadline, lambda: read_wallet_facts(wallet))
        return facts

    def _read(self, what: str, whose: str, code: str, deadline: Deadline, read: Callable[[], Any]) -> Any:
        """What it answers, on a thread of the shim's own. Raises ActionDeniedError where it does not in time."""
        reading = read_aside(read, deadline)
        if reading is None:
            raise ActionDeniedError(denied("policy_timeout", f"{what} could not be read in time"))
        if reading.error is not None:
            # Its class alone: what a wallet says of its service may hold the key to it.
            self.logger.warning("%s: %s could not be read: %s", whose, what, type(reading.error).__name__)
            raise ActionDeniedError(denied(code, f"{what} could not be read")) from reading.error
        return reading.value

    def open_attempt(
        self,
        layer: str,
        name: str,
        args: Any,
        wallet: Any,
        wallet_facts: dict[str, str],
        *,
        guarded: bool,
        call: dict[str, Any] | None = None,
    ) -> Attempt:
        """A new attempt, of which nobody has been told."""
        parent = running_attempt()
        facts: dict[str, Any] = {
            "actionId": new_id(),
            "layer": layer,
            "actionName": name,
            "args": args,
            **wallet_facts,
            "identity": {**self._identity, **current_identity()},
            "guarded": guarded,
            "requestedAt": time.time_ns() // 1_000_000,
            **({} if parent is None else {"parentActionId": parent.action_id}),
            **({} if call is None else {"call": call}),
        }
        return Attempt(self, facts, wallet)

    def run(self, attempt: Attempt, body: Callable[[Validity], Any], deadline: Deadline) -> Any:
        """Decision, body, seal and settlement. Raises ActionDeniedError where it may not begin, and otherwise what the body does.

        An action that is async gives back what has to be awaited, and is settled when it has been.
        """
        stage, goes_on = "before", False
        try:
            verdict = self._judge_action(attempt, deadline)
            if isinstance(verdict, dict) or not verdict.holds:
                raise ActionDeniedError(verdict if isinstance(verdict, dict) else EXPIRED)
            stage = "raised"
            with attempt.entered():
                result = body(verdict)
            goes_on = inspect.isawaitable(result)
            if goes_on:
                return self._finish(attempt, result)
            attempt.seal(Ending("returned", result=result))
            return result
        except BaseException as error:
            attempt.seal(Ending(stage, error=error))
            raise
        finally:
            if not goes_on:
                attempt.settle()

    async def _finish(self, attempt: Attempt, awaitable: Awaitable[Any]) -> Any:
        try:
            with attempt.entered():
                result = await awaitable
            attempt.seal(Ending("returned", result=result))
            return result
        except BaseException as error:
            attempt.seal(Ending("raised", error=error))
            raise
        finally:
            attempt.settle()

    def _judge_action(self, attempt: Attempt, deadline: Deadline) -> dict[str, Any] | Validity:
        """Asks every provider in order whether the attempt may begin; the first denial stops. Raises ActionDeniedError."""
        describe = (self.options.describe or {}).get(attempt.facts["actionName"])
        if describe is not None:
            args = copy.deepcopy(attempt.facts["args"])
            # As many effects as that are refused for their weight; without the bound, endless ones would be collected for ever.
            attempt.facts["described"] = self._read(
                "what the action would move",
                attempt.facts["actionName"],
                # Nothing is known of what would move, so nothing can be judged: deny.
                "policy_error",
                deadline,
                lambda: take_snapshot(list(islice(describe(args), MAX_BYTES)))[0],
            )
        return self._ask_all(attempt, self.providers, lambda provider: provider.before_action(attempt, deadline))

    def judge_call(self, attempt: Attempt, call: dict[str, Any]) -> dict[str, Any] | Validity:
        """Asks every provider that judges wallet calls."""
        deadline = self.begin()
        judges = [provider for provider in self.providers if provider.judges_calls]
        return self._ask_all(attempt, judges, lambda provider: provider.before_wallet_call(attempt, call, deadline))

    def never_left(self, attempt: Attempt, call_id: str, observation: str) -> None:
        """What a call drew of the attempt's envelope goes back."""
        for provider in self.providers:
            if isinstance(provider, Sidecar):
                provider.observe(attempt, call_id, observation)

    def _ask_all(
        self, attempt: Attempt, providers: list[Provider], ask: Callable[[Provider], Answer]
    ) -> dict[str, Any] | Validity:
        for _ in range(_ROUNDS):
            validity = Validity()
            for provider in providers:
                since_asked = stopwatch()
                # Until it has answered it may hold something, and hears how the attempt ended even if this thread is interrupted.
                answer = Answer({}, ambiguous=True)
                try:
                    answer = ask(provider)
                except _MISTAKES:
                    self.logger.exception("a policy could not be asked")
                    # fail:closed: whatever kept it from being asked, nobody has allowed.
                    answer = Answer(denied("policy_error", "the policy failed to decide"), ambiguous=True)
                finally:
                    if answer.ambiguous or answer.decision["decision"] == "allow":
                        _take_part(attempt, provider, answer)
                if answer.decision["decision"] == "deny":
                    return answer.decision
                validity.add(since_asked, answer.decision.get("validForMs"))
            if validity.holds:
                return validity
        return EXPIRED


def _take_part(attempt: Attempt, provider: Provider, answer: Answer) -> None:
    known = [participant for participant in attempt.participants if participant.provider is provider]
    participant = known[0] if known else Participant(provider, answer)
    if not known:
        attempt.participants.append(participant)
    if "settlement" in answer.decision:
        participant.settlements.append(answer.decision["settlement"])


def _is_path(policy: Any) -> bool:
    return isinstance(policy, (str, os.PathLike))
