"""What a runner cannot do, by name, with the reason: a predicate of the vector, and one sentence."""

from collections.abc import Callable, Iterator
from typing import Any

#: Members of a context that a Python policy does not see: the policy file reads what would move.
_NOT_IN_PYTHON = {"effects", "excess", "actionHash", "moneyVisible", "canonicalAction"}


def _scripts(policies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for policy in policies:
        inner = policy.get("allOf") or [policy[name] for name in ("policy", "shadow", "failOpen") if name in policy]
        yield policy
        yield from _scripts(inner)


def _any(vector: dict[str, Any], holds: Callable[[dict[str, Any]], bool]) -> bool:
    return any(holds(script) for script in _scripts(vector["policy"]))


_PLAIN: list[tuple[Callable[[dict[str, Any]], bool], str]] = [
    (lambda vector: _any(vector, lambda script: "name" not in script), "in Python, combinators exist in the policy file only"),
    (
        lambda vector: _any(vector, lambda script: script.get("form") == "money" or "settle" in script),
        "Python's providers have the RFC's hooks, and none that settles by money",
    ),
    (
        lambda vector: bool(vector.get("invoke", {}).keys() & {"declares", "reads"}),
        "what an action would move is read by the policy file's process, and no Python provider sees it",
    ),
    (
        lambda vector: _any(vector, lambda script: bool(set(script.get("shows", [])) & _NOT_IN_PYTHON)),
        "a Python provider's context does not hold what the vector looks at",
    ),
    (
        lambda vector: any(step.get("returns", "") is None for step in vector.get("body", [])),
        "Python has one None for a result that is nothing and for no result",
    ),
]

_SIDECAR: list[tuple[Callable[[dict[str, Any]], bool], str]] = [
    (
        lambda vector: _any(vector, lambda script: "args" in script.get("shows", []) and "beforeWalletCall" in script),
        "the arguments of a wallet call hold the wallet's own name of its method, which is another in Python",
    ),
    (
        lambda vector: '"meanwhile"' in str(vector["policy"]).replace("'", '"'),
        "the caller's arguments are in another process than the policy, which cannot change them",
    ),
]


def reason_to_skip(vector: dict[str, Any], runner: str) -> str | None:
    rules = _PLAIN if runner == "plain" else _SIDECAR
    return next((reason for applies, reason in rules if applies(vector)), None)
