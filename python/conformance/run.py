"""Runs every attempt vector of a folder with one runner, and writes what was seen.

sidecar: the shim, with a sidecar whose policy is the vector's. plain: the shim, with providers in Python and no Node.
"""

import argparse
import copy
import gc
import json
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import agentkit_policy.node
import agentkit_policy.sidecar
from agentkit_policy import PolicySetupError, policy_context, with_policy

from .clock import ScriptedClock
from .results import Read, Skipped, results_of
from .script import Script
from .skips import reason_to_skip
from .trace import RETURNED, FileTrace, MemoryTrace, parted
from .vectors import read_attempt_vectors
from .world import ScriptedKit

_SIDECAR = Path(__file__).resolve().parents[2] / "scripts/conformance/scripted-sidecar.mjs"
#: How long what has to come in the background is awaited, and how long what must not come is watched for, in seconds.
_PATIENCE_S, _WATCH_S = 10.0, 0.5
_DENIAL = re.compile(r"(?:Error: )?denied by policy \(([^)]*)\): (.*)")


def run_plain(vector: dict[str, Any]) -> Read:
    _skip(vector, "plain")
    trace, clock = MemoryTrace(), ScriptedClock()
    args = copy.deepcopy(vector.get("invoke", {}).get("args", {}))
    providers = [Script(script, trace, clock, lambda change: args.update(change)).built() for script in vector["policy"]]
    with clock:
        return _run(vector, providers, trace, args)


def run_with_sidecar(vector: dict[str, Any]) -> Read:
    _skip(vector, "sidecar")
    folder = tempfile.TemporaryDirectory(prefix="agentkit-policy-conformance-")
    policy, lines = Path(folder.name, "policy.json"), Path(folder.name, "trace.jsonl")
    policy.write_text(json.dumps({"vector": vector, "trace": str(lines)}), encoding="utf-8")
    lines.touch()
    read = _run(vector, str(policy), FileTrace(lines), copy.deepcopy(vector.get("invoke", {}).get("args", {})))

    def read_and_forget() -> dict[str, Any]:
        with folder:
            return read()

    return read_and_forget


def _skip(vector: dict[str, Any], runner: str) -> None:
    reason = reason_to_skip(vector, runner)
    if reason is not None:
        raise Skipped(reason)


def _run(vector: dict[str, Any], policy: Any, trace: MemoryTrace | FileTrace, args: Any) -> Read:
    """Runs the action as its caller, and waits until as much has come in the background as the vector says."""
    invoke = vector.get("invoke", {})
    kit: Any = ScriptedKit(vector, trace)
    try:
        kit = with_policy(
            kit,
            policy,
            on_deny="raise" if invoke.get("onDeny") == "throw" else "return",
            wallet=invoke.get("wallet", True),
            decision_deadline_s=invoke.get("deadlineMs", 5_000) / 1000,
        )
    except PolicySetupError as error:
        refused: dict[str, Any] = {
            "decision": {"decision": "refused", "code": error.code},
            "trace": [],
            "later": [],
            "record": None,
        }
        return lambda: refused
    identity = {re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", name): value for name, value in invoke.get("identity", {}).items()}
    with policy_context(**identity):
        ending = _ending_of(kit.get_actions()[0].invoke, args)
    trace.add(RETURNED)
    end = time.monotonic() + _PATIENCE_S
    while len(parted(trace.lines)["later"]) < len(vector["expect"]["later"]) and time.monotonic() < end:
        time.sleep(0.002)
    watch = _Watch(kit, lambda: trace.lines)
    return lambda: _observed(ending, watch.lines())


class _Watch:
    """Looks at a trace once more when its time is up, and lets go of the kit, whose sidecar then ends."""

    def __init__(self, kit: Any, lines: Callable[[], list[dict[str, Any]]]) -> None:
        self._kit, self._lines, self._seen = kit, lines, list[dict[str, Any]]()
        self._thread = threading.Timer(_WATCH_S, self._look)
        self._thread.start()

    def _look(self) -> None:
        self._seen = self._lines()
        self._kit = None
        gc.collect()

    def lines(self) -> list[dict[str, Any]]:
        self._thread.join()
        return self._seen


def _ending_of(invoke: Callable[[Any], Any], args: Any) -> dict[str, Any]:
    try:
        return {"returned": invoke(args)}
    except Exception as error:
        return {"thrown": {"name": type(error).__name__, "message": str(error)}}


def _observed(ending: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    seen = parted(lines)
    entered = any("body" in entry for entry in seen["trace"])
    return {"decision": {"decision": "allow"} if entered else _denial_in(ending), **ending, **seen}


def _denial_in(ending: dict[str, Any]) -> dict[str, Any]:
    text = str(ending["thrown"]["message"] if "thrown" in ending else ending["returned"])
    match = _DENIAL.match(text)
    if match is None:
        raise ValueError(f"the body did not run, and nobody says why: {text}")
    return {"decision": "deny", "code": match[1], "reason": match[2]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conformance.run", description=__doc__)
    parser.add_argument("--runner", choices=["sidecar", "plain"], required=True)
    parser.add_argument("--vectors", type=Path, required=True, help="the folder of the vectors")
    parser.add_argument("--sidecar", type=Path, default=_SIDECAR, help="the program of the scripted sidecar")
    parser.add_argument("--out", type=Path, required=True, help="the file of the results")
    options = parser.parse_args()
    logging.getLogger("agentkit_policy").setLevel(logging.CRITICAL)
    # The sidecar's own process, frames and methods, over the scripted policy of one vector instead of a policy file.
    for module in (agentkit_policy.node, agentkit_policy.sidecar):
        vars(module)["program"] = lambda name: options.sidecar
    run = run_plain if options.runner == "plain" else run_with_sidecar
    results = results_of(f"python-{options.runner}", read_attempt_vectors(options.vectors), run)
    options.out.write_text(json.dumps(results, ensure_ascii=False) + "\n", encoding="utf-8")
    # A provider of a vector may hang for ever, on purpose.
    os._exit(0)


if __name__ == "__main__":
    main()
