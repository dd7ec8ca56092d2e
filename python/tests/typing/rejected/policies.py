"""What is no policy. Both checkers report each marked line, and say what follows the mark."""

from agentkit_policy import ActionContext, ActionPolicyProvider, Allow, Deny, PolicyDecision, allow, with_policy
from kit import Kit

kit = Kit()


class WithoutBefore:
    def after_action(self, context: ActionContext, result: object) -> None: ...


class WithoutContext:
    def before_action(self) -> PolicyDecision:
        return allow()


class OfAnotherContext:
    def before_action(self, context: int) -> PolicyDecision:
        return allow()


class AnswersText:
    def before_action(self, context: ActionContext) -> str:
        return "allow"


class AnswersLater:
    async def before_action(self, context: ActionContext) -> bool:
        return True


class AsksForMore:
    def before_action(self, context: ActionContext, wallet: object) -> PolicyDecision:
        return allow()


class NeedsNothing:
    def before_action(self, context: ActionContext) -> PolicyDecision:
        return allow()


def of_another_context(context: int) -> Allow:
    return allow()


def answers_nothing(context: ActionContext) -> None: ...


def answers_truth(context: ActionContext) -> bool:
    return True


async def answers_later(context: ActionContext) -> str:
    return "deny"


with_policy(kit, 5)  # rejected: with_policy
with_policy(kit, b"policy.yaml")  # rejected: with_policy
with_policy(kit, WithoutBefore())  # rejected: WithoutBefore
with_policy(kit, WithoutContext())  # rejected: WithoutContext
with_policy(kit, OfAnotherContext())  # rejected: OfAnotherContext
with_policy(kit, AnswersText())  # rejected: AnswersText
with_policy(kit, AnswersLater())  # rejected: AnswersLater
with_policy(kit, AsksForMore())  # rejected: AsksForMore
with_policy(kit, NeedsNothing)  # rejected: NeedsNothing
with_policy(kit, of_another_context)  # rejected: int
with_policy(kit, answers_nothing)  # rejected: None
with_policy(kit, answers_truth)  # rejected: bool
with_policy(kit, answers_later)  # rejected: str
with_policy(kit, {"decision": "allow"})  # rejected: with_policy
with_policy(kit, [NeedsNothing(), 5])  # rejected: int
with_policy(kit)  # rejected: policy
provider: ActionPolicyProvider = AnswersText()  # rejected: AnswersText
another: ActionPolicyProvider = of_another_context  # rejected: ActionPolicyProvider
decision: Deny = allow()  # rejected: Deny

with_policy(kit, NeedsNothing())
