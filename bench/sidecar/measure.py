"""Asks a sidecar and a bare echo from Python, in turn, and prints in microseconds how long each took, as JSON.

usage: measure.py NODE ECHO POLICY PROGRAM...

Every PROGRAM is started several times; all else is asked of the sidecar that the shim itself finds.
"""

import contextlib
import json
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit_policy import with_policy
from agentkit_policy.attempt import new_id
from agentkit_policy.connection import Connection
from agentkit_policy.node import environment_for
from agentkit_policy.sidecar import Sidecar
from agentkit_policy.timing import Deadline
from agentkit_policy.transport import Transport

# Node compiles what runs often, and it takes thousands of calls until it has compiled all of it.
WARM_ROUNDS, ROUNDS = 1_500, 2_500
THREADS, CALLS_A_THREAD, PARALLEL_ROUNDS = 64, 4, 12
STARTS = 15
# What was spent within the window is added up at every decision: each block of rounds has a chain, and so a budget, of its own.
ROUNDS_A_CHAIN = 20
ECHOES_A_ROUND = 5

ACTION = "WalletActionProvider_native_transfer"
ARGUMENTS = {"to": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "value": "0.007"}
ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
TRANSACTION = "0x" + "ab" * 32


class Network:
    """Base Sepolia, with a chain id that changes."""

    protocol_family, network_id, chain_id = "evm", "base-sepolia", "1000"


class Wallet:
    """A wallet that has sent as soon as it is asked."""

    def __init__(self, network: Network, address: str = ADDRESS) -> None:
        self._network, self._address = network, address

    def get_network(self) -> Network:
        return self._network

    def get_address(self) -> str:
        return self._address

    def native_transfer(self, to: str, value: str) -> str:
        return TRANSACTION


class NothingSent(Exception):
    """Ends an action before it has sent anything."""


class Action:
    """As AgentKit's: a name and what runs under it."""

    def __init__(self, name: str, invoke: Callable[[Any], str]) -> None:
        self.name, self.invoke = name, invoke


class Kit:
    """The part of an AgentKit that the shim needs, with one action that transfers, or only notes when it was entered."""

    def __init__(self, wallet: Wallet) -> None:
        self.wallet_provider, self.entered, self.sends = wallet, 0, True

    def get_actions(self) -> list[Action]:
        wallet = self.wallet_provider

        def invoke(arguments: Any) -> str:
            self.entered = time.perf_counter_ns()
            if not self.sends:
                # It has looked at its wallet and used it for nothing, which proves that nothing was spent.
                wallet.get_address()
                raise NothingSent
            return f"Transferred {arguments['value']} ETH: {wallet.native_transfer(arguments['to'], arguments['value'])}"

        return [Action(ACTION, invoke)]


class Bench:
    """One sidecar, one echo, and what is asked of them. Every method gives back how long it took, in nanoseconds."""

    def __init__(self, node: str, echo: str, policy: Path) -> None:
        self.network = Network()
        self.echo_connection = Connection(Transport([node, echo], {}, str(policy.parent)))
        self.kit = Kit(Wallet(self.network))
        guarded = with_policy(self.kit, policy, node=node, context={"user_id": "u1"})
        (self.action,) = guarded.get_actions()
        self.sidecar = Sidecar.open(policy, node, logging.getLogger("bench"), [])
        # The same object as the kit's: one sidecar a process and policy file.
        self.connection = self.sidecar._connect(Deadline(10))

    def facts(self) -> dict[str, Any]:
        """What the shim sends of an attempt."""
        return {
            "actionId": new_id(),
            "layer": "action",
            "actionName": ACTION,
            "args": ARGUMENTS,
            "walletAddress": ADDRESS,
            "network": self.network.network_id,
            "chainId": f"eip155:{self.network.chain_id}",
            "identity": {"userId": "u1"},
            "guarded": True,
            "requestedAt": time.time_ns() // 1_000_000,
        }

    def echo(self) -> int:
        """A question of the size of a decision's, answered with itself."""
        question = {"facts": self.facts(), "deadlineMs": 5_000}
        start = time.perf_counter_ns()
        answer = self.echo_connection.request("echo", question, Deadline(5))
        taken = time.perf_counter_ns() - start
        assert answer["deadlineMs"] == 5_000
        return taken

    def decision(self, forget: Callable[[Callable[[], Any]], Any]) -> int:
        """policy/beforeAction. What it reserved is given back afterwards, by what ``forget`` is handed."""
        facts = self.facts()
        start = time.perf_counter_ns()
        self._allowed("policy/beforeAction", {"facts": facts, "deadlineMs": 5_000})
        taken = time.perf_counter_ns() - start
        forget(lambda: self._settle(facts, stage="before", walletTouched=False, journal=[]))
        return taken

    def transfer(self) -> int:
        """policy/beforeAction, policy/beforeWalletCall and policy/settle."""
        facts = self.facts()
        start = time.perf_counter_ns()
        self._allowed("policy/beforeAction", {"facts": facts, "deadlineMs": 5_000})
        call = {
            "callId": new_id(),
            "method": "send",
            "walletMethod": "native_transfer",
            "unread": ARGUMENTS,
            "from": ADDRESS,
            "chainId": facts["chainId"],
        }
        self._allowed("policy/beforeWalletCall", {"actionId": facts["actionId"], "call": call, "deadlineMs": 5_000})
        journal = [{"facts": call, "state": "returned", "transactionId": TRANSACTION}]
        outcome = self._settle(facts, stage="returned", result="Transferred 0.007 ETH", walletTouched=True, journal=journal)
        taken = time.perf_counter_ns() - start
        assert outcome["outcome"]["spent"][0]["amount"] == str(7 * 10**15)
        return taken

    def until_entered(self) -> int:
        """From a guarded action's ``invoke`` to the first line of its body."""
        self.kit.sends = False
        start = time.perf_counter_ns()
        with contextlib.suppress(NothingSent):
            self.action.invoke(ARGUMENTS)
        return self.kit.entered - start

    def invoke(self) -> int:
        """The whole ``invoke`` of a guarded action that transfers."""
        self.kit.sends = True
        start = time.perf_counter_ns()
        result = self.action.invoke(ARGUMENTS)
        taken = time.perf_counter_ns() - start
        assert result.endswith(TRANSACTION), result
        return taken

    def _allowed(self, method: str, params: dict[str, Any]) -> None:
        answer = self.connection.request(method, params, Deadline(5))
        assert answer["decision"]["decision"] == "allow", answer

    def _settle(self, facts: dict[str, Any], **more: Any) -> Any:
        params = {
            "facts": facts,
            "ledgerId": self.sidecar._ledger_id,
            "durationMs": 1.5,
            "settlements": [{"step": "root"}],
            **more,
        }
        return self.connection.request("policy/settle", params, Deadline(5))

    def next_chain(self) -> None:
        self.network.chain_id = str(int(self.network.chain_id) + 1)


