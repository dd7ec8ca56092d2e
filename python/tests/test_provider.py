import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, allow, deny, with_policy

from .callers import from_a_running_loop, from_a_thread, from_sync_code, from_to_thread
from .plain import Kit, run

_SOURCE = str(Path(__file__).parents[1] / "src")

#: The RFC's provider, word for word in its signatures, as a program that has nothing but the standard library.
_RFC_PROGRAM = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from typing import Protocol
from agentkit_policy import PolicyDecision, with_policy

class ActionPolicyProvider(Protocol):
    async def before_action(self, context) -> PolicyDecision: ...
    async def after_action(self, context, result) -> None: ...
    async def on_action_error(self, context, error) -> None: ...

told = []

class Budget(ActionPolicyProvider):
    async def before_action(self, context) -> PolicyDecision:
        await asyncio.sleep(0)
        if context.args["amount"] == "1":
            return {"decision": "allow"}
        return {"decision": "deny", "reason": "too much"}

    async def after_action(self, context, result) -> None:
        await asyncio.sleep(0)
        told.append(result)

    async def on_action_error(self, context, error) -> None:
        told.append(str(error))

class Action:
    name = "pay"
    def invoke(self, args):
        return "paid " + args["amount"]

class Kit:
    def get_actions(self):
        return [Action()]

(action,) = with_policy(Kit(), Budget()).get_actions()

def work():
    return [action.invoke({"amount": "1"}), action.invoke({"amount": "2"})]
"""


def _rfc_program(ending: str, *flags: str, path: str) -> Any:
    """What the program prints after its ending, with nothing but the given folder on PATH."""
    command = [sys.executable, *flags, "-c", _RFC_PROGRAM + ending, _SOURCE]
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty folder that is all there is on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("node") is None
    return str(tmp_path)


def test_the_rfcs_provider_decides_with_nothing_but_the_standard_library_and_no_node(no_node: str) -> None:
    ending = "print(json.dumps([*work(), *told, 'coinbase_agentkit' in sys.modules]))"
    # -I and -S: no site-packages, so that a dependency would not be found.
    assert _rfc_program(ending, "-I", "-S", path=no_node) == [
        "paid 1",
        "Error: denied by policy (denied): too much",
        "paid 1",
        False,
    ]


def test_the_rfcs_provider_decides_under_nest_asyncio(no_node: str) -> None:
    ending = """
import nest_asyncio
nest_asyncio.apply()

async def inner():
    return work() + await asyncio.to_thread(work)

async def outer():
    # What nest_asyncio is for: a loop that is run again while it runs.
    return asyncio.get_event_loop().run_until_complete(inner()) + work()

print(json.dumps([asyncio.run(outer()), told]))
"""
    results, told = _rfc_program(ending, path=no_node)
    assert results == ["paid 1", "Error: denied by policy (denied): too much"] * 3
    assert told == ["paid 1"] * 3


class RfcPolicy:
    """The RFC's form: every method async, and two arguments after an action."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    async def before_action(self, context: ActionContext) -> Any:
        await asyncio.sleep(0)
        return allow() if context.args["amount"] == "1" else deny("too much", code="too_much")

    async def after_action(self, context: ActionContext, result: Any) -> None:
        await asyncio.sleep(0)
        self.told.append(("after_action", result))

    async def on_action_error(self, context: ActionContext, error: Any) -> None:
        self.told.append(("on_action_error", error))


@pytest.mark.parametrize("call", [from_sync_code, from_a_running_loop, from_a_thread, from_to_thread])
def test_an_async_policy_is_asked_and_told_from_wherever_the_action_runs(
    call: Callable[[Callable[[], Any]], Any], no_node: str
) -> None:
    policy, bare = RfcPolicy(), Kit()
    kit = with_policy(bare, policy)
    assert call(lambda: run(kit)) == "paid"
    assert policy.told == [("after_action", "paid")]
    assert call(lambda: run(kit, {"amount": "2"})) == "Error: denied by policy (too_much): too much"
    # Who denies is not told that it denied.
    assert policy.told == [("after_action", "paid")]
    assert bare.given == [{"amount": "1"}]


@pytest.mark.parametrize("call", [from_sync_code, from_a_running_loop])
def test_a_denial_is_raised_where_the_kit_is_told_to_raise(call: Callable[[Callable[[], Any]], Any]) -> None:
    bare = Kit()
    kit = with_policy(bare, RfcPolicy(), on_deny="raise")
    assert call(lambda: run(kit)) == "paid"
    with pytest.raises(ActionDeniedError, match=r"^denied by policy \(too_much\): too much$") as raised:
        call(lambda: run(kit, {"amount": "2"}))
    assert (raised.value.code, raised.value.reason) == ("too_much", "too much")
    assert raised.value.denial == {"decision": "deny", "code": "too_much", "reason": "too much"}
    assert len(bare.given) == 1
