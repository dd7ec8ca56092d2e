"""The front door: a policy under a kit, or under a wallet that is used without one."""

import copy
import inspect
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, TypeVar

from .attempt import IN_HOOK, Attempt, control_flow
from .context import ActionContext
from .decision import PolicyDecision, denied
from .errors import ActionDeniedError, PolicySetupError, error_text
from .hook import PolicyHook, PolicyOptions
from .identity import scope
from .provider import ActionPolicyProvider
from .snapshot import SnapshotError, take_snapshot
from .wallet_guard import guarded_wallet, is_guarded_wallet, sharing

if TYPE_CHECKING:
    from typing_extensions import Unpack

_MARK = "__agentkit_policy__"


class KitLike(Protocol):
    """The part of an AgentKit that the hook needs."""

    def get_actions(self) -> list[Any]: ...


K = TypeVar("K", bound=KitLike)
W = TypeVar("W")

#: The path of a policy file, a provider in the RFC's form, or one function that decides.
OnePolicy = str | os.PathLike[str] | ActionPolicyProvider | Callable[[ActionContext], PolicyDecision | Awaitable[PolicyDecision]]


class Options(TypedDict, total=False):
    """Spans are in seconds."""

    context: Mapping[str, Any]
    on_deny: Literal["return", "raise"]
    wallet: bool
    describe: Mapping[str, Callable[[Any], Sequence[Mapping[str, Any]]]]
    classify: Callable[[Any, str], str | None]
    node: str | os.PathLike[str]
    decision_deadline_s: float
    settle_deadline_s: float
    queue_wait_s: float
    logger: logging.Logger


def with_policy(kit: K, policy: OnePolicy | Sequence[OnePolicy] | None, **options: "Unpack[Options]") -> K:
    """Puts a policy under a kit: every action is decided before it runs and settled after, every wallet call is judged.

    The kit that comes back is of the given one's class and shares what it holds; the given one stays as it was. With None
    for a policy it is the very same kit, and a warning says so. A list is asked in order, and the first denial stops.

    Options: ``context``, the identity of every attempt (``user_id``, ``run_id``, ...) where no ``policy_context`` says
    otherwise; ``on_deny="raise"`` raises ActionDeniedError instead of returning its text; ``wallet=False`` turns the
    wallet guard off; ``describe`` says by name what actions of your own would move, as effects of the contract; ``classify`` says
    "succeeded" or "failed" of a result and its action's name, or None where the built-in words decide; ``node``
    is the path of a Node for the policy file; ``decision_deadline_s`` and ``settle_deadline_s`` (5), ``queue_wait_s`` (30).

    Raises PolicySetupError ``already_guarded``, ``invalid_policy``, ``invalid_option`` or ``sidecar_missing``.
    """
    own = PolicyOptions.of(options)
    if _is_marked(kit):
        raise PolicySetupError("already_guarded", "this kit is guarded already; put all policies in one list")
    if policy is None:
        own.logger.warning("with_policy was given no policy: this kit is not guarded")
        return kit
    _refuse_guarded(getattr(kit, "wallet_provider", None))
    hook = PolicyHook(policy, own, [action.name for action in kit.get_actions()])
    if not own.wallet:
        own.logger.warning("the wallet guard is off: money is counted by what actions declare")
    elif not hook.judges_calls:
        own.logger.info("no policy judges wallet calls: what an action spends beyond its arguments passes")
    guard = _KitGuard(kit, hook)
    wallet = {"wallet_provider": property(lambda _: guard.wallet())} if own.wallet else {}
    # As properties, which come before what somebody has set on the kit itself.
    outside: K = sharing(kit, {_MARK: True, "get_actions": property(lambda _: guard.get_actions), **wallet})
    guard.outside = outside
    if own.wallet and getattr(kit, "wallet_provider", None) is not None:
        guard.wallet()  # What cannot be guarded is said now.
    return outside


def guard_wallet(
    wallet: W, policy: OnePolicy | Sequence[OnePolicy], /, *, actions: Sequence[str] = (), **options: "Unpack[Options]"
) -> W:
    """Guards a wallet that is used without a kit: every call is an attempt of its own. Options and errors as of with_policy.

    ``actions`` are the names of actions of your own that a policy file names; with a kit they are known from the kit.
    """
    own = PolicyOptions.of(options)
    if not isinstance(actions, (list, tuple)) or not all(isinstance(name, str) for name in actions):
        raise PolicySetupError("invalid_option", "actions is a list of the names of actions")
    _refuse_guarded(wallet)
    return guarded_wallet(PolicyHook(policy, own, actions), wallet)


def assert_guarded(kit: object) -> None:
    """Raises PolicySetupError ``not_guarded`` for a kit that did not come from with_policy."""
    if not _is_marked(kit):
        raise PolicySetupError("not_guarded", "this kit has no policy: use the one that with_policy returned")


def _is_marked(thing: object) -> bool:
    """Some classes answer for any name."""
    return getattr(thing, _MARK, False) is True


