"""What is no decision, and what a decision does not hold."""

from agentkit_policy import Allow, Deny, PolicyDecision, allow, deny


def reason_of(decision: PolicyDecision) -> str:
    return decision["reason"]  # rejected: reason


def reason_of_an_allow(decision: PolicyDecision) -> str:
    return "" if decision["decision"] == "deny" else decision["reason"]  # rejected: reason


def settled_on(decision: PolicyDecision) -> bool:
    return decision["decision"] == "maybe"  # rejected: overlap


def maybe() -> PolicyDecision:
    return {"decision": "maybe"}  # rejected: maybe or Allow


def without_reason() -> Deny:
    return {"decision": "deny"}  # rejected: reason


def with_reason() -> Allow:
    return {"decision": "allow", "reason": "because"}  # rejected: reason


def approved() -> Allow:
    return {"allowed": True}  # rejected: allowed


def as_text() -> PolicyDecision:
    return "allow"  # rejected: Allow


def metadata_of_numbers() -> Allow:
    return allow(metadata={"limit": 5})  # rejected: int


allow("because")  # rejected: positional
allow(reason="because")  # rejected: reason
allow(valid_for_ms="1000")  # rejected: valid_for_ms
deny()  # rejected: reason
deny(5)  # rejected: deny
deny("no", "closed")  # rejected: positional
deny("no", retry_after_ms="soon")  # rejected: retry_after_ms
deny("no").reason  # rejected: reason
