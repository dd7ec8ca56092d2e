"""What an action may hold and no message to the sidecar can. Each program here is a process of its own, in which threads that
never end can be seen."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .conftest import PolicyFile

_FOLDER = Path(__file__).parents[1]

_BEGINNING = """
import json, logging, math, sys, threading
from decimal import Decimal
from agentkit_policy import with_policy
from tests.patience import until
from tests.plain import Kit, code_of, run

logging.disable(logging.CRITICAL)
threading.excepthook = lambda _: None
half, seen = chr(0xD800), {}

def note(name, kit):
    try:
        result = run(kit)
        seen[name] = code_of(result) or "returned " + ascii(result)[:30]
    except BaseException as error:
        seen[name] = "raised " + ascii(error)[:30]
"""

_ENDING = """
def telling():
    return sum(thread.name == "agentkit-policy" for thread in threading.enumerate())

try:
    until(lambda: telling() == 0)
except AssertionError:
    seen["threads that still tell"] = telling()
print(json.dumps(seen))
"""


def _seen(program: str, policy: PolicyFile) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _BEGINNING + program + _ENDING, str(policy.path)],
        cwd=_FOLDER,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(_FOLDER / "src"), str(_FOLDER)])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return dict(json.loads(done.stdout))


def test_what_an_action_returned_or_raised_comes_back_and_is_settled(policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file("{ id: ours, allow: { effects: [unknown] } }", "{ id: count, limit: actions, max: 9, window: day }")
    program = """
class Odd(Exception):
    def __str__(self):
        raise ValueError("no text")
    __repr__ = lambda self: "Odd"

def fails(error):
    raise error

bodies = {
    "half a character": lambda _: half,
    "many of them": lambda _: half * 70_000,
    "an error of one": lambda _: fails(ValueError(half)),
    "an error without a text": lambda _: fails(Odd()),
    "many bytes": lambda _: b"x" * 300_000,
    "not a number": lambda _: math.nan,
}
for name, body in bodies.items():
    note(name, with_policy(Kit(body), sys.argv[1]))
"""
    assert _seen(program, policy) == {
        "half a character": "returned '\\ud800'",
        "many of them": "returned '" + "\\ud800" * 4 + "\\ud80",
        "an error of one": "raised ValueError('\\ud800')",
        "an error without a text": "raised Odd",
        "many bytes": "returned b'" + "x" * 28,
        "not a number": "returned nan",
    }
    assert policy.open("count") == 0
    assert policy.counted("count") == 6


def test_what_an_action_would_move_is_denied(policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file('{ id: eth, limit: native, max: "1", window: day }')
    program = """
effect = {"kind": "transfer", "asset": "eip155:84532/slip44:60", "amount": "1", "basis": "declared"}
amounts = {"an amount": "1", "a fraction": 1.5, "a decimal": Decimal(1), "bytes": b"1", "a set": {1}, "half a character": half}
for name, amount in amounts.items():
    note(name, with_policy(Kit(), sys.argv[1], describe={"pay": lambda args: [{**effect, "amount": amount}]}))
"""
    denied = dict.fromkeys(["a fraction", "a decimal", "bytes", "a set", "half a character"], "policy_error")
    assert _seen(program, policy) == {"an amount": "returned 'paid'", **denied}
    assert policy.counted("eth") == 1


def test_what_an_action_would_move_is_read_whatever_the_case_of_its_addresses(policy_file: Callable[..., PolicyFile]) -> None:
    usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"
    policy = policy_file(f'{{ id: usdc, limit: "{usdc}", max: "1", window: day }}')
    program = """
usdc, payee = "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
effect = {"kind": "transfer", "asset": f"eip155:84532/erc20:{usdc}", "amount": "1000000", "basis": "declared"}
effects = {
    "checksums": {**effect, "counterparty": f"eip155:84532:{payee}"},
    "beyond the limit": effect,
    "a symbol": {**effect, "asset": "USDC"},
    "no asset": {"kind": "transfer", "amount": "1", "basis": "declared"},
    "a bare payee": {**effect, "counterparty": payee},
    "no effect": "transfer",
}
for name, described in effects.items():
    note(name, with_policy(Kit(), sys.argv[1], describe={"pay": lambda args: [described]}))
"""
    denied = dict.fromkeys(["a symbol", "no asset", "a bare payee", "no effect"], "policy_error")
    assert _seen(program, policy) == {"checksums": "returned 'paid'", "beyond the limit": "over_limit", **denied}
    assert policy.counted("usdc") == 1_000_000
