"""What a policy answers: allow or deny, nothing else."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from .generated.checks import is_policy_decision
from .snapshot import SnapshotError, take_snapshot

if TYPE_CHECKING or sys.version_info >= (3, 11):
    from .generated.types import ActionOutcome, Allow, Deny, PolicyDecision
else:  # NotRequired is not in Python 3.10's own typing; annotations are all that these names are for.
    ActionOutcome = Allow = Deny = PolicyDecision = dict

__all__ = ["ActionOutcome", "Allow", "Deny", "PolicyDecision", "allow", "decision_of", "denied", "deny"]


def allow(*, metadata: Mapping[str, str] | None = None, valid_for_ms: int | None = None) -> Allow:
    """The call may go ahead as it was described; ``valid_for_ms`` says for how long that holds, in milliseconds."""
    return cast(Allow, _given(decision="allow", metadata=metadata, validForMs=valid_for_ms))


def deny(
    reason: str, *, code: str | None = None, metadata: Mapping[str, str] | None = None, retry_after_ms: int | None = None
) -> Deny:
    """The call must not go ahead. ``reason`` is one sentence that the model will read: no secret and no instruction."""
    return cast(Deny, _given(decision="deny", reason=reason, code=code, metadata=metadata, retryAfterMs=retry_after_ms))


def decision_of(answer: Any) -> dict[str, Any] | None:
    """A copy of an answer as plain data, if it is a decision. What is used is the copy that was checked."""
    try:
        plain: dict[str, Any] = take_snapshot(answer)[0]
    except SnapshotError:
        return None
    return plain if is_policy_decision(plain) else None


def denied(code: str, reason: str) -> dict[str, Any]:
    """A denial of this package's own."""
    return {"decision": "deny", "code": code, "reason": reason}


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
