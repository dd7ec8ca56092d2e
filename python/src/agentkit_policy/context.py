"""What a Python policy sees of an attempt."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from typing import Any


@dataclass(frozen=True)
class ActionContext:
    """One attempt (``layer`` "action") or one wallet call ("wallet"), as plain facts; what it would move, a policy file reads.

    ``args`` is plain JSON; scalars that JSON lacks are tagged as ``{"$int"}``, ``{"$decimal"}`` and ``{"$bytes"}``.
    ``chain_id`` is CAIP-2, ``wallet_address`` is in lower case on EVM chains, ``requested_at`` is RFC 3339 in UTC.
    ``guarded``: a wallet guard watches this attempt's wallet calls.
    """

    layer: str
    action_id: str
    action_name: str
    args: Any
    requested_at: str
    guarded: bool
    call_id: str | None = None
    parent_action_id: str | None = None
    wallet_address: str | None = None
    network: str | None = None
    chain_id: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    run_id: str | None = None
    agent_id: str | None = None
    intent_id: str | None = None
    labels: Mapping[str, str] | None = None


_WIRE_NAMES = {
    field.name: "".join(word.title() if place else word for place, word in enumerate(field.name.split("_")))
    for field in fields(ActionContext)
}


def context_of(facts: Mapping[str, Any]) -> ActionContext:
    """A context of its own for one policy: what that policy does to the arguments, no other and no action sees."""
    seen = copy.deepcopy({**facts["identity"], **facts})
    seen["requestedAt"] = datetime.fromtimestamp(facts["requestedAt"] / 1000, timezone.utc).isoformat(timespec="milliseconds")
    return ActionContext(**{name: seen[wire] for name, wire in _WIRE_NAMES.items() if wire in seen})
