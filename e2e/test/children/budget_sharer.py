"""A Python agent that shares a budget with others: makes its kit once, then opens a policy file and spends when it is told to.

Its configuration is JSON, its first argument; orders come on standard input, one JSON object a line.
"""

import gc
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from agentkit_policy import policy_context, with_policy
from tests.world import NATIVE_TRANSFER, World, invoke, make_kit, make_wallet


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def spend(kit: Any, user: str, value: str, recipients: list[str]) -> list[str]:
    """Pays all of them at once, each from a thread of its own, and returns what each payment came to."""
    together = threading.Barrier(len(recipients), lambda: say(say="spending"))

    def pay(recipient: str) -> str:
        together.wait()
        return str(invoke(kit, NATIVE_TRANSFER, {"to": recipient, "value": value}))

    with policy_context(user_id=user), ThreadPoolExecutor(len(recipients)) as threads:
        # A pool's threads carry no context of their own.
        return list(threads.map(policy_context.bind(pay), recipients))


config = json.loads(sys.argv[1])
world = World(config["rpcUrl"], token="")
bare_kit = make_kit(make_wallet(world, config["accountName"], wei=int(config["wei"])))
kit: Any = None
say(say="ready", address=bare_kit.wallet_provider.get_address())
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "open":
        kit = with_policy(bare_kit, order["policy"])
        say(say="open")
    elif order["do"] == "spend":
        say(say="spent", texts=spend(kit, order["userId"], order["value"], order["recipients"]))
    else:
        # With the last kit that uses it, the sidecar ends.
        kit = None
        gc.collect()
        say(say="closed")