def _refuse_guarded(wallet: Any) -> None:
    if wallet is not None and is_guarded_wallet(wallet):
        raise PolicySetupError("already_guarded", "the wallet is guarded already; give AgentKit the bare wallet")


class _KitGuard:
    outside: Any

    def __init__(self, kit: Any, hook: PolicyHook) -> None:
        self._kit, self._hook = kit, hook
        #: The bare wallet and its guard, changed at once.
        self._wallets: tuple[Any, Any] = (None, None)
        self._warned = False
        #: Whether the guarded wallet was reached for, by whoever asks for the actions in this thread.
        self._asking = threading.local()

    def wallet(self) -> Any:
        """The guarded wallet of the kit, which may have been replaced since."""
        self._asking.reached = True
        bare = self._kit.wallet_provider
        known, guarded = self._wallets
        if bare is not None and bare is not known:
            guarded = guarded_wallet(self._hook, bare)
            self._wallets = bare, guarded
        return None if bare is None else guarded

    def get_actions(self) -> list[Any]:
        """AgentKit makes new actions at every call; so do we."""
        self._asking.reached = False
        own = getattr(self._kit, "__dict__", {}).get("get_actions")
        actions = own() if own else type(self._kit).get_actions(self.outside)
        bare = getattr(self._kit, "wallet_provider", None)
        # Only a kit that was seen to reach for the guarded wallet hands it to its actions; of any other the journal would
        # stay empty while money moves, so it counts as unguarded.
        guarded = self._asking.reached and bare is not None
        if not guarded and self._hook.options.wallet and not self._warned:
            self._warned = True
            self._hook.logger.warning("this kit's actions do not use the guarded wallet: money is counted by what they declare")
        return [self._action(action, bare, guarded) for action in actions]

    def _action(self, action: Any, bare: Any, guarded: bool) -> Any:
        if _is_marked(action.invoke):
            raise PolicySetupError("already_guarded", f"the action {action.name} is guarded already")
        invocation = _Invocation(self._hook, bare, guarded, action.name, action.invoke)

        def invoke(args: Any) -> Any:
            return invocation.run(args)

        async def invoke_async(args: Any) -> Any:
            answer = invocation.run(args)
            return await answer if inspect.isawaitable(answer) else answer

        invoke = invoke_async if inspect.iscoroutinefunction(action.invoke) else invoke
        setattr(invoke, _MARK, True)
        own = action.model_copy() if hasattr(action, "model_copy") else copy.copy(action)
        own.invoke = invoke
        return own


class _Invocation:
    """A guarded action: snapshot, decision, body, seal, settlement; its result or its error comes back untouched."""

    def __init__(self, hook: PolicyHook, wallet: Any, guarded: bool, name: str, run: Callable[[Any], Any]) -> None:
        self._hook, self._wallet, self._guarded, self._name, self._run = hook, wallet, guarded, name, run

    def run(self, args: Any) -> Any:
        if scope.get() is IN_HOOK:
            return self._deliver(denied("reentrant", "a policy used the guarded kit inside its own hook"))
        deadline = self._hook.begin()
        try:
            plain, own = take_snapshot(args)
            facts = {} if self._wallet is None else self._hook.facts_of(self._wallet, deadline)
        except SnapshotError as error:
            # What cannot be read cannot be judged: deny, before anybody is asked.
            return self._deliver(denied("invalid_arguments", str(error)))
        except ActionDeniedError as error:
            return self._deliver(error.denial)
        attempt = self._hook.open_attempt("action", self._name, plain, self._wallet, facts, guarded=self._guarded)
        try:
            result = self._hook.run(attempt, lambda _: self._run(own), deadline)
        except BaseException as error:
            return self._raised(attempt, error)
        return self._awaited(attempt, result) if inspect.isawaitable(result) else self._returned(attempt, result)

    async def _awaited(self, attempt: Attempt, awaitable: Awaitable[Any]) -> Any:
        try:
            result = await awaitable
        except BaseException as error:
            return self._raised(attempt, error)
        return self._returned(attempt, result)

    def _returned(self, attempt: Attempt, result: Any) -> Any:
        return result if attempt.denial is None else self._deliver(attempt.denial, result, _text_of(result))

    def _raised(self, attempt: Attempt, error: BaseException) -> Any:
        if attempt.ending is not None and attempt.ending.stage == "before" and isinstance(error, ActionDeniedError):
            return self._deliver(error.denial)
        # A control-flow exception is the framework's own way out, and passes unchanged.
        if attempt.denial is None or control_flow(error):
            raise error
        return self._deliver(attempt.denial, None, error_text(error), error)

    def _deliver(self, denial: dict[str, Any], result: Any = None, said: str = "", cause: BaseException | None = None) -> str:
        """A denial as the caller wants it; what the action itself said comes after it (`guard:denial-ends`)."""
        error = ActionDeniedError(denial, result)
        if self._hook.options.on_deny == "raise":
            raise error from cause
        return f"Error: {error}\n{said}" if said else f"Error: {error}"


def _text_of(result: Any) -> str:
    """What an action returned may be anything, and have no text of its own."""
    try:
        return str(result)
    except Exception:
        return type(result).__name__
