"""The policy layer under Coinbase AgentKit: budgets that cannot be overspent, for agents that hold a wallet.

from agentkit_policy import policy_context, with_policy

kit = with_policy(AgentKit(...), "policy.yaml")
with policy_context(user_id="u1", run_id="r7"):
    ...
"""

from .context import ActionContext
from .decision import ActionOutcome, Allow, Deny, PolicyDecision, allow, deny
from .errors import ActionDeniedError, ActionFailedError, AgentkitPolicyError, InsufficientFundsError, PolicySetupError
from .identity import policy_context
from .kit import assert_guarded, guard_wallet, with_policy
from .provider import ActionPolicyProvider
from .version import VERSION as __version__

__all__ = [
    "ActionContext",
    "ActionDeniedError",
    "ActionFailedError",
    "ActionOutcome",
    "ActionPolicyProvider",
    "AgentkitPolicyError",
    "Allow",
    "Deny",
    "InsufficientFundsError",
    "PolicyDecision",
    "PolicySetupError",
    "__version__",
    "allow",
    "assert_guarded",
    "deny",
    "guard_wallet",
    "policy_context",
    "with_policy",
]
