"""A decision is one of two, told apart by its first member; errors carry what they say."""

from collections.abc import Awaitable
from typing import Any, Literal

from typing_extensions import assert_type

from agentkit_policy import (
    ActionContext,
    ActionDeniedError,
    ActionFailedError,
    AgentkitPolicyError,
    Allow,
    Deny,
    InsufficientFundsError,
    PolicyDecision,
    PolicySetupError,
    allow,
    deny,
)

assert_type(allow(), Allow)
assert_type(deny("no"), Deny)


def reason_of(decision: PolicyDecision) -> str:
    if decision["decision"] == "deny":
        assert_type(decision, Deny)
        assert_type(decision.get("code"), str | None)
        return decision["reason"]
    assert_type(decision, Allow)
    assert_type(decision["decision"], Literal["allow"])
    return str(decision.get("validForMs", "for as long as it likes"))


def both_told_apart(decision: PolicyDecision) -> bool:
    match decision["decision"]:
        case "allow":
            return True
        case "deny":
            return False


async def asked(before: Awaitable[PolicyDecision]) -> str:
    return reason_of(await before)


def facts_of(context: ActionContext) -> dict[str, Any]:
    assert_type(context.user_id, str | None)
    assert_type(context.chain_id, str | None)
    assert_type(context.guarded, bool)
    return {"layer": context.layer, "arguments": context.args, "labels": dict(context.labels or {})}


def text_of(error: Exception) -> str:
    if isinstance(error, ActionDeniedError):
        return f"{error.code}: {error.reason}"
    if isinstance(error, PolicySetupError):
        return str(error.code)
    if isinstance(error, ActionFailedError | InsufficientFundsError):
        return str(error)
    return "ours" if isinstance(error, AgentkitPolicyError) else "not ours"
