"""Options that there are not, and values that they do not take."""

from agentkit_policy import assert_guarded, guard_wallet, with_policy
from kit import Kit

kit = Kit()
file = "policy.yaml"

with_policy(kit, file, on_denied="raise")  # rejected: on_denied
with_policy(kit, file, onDeny="raise")  # rejected: onDeny
with_policy(kit, file, on_deny="throw")  # rejected: throw
with_policy(kit, file, on_deny=True)  # rejected: on_deny
with_policy(kit, file, wallet="no")  # rejected: wallet
with_policy(kit, file, queue_wait_s="30")  # rejected: queue_wait_s
with_policy(kit, file, decision_deadline_s=None)  # rejected: decision_deadline_s
with_policy(kit, file, node=22)  # rejected: node
with_policy(kit, file, context="u1")  # rejected: context
with_policy(kit, file, describe={"run": "nothing"})  # rejected: str
with_policy(kit, file, logger="agentkit_policy")  # rejected: logger
with_policy(kit, file, "raise")  # rejected: positional
guard_wallet(kit)  # rejected: argument
guard_wallet(kit, None)  # rejected: None
guard_wallet(kit, file, queue_wait_ms=30_000)  # rejected: queue_wait_ms
guard_wallet(kit, file, actions=7)  # rejected: actions
with_policy(kit, file, actions=["run"])  # rejected: actions
assert_guarded()  # rejected: kit

with_policy(kit, file, on_deny="raise", wallet=True, queue_wait_s=30)
