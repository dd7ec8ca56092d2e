"""The world in which every attempt vector happens: one wallet, one chain, one account's balance, one action."""

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agentkit_policy import policy_context

from .script import error_of
from .trace import FileTrace, MemoryTrace

_ADDRESS, _BALANCE = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", 10**18


@dataclass
class Network:
    protocol_family: str = "evm"
    network_id: str = "base-sepolia"
    chain_id: str = "84532"


@dataclass
class Action:
    """An action as AgentKit makes them."""

    name: str
    invoke: Callable[[Any], Any]
    description: str = "Does what a vector says."
    args_schema: Any = dict


class ScriptedWallet:
    """What reaches it is in the trace; it sends nothing anywhere."""

    def __init__(self, steps: list[dict[str, Any]], trace: MemoryTrace | FileTrace) -> None:
        self._steps, self._trace, self._sent = steps, trace, 0
        self.reached = threading.Event()

    def get_address(self) -> str:
        return _ADDRESS

    def get_network(self) -> Network:
        return Network()

    def get_name(self) -> str:
        return "scripted_wallet_provider"

    def get_balance(self) -> int:
        return _BALANCE

    def sign_message(self, message: str) -> str:
        self._trace.add({"entry": {"wallet": "sign_message", "message": message}})
        return f"signed: {message}"

    def send_transaction(self, transaction: dict[str, Any]) -> str:
        send = {"to": transaction["to"], "value": str(transaction["value"])}
        self._trace.add({"entry": {"wallet": "send", **send}})
        self._sent += 1
        transaction_id = f"0x{self._sent:064x}"
        (step, *_) = [step for step in self._steps if step.get("send") == send]
        answer = step.get("wallet", {})
        if "raises" in answer:
            raise error_of(answer["raises"])
        if "pending" in answer:
            self.reached.set()
            self._trace.returned.wait(60)
        return transaction_id


class ScriptedKit:
    """A kit that reads its wallet from itself, as AgentKit does."""

    def __init__(self, vector: dict[str, Any], trace: MemoryTrace | FileTrace) -> None:
        self._steps, self._trace = vector.get("body", []), trace
        self._name = vector.get("invoke", {}).get("action", "pay")
        self._wallet = self.wallet_provider = ScriptedWallet(self._steps, trace)

    def get_actions(self) -> list[Action]:
        wallet = self.wallet_provider

        def invoke(args: Any) -> Any:
            # The name is read by AgentKit for its analytics, before the body runs.
            wallet.get_name()
            return self._run(args, wallet)

        return [Action(self._name, invoke)]

    def _run(self, args: Any, wallet: Any) -> Any:
        """Like AgentKit's own actions, it tells most failures as text."""
        self._trace.add({"entry": {"body": copy.deepcopy(args)}})
        for step in self._steps:
            if "returns" in step:
                return step["returns"]
            if "throws" in step:
                raise error_of(step["throws"])
            if "changesArgs" in step:
                args.update(step["changesArgs"])
                continue
            if "pending" in step.get("wallet", {}):
                threading.Thread(target=policy_context.bind(lambda step=step: _call(wallet, step)), daemon=True).start()
                assert self._wallet.reached.wait(60)
                continue
            try:
                _call(wallet, step)
            except Exception as error:
                on_error = step.get("onError", "returned")
                if on_error == "thrown":
                    raise
                if on_error == "returned":
                    return f"Error: {error}"
        return "done"


def _call(wallet: Any, step: dict[str, Any]) -> Any:
    if "send" in step:
        return wallet.send_transaction({"to": step["send"]["to"], "value": int(step["send"]["value"])})
    return wallet.sign_message(step["sign"])
