"""A policy written in Python, in the RFC's form: async or plain, a class or one function."""

import asyncio
import contextvars
import inspect
import logging
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from typing import Any, Protocol

from .attempt import IN_HOOK, Answer, Attempt, Participant, control_flow
from .context import ActionContext, context_of
from .decision import PolicyDecision, decision_of, denied
from .errors import ActionDeniedError, ActionFailedError, PolicySetupError, error_text
from .fork import renew_in_child
from .identity import scope
from .outcome_label import says_failed
from .threads import in_background
from .timing import Deadline

#: How long a late answer is awaited before its provider is told all the same, in seconds.
_LATE_ANSWER_S = 60.0


class HookFailed(Exception):
    """A policy's hook raised. An interrupt in there is the hook's failure, and nobody else's."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error_text(error))


class ActionPolicyProvider(Protocol):
    """The RFC's provider. Only ``before_action`` is needed; every method may be plain instead of async.

    ``after_action(context, result)`` comes when the action succeeded, or money left or may have left (``result`` is None
    if it raised); ``on_action_error(context, error)`` only when it is proven that nothing left. Both get the outcome
    (``ActionOutcome``) third if they take three arguments. ``before_wallet_call(context)``, if there is one, is asked for
    every call to the guarded wallet.
    """

    def before_action(self, context: ActionContext, /) -> PolicyDecision | Awaitable[PolicyDecision]: ...


class PlainProvider:
    """Asks and tells a policy on threads of its own: a policy that hangs or blocks costs a denial, never the agent."""

    def __init__(self, policy: Any, logger: logging.Logger) -> None:
        self._policy, self._logger = policy, logger
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        try:
            self._name, self._before = _name_of(policy), getattr(policy, "before_action", policy)
            self.judges_calls = hasattr(policy, "before_wallet_call")
        except Exception as error:
            problem = f"a {type(policy).__name__} cannot be read: {type(error).__name__}"
            raise PolicySetupError("invalid_policy", problem) from error
        if isinstance(policy, type) or not callable(self._before):
            raise PolicySetupError(
                "invalid_policy",
                f"a policy is a path, a function or an object with before_action, and no {type(policy).__name__}",
            )
        renew_in_child(self._renew)

    def before_action(self, attempt: Attempt, deadline: Deadline) -> Answer:
        return self._ask(self._before, self._context(attempt), deadline)

    def before_wallet_call(self, attempt: Attempt, call: dict[str, Any], deadline: Deadline) -> Answer:
        context = context_of({**attempt.facts, "layer": "wallet", "args": call, "callId": call["callId"]})
        return self._ask(self._policy.before_wallet_call, context, deadline)

    def settle(self, attempt: Attempt, participant: Participant, outcome: dict[str, Any] | None) -> dict[str, Any] | None:
        if not participant.told:
            participant.told = True
            outcome = outcome or local_outcome(attempt)
            if participant.answer.ambiguous:
                in_background(self._tell_late, attempt, participant.answer.late, outcome)
            else:
                self._tell(attempt, outcome)
        return None

    def _tell(self, attempt: Attempt, outcome: dict[str, Any]) -> None:
        ending = attempt.ending
        assert ending is not None
        nothing_left = is_proven_not_to_have_left(attempt, outcome)
        # settle:by-money: a provider that would release on an error hears of one only when it is proven that nothing left.
        name = "on_action_error" if nothing_left else "after_action"
        hook = getattr(self._policy, name, None)
        if hook is None:
            return
        own_error = ending.error or ActionFailedError(ending.result)
        error = own_error if attempt.denial is None else ActionDeniedError(attempt.denial, ending.result)
        arguments = [self._context(attempt), error if nothing_left else ending.result, outcome]
        try:
            self._start(hook, *arguments[: 3 if _takes_three(hook) else 2]).result(attempt.hook.options.settle_deadline_s)
        except Exception as failure:
            # The money has moved whether or not this policy could take note of it.
            self._logger.warning("settlement failed: %s of %s: %s", name, self._name, error_text(failure))

    def _tell_late(self, attempt: Attempt, late: "Future[Any] | None", outcome: dict[str, Any]) -> None:
        """A provider whose answer is still to come may hold something once it has come, unless it is a deny."""
        try:
            decision = late.result(_LATE_ANSWER_S) if late else None
        except Exception:
            decision = None
        if decision is None or decision["decision"] == "allow":
            self._tell(attempt, outcome)

    def _ask(self, function: Callable[..., Any], context: ActionContext, deadline: Deadline) -> Answer:
        future, who = self._start(function, context), f'the policy "{self._name}"'
        late = Answer(denied("policy_timeout", f"{who} did not answer in time"), ambiguous=True, late=future)
        # What the program's own signal handler raises while this waits is no answer, and goes its way.
        wait([future], deadline.remaining)
        if not future.done():
            return late
        try:
            decision = future.result()
        except HookFailed as error:
            # What failed may hold anything; the model reads that it failed, and the log what.
            self._logger.warning("%s failed: %s", who, error_text(error))
            return Answer(denied("policy_error", f"{who} failed"), ambiguous=True)
        if decision is None:
            # fail:closed: whatever is neither an allow nor a deny is a denial.
            return Answer(denied("invalid_decision", f"{who} gave an answer that is neither allow nor deny"), ambiguous=True)
        return late if decision["decision"] == "allow" and deadline.remaining == 0 else Answer(decision)

    def _start(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        context = contextvars.copy_context()
        context.run(scope.set, IN_HOOK)

        def work() -> None:
            try:
                answer = context.run(function, *arguments)
                if inspect.isawaitable(answer):
                    self._running_loop().call_soon_threadsafe(self._await, answer, future, context=context)
                else:
                    # Read here too: an answer may be anything, and take its time.
                    future.set_result(decision_of(answer))
            except BaseException as error:
                future.set_exception(HookFailed(error))

        if inspect.iscoroutinefunction(function):
            work()  # It only makes the coroutine, which runs on the loop.
        else:
            in_background(work)
        return future

    def _await(self, awaitable: Awaitable[Any], future: "Future[Any]") -> None:
        async def relay() -> None:
            try:
                future.set_result(decision_of(await awaitable))
            except BaseException as error:
                future.set_exception(HookFailed(error))

        task = asyncio.get_running_loop().create_task(relay())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """One loop for all that this policy awaits, so that a client which it keeps stays on its loop."""
        with self._lock:
            if self._loop is None:
                self._loop = loop = asyncio.new_event_loop()
                in_background(_run, loop)
                # It ends with the last kit that uses the policy; the end of the program needs no such care.
                weakref.finalize(self, loop.call_soon_threadsafe, loop.stop).atexit = False
            return self._loop

    def _context(self, attempt: Attempt) -> ActionContext:
        if self not in attempt.contexts:
            attempt.contexts[self] = context_of(attempt.facts)
        return attempt.contexts[self]

    def _renew(self) -> None:
        """A forked child has none of its parent's threads."""
        self._loop, self._tasks, self._lock = None, set(), threading.Lock()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _name_of(policy: Any) -> str:
    """Its own ``name``, and otherwise that of the function or the class."""
    name = getattr(policy, "name", None)
    return name if isinstance(name, str) and name else getattr(policy, "__name__", type(policy).__name__)


