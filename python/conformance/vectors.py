"""The attempt vectors of a folder, and a look at them for members that this runner does not know."""

import json
from pathlib import Path
from typing import Any

_KNOWN = {
    "vector": {"id", "description", "requirement", "policy", "invoke", "body", "expect"},
    "provider": {
        *("name", "form", "shows", "beforeAction", "beforeWalletCall", "settle", "afterAction", "onActionError"),
        *("allOf", "when", "policy", "shadow", "failOpen"),
    },
    "invoke": {"action", "args", "declares", "reads", "identity", "onDeny", "wallet", "deadlineMs"},
    "step": {"send", "wallet", "onError", "sign", "changesArgs", "returns", "throws"},
}


def read_attempt_vectors(folder: Path) -> list[dict[str, Any]]:
    """In the order of the files. Raises ValueError for none at all, and for a member that would be passed over."""
    files = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    vectors = [vector for file in files if file.get("kind") == "attempt" for vector in file["vectors"]]
    if not vectors:
        raise ValueError(f"there are no attempt vectors in {folder}")
    for vector in vectors:
        _refuse_unknown(vector, "vector", vector["id"])
        _refuse_unknown(vector.get("invoke", {}), "invoke", vector["id"])
        for step in vector.get("body", []):
            _refuse_unknown(step, "step", vector["id"])
        for policy in vector["policy"]:
            _refuse_unknown(policy, "provider", vector["id"])
    return vectors


def _refuse_unknown(members: dict[str, Any], kind: str, vector: str) -> None:
    unknown = members.keys() - _KNOWN[kind]
    if unknown:
        raise ValueError(f"{vector}: this runner knows no {', '.join(sorted(unknown))} of a {kind}")
