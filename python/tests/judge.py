"""A policy written in Python that has a say over wallet calls, and remembers all that it was asked and told."""

from collections.abc import Callable
from typing import Any

from agentkit_policy import ActionContext, ActionOutcome, PolicyDecision, allow


class Judge:
    """Allows everything, unless a test hands it something else to answer."""

    def __init__(
        self,
        action: Callable[[ActionContext], PolicyDecision] | None = None,
        call: Callable[[ActionContext], PolicyDecision] | None = None,
    ) -> None:
        self._action, self._call = action, call
        self.actions: list[ActionContext] = []
        self.calls: list[ActionContext] = []
        #: What it heard at the end, as the hook's name, its second argument and the outcome.
        self.told: list[tuple[str, Any, ActionOutcome]] = []

    def before_action(self, context: ActionContext) -> PolicyDecision:
        self.actions.append(context)
        return allow() if self._action is None else self._action(context)

    def before_wallet_call(self, context: ActionContext) -> PolicyDecision:
        self.calls.append(context)
        return allow() if self._call is None else self._call(context)

    def after_action(self, context: ActionContext, result: Any, outcome: ActionOutcome) -> None:
        self.told.append(("after_action", result, outcome))

    def on_action_error(self, context: ActionContext, error: Any, outcome: ActionOutcome) -> None:
        self.told.append(("on_action_error", error, outcome))

    @property
    def methods(self) -> list[tuple[str, str]]:
        """What the wallet calls were: the way by which authority would leave, and the wallet's own name of the method."""
        return [(context.args["method"], context.args["walletMethod"]) for context in self.calls]
