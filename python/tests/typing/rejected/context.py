"""Who acts, and what a policy sees of it."""

from agentkit_policy import ActionContext, ActionDeniedError, ActionOutcome, policy_context, with_policy
from kit import Kit


def reads(context: ActionContext, outcome: ActionOutcome, error: ActionDeniedError) -> None:
    context.layer = "wallet"  # rejected: layer
    context.user_name  # rejected: user_name
    context.user_id.upper()  # rejected: upper
    context["action_name"]  # rejected: ActionContext
    outcome["result"]  # rejected: result
    outcome.status  # rejected: status
    error.denied  # rejected: denied


class Actions:
    actions: list[str] = []


class Text:
    get_actions = "none"


policy_context("u1")  # rejected: positional
policy_context(user="u1")  # rejected: user
policy_context(user_id=5)  # rejected: user_id
policy_context(labels={"team": 1})  # rejected: int
policy_context.bind(5)  # rejected: bind
with_policy(Actions(), "policy.yaml")  # rejected: Actions
with_policy(Text(), "policy.yaml")  # rejected: Text
name: str = with_policy(Kit(), "policy.yaml")  # rejected: str

with policy_context(user_id="u1", labels={"team": "a"}):
    with_policy(Kit(), "policy.yaml").get_actions()