def local_outcome(attempt: Attempt) -> dict[str, Any]:
    """The outcome as far as the journal alone tells it, where no policy file reads what moved."""
    ending = attempt.ending
    assert ending is not None
    entered, moved = ending.stage != "before", attempt.journal.may_have_moved
    said = attempt.said or ("failed" if says_failed(ending.result) else "succeeded")
    failed = attempt.denial is not None or ending.stage == "raised" or said == "failed"
    nothing = "cancelled" if control_flow(ending.error) else "failed"
    return {
        "status": "denied" if not entered else "succeeded" if not failed else "unknown" if moved else nothing,
        "entered": entered,
        "spent": [],
        "transactions": attempt.journal.transactions(),
        "journalComplete": attempt.facts["guarded"],
        "durationMs": attempt.duration_ms,
    }


def is_proven_not_to_have_left(attempt: Attempt, outcome: dict[str, Any]) -> bool:
    """Whether no money left. What left nobody's sight stayed; where nobody looked, it counts as gone."""
    if not outcome["entered"]:
        return True
    seen = outcome["journalComplete"] and not outcome["spent"] and not attempt.journal.may_have_moved
    return seen and outcome["status"] in ("failed", "cancelled")


def _takes_three(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(None, None, None)
    except (TypeError, ValueError):
        return False
    return True
