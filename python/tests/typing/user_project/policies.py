"""Policies as users write them: async and plain classes, functions, and dictionaries of their own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentkit_policy import ActionContext, ActionOutcome, ActionPolicyProvider, Allow, Deny, PolicyDecision, allow, deny


class NoTransfers:
    """The RFC's form: async methods, and nothing of this package but the types."""

    async def before_action(self, context: ActionContext) -> PolicyDecision:
        if context.action_name.endswith("native_transfer"):
            return {"decision": "deny", "reason": "no transfers today"}
        return {"decision": "allow"}

    async def after_action(self, context: ActionContext, result: object) -> None:
        print(context.action_name, result)

    async def on_action_error(self, context: ActionContext, error: object) -> None:
        print(context.action_name, error)


class SmallGroup:
    """Plain methods, a say over wallet calls, and the outcome."""

    def __init__(self, users: Sequence[str]) -> None:
        self._users = frozenset(users)

    def before_action(self, context: ActionContext) -> PolicyDecision:
        if context.user_id is None or context.user_id not in self._users:
            return deny("this user may not act", code="unknown_user", metadata={"list": "small group"})
        return allow(valid_for_ms=5_000)

    def before_wallet_call(self, context: ActionContext) -> PolicyDecision:
        return allow(metadata={"call": context.call_id or ""}) if context.layer == "wallet" else deny("not a wallet call")

    def after_action(self, context: ActionContext, result: Any, outcome: ActionOutcome) -> None:
        for line in outcome["spent"]:
            print(context.requested_at, line["asset"], line["amount"], line.get("counterparty"))


class OnlyAllows:
    """A narrower answer than the whole decision will do."""

    def before_action(self, context: ActionContext) -> Allow:
        return allow()


async def asked_elsewhere(context: ActionContext) -> PolicyDecision:
    return deny(f"{context.action_name} is closed", retry_after_ms=60_000)


def by_name(context: ActionContext) -> Allow | Deny:
    return allow() if context.action_name.startswith("ERC20ActionProvider_") else deny("only tokens")


def typed_out(context: ActionContext) -> Deny:
    return {"decision": "deny", "reason": "closed", "code": "closed", "retryAfterMs": 1_000}


a_provider: ActionPolicyProvider = NoTransfers()
another_provider: ActionPolicyProvider = SmallGroup(["u1"])
file = Path("policy.yaml")
