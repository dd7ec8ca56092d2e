"""A published client of Cycles that pays on a chain: what it does with the faults that our adapter has to survive.

Its configuration is JSON, its first argument; orders come on standard input, one JSON object a line. An order is one life
of a process: it is forked from this one, which has imported everything and used nothing, makes its attempts, and ends like
any program, or is killed.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any
from urllib.request import Request, urlopen

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_runcycles import CyclesToolGate
from runcycles import Action, Amount, CyclesClient, CyclesConfig, Subject, Unit, cycles

from .scripted_model import QUESTION, model_that_pays

ACTION = Action(kind="payment.charge", name="pay")


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def ask(rpc_url: str, method: str, params: list[Any]) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    with urlopen(Request(rpc_url, data=body, headers={"content-type": "application/json"})) as answer:
        said = json.load(answer)
    if "error" in said:
        raise ConnectionError(f"{method}: {said['error']}")
    return said["result"]


class Life:
    """One life: the attempts of an order, in a scope of their own, by one of the clients."""

    def __init__(self, config: dict[str, Any], order: dict[str, Any]) -> None:
        self._config = config
        self._order = order
        # A short first wait: what these tests wait for is what a fault costs.
        self._client = CyclesClient(
            CyclesConfig(
                base_url=config["baseUrl"],
                api_key=config["apiKey"],
                tenant=config["tenant"],
                workspace=order["workspace"],
                journal_dir=order["journal"],
                retry_initial_delay=0.05,
            )
        )

    def live(self) -> None:
        attempts = self._order["attempts"]
        with ThreadPoolExecutor(len(attempts) if self._order.get("atOnce") else 1) as threads:
            for outcome in threads.map(self._attempt, attempts, range(len(attempts))):
                say(say="attempted", outcome=outcome)

    def _attempt(self, attempt: dict[str, Any], payer: int) -> str:
        make = {"langchain": self._under_langchain, "decorator": self._under_decorator}[self._config["client"]]
        try:
            return str(make(attempt, payer)())
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    def _under_langchain(self, attempt: dict[str, Any], payer: int) -> Callable[[], Any]:
        @tool
        def pay() -> str:
            """Pays."""
            return self._body(attempt["does"], payer)

        gate = CyclesToolGate(
            self._client,
            subject=Subject(tenant=self._config["tenant"], workspace=self._order["workspace"]),
            action=ACTION,
            mode="reserve",
            estimate=Amount(unit=Unit.USD_MICROCENTS, amount=self._config["estimate"]),
            ttl_ms=self._config["ttlMs"],
            cost_fn=(lambda _request, _result: self._cost()) if attempt.get("cost", True) else None,
        )
        # To the server, a call of another scope that has the same id is the same call with another content.
        call_id = f"{self._order['workspace']}.{attempt['id']}"
        agent = create_agent(model_that_pays(call_id), [pay], middleware=[gate])
        return lambda: agent.invoke(QUESTION)["messages"][-2].content

    def _under_decorator(self, attempt: dict[str, Any], payer: int) -> Callable[[], Any]:
        # It takes no id of the caller's: each call is a new one to it.
        @cycles(
            estimate=self._config["estimate"],
            actual=self._config["actual"] if attempt.get("cost", True) else None,
            action_kind=ACTION.kind,
            action_name=ACTION.name,
            ttl_ms=self._config["ttlMs"],
            client=self._client,
        )
        def pay() -> str:
            return self._body(attempt["does"], payer)

        return pay

    def _cost(self) -> Amount:
        return Amount(unit=Unit.USD_MICROCENTS, amount=self._config["actual"])

    def _body(self, does: str, payer: int) -> str:
        if does == "fails in words":
            return "Error: nothing left"
        if does == "throws":
            raise RuntimeError("nothing left")
        self._pay(payer)
        if does == "pays and throws":
            raise RuntimeError("it has left")
        if does == "pays and waits":
            say(say="paid")
            sys.stdin.readline()
        return "paid"

    def _pay(self, payer: int) -> None:
        rpc_url = self._config["rpcUrl"]
        # Each from an account of its own: the node gives two that come at once from one the same nonce.
        payment = {"from": ask(rpc_url, "eth_accounts", [])[payer], "to": self._order["payee"], "value": self._config["payment"]}
        sent = ask(rpc_url, "eth_sendTransaction", [payment])
        while ask(rpc_url, "eth_getTransactionReceipt", [sent]) is None:
            time.sleep(0.01)


def main() -> None:
    config = json.loads(sys.argv[1])
    say(say="ready", versions={name: version(name) for name in ("langchain-runcycles", "runcycles")})
    # By the line: a life reads on where this process has stopped.
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            say(say="born", pid=os.getpid())
            Life(config, json.loads(line)).live()
            # The clients settle what is open when the interpreter ends.
            return
        os.waitpid(pid, 0)
        say(say="over")


if __name__ == "__main__":
    main()