def one_at_a_time(bench: Bench) -> dict[str, list[int]]:
    """Every round asks everything once, in an order of its own, and the echo as often as a round asks the sidecar."""
    times: dict[str, list[int]] = {}
    ways: dict[str, Callable[[], int]] = {
        "echo": bench.echo,
        "decision": lambda: bench.decision(unsettled.append),
        "transfer": bench.transfer,
        "until entered": bench.until_entered,
        "invoke": bench.invoke,
    }
    unsettled: list[Callable[[], Any]] = []
    shuffle = random.Random(1).shuffle
    order = ["echo"] * (ECHOES_A_ROUND - 1) + list(ways)
    for number in range(WARM_ROUNDS + ROUNDS):
        if number % ROUNDS_A_CHAIN == 0:
            bench.next_chain()
        shuffle(order)
        for name in order:
            taken = ways[name]()
            if number >= WARM_ROUNDS:
                times.setdefault(name, []).append(taken)
        unsettled.pop()()
    return times


def in_flight(bench: Bench) -> dict[str, list[int]]:
    """Every thread asks as soon as it has its answer; all ask the same in one round, and something else in the next."""
    times: dict[str, list[int]] = {}
    for _ in range(PARALLEL_ROUNDS):
        bench.next_chain()
        unsettled: list[Callable[[], Any]] = []
        for name, way in (
            ("echo", bench.echo),
            ("decision", lambda: bench.decision(unsettled.append)),
            ("transfer", bench.transfer),
        ):
            taken: list[int] = []
            together = threading.Barrier(THREADS)

            def ask(way: Callable[[], int] = way, taken: list[int] = taken, together: threading.Barrier = together) -> None:
                together.wait()
                for _ in range(CALLS_A_THREAD):
                    taken.append(way())

            threads = [threading.Thread(target=ask) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(taken) == THREADS * CALLS_A_THREAD, f"{name}: some were not answered"
            times.setdefault(name, []).extend(taken)
            while unsettled:
                unsettled.pop()()
    return times


def starts(node: str, programs: list[str], policy: Path, bench: Bench) -> dict[str, list[int]]:
    """From the start of the process to its first decision."""
    times: dict[str, list[int]] = {}
    for _ in range(STARTS):
        for program in programs:
            facts = bench.facts()
            start = time.perf_counter_ns()
            connection = Connection(Transport([node, program], environment_for(policy), str(policy.parent)))
            host = {"protocolVersion": "1", "policy": str(policy), "host": "bench", "actions": [ACTION]}
            connection.request("initialize", host, Deadline(10))
            answer = connection.request("policy/beforeAction", {"facts": facts, "deadlineMs": 5_000}, Deadline(10))
            times.setdefault(program, []).append(time.perf_counter_ns() - start)
            assert answer["decision"]["decision"] == "allow", answer
            connection.transport.end(5)
    return times


def summary(times: dict[str, list[int]]) -> dict[str, dict[str, float]]:
    """Median and 99th percentile, in microseconds, and how many there were."""
    result = {}
    for name, values in times.items():
        ordered = sorted(values)
        p50, p99 = (ordered[int(len(ordered) * part)] / 1_000 for part in (0.5, 0.99))
        result[name] = {"p50": p50, "p99": p99, "count": len(ordered)}
    return result


def main() -> None:
    node, echo, policy, *programs = sys.argv[1:]
    bench = Bench(node, echo, Path(policy))
    results = {
        "python": sys.version.split()[0],
        "oneAtATime": summary(one_at_a_time(bench)),
        "inFlight": summary(in_flight(bench)),
        "starts": summary(starts(node, programs, Path(policy), bench)),
    }
    bench.echo_connection.transport.end(5)
    print(json.dumps(results))


if __name__ == "__main__":
    # Without this, a failed assertion in a thread of the benchmark would only be printed.
    threading.excepthook = lambda failure: os._exit(1) if sys.excepthook(*failure[:3]) is None else None
    main()
