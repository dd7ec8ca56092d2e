"""One of several processes that race for the same actions: for each policy file that it is told, it asks for so many, sixteen at
a time. Its configuration is JSON, its first argument; orders come on standard input, one JSON object a line.
"""

import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from coinbase_agentkit import ActionProvider, create_action

from agentkit_policy import with_policy
from tests.world import World, invoke, make_kit, make_wallet

ACTION = "CustomActionProvider_run"


class CustomActionProvider(ActionProvider):
    """AgentKit calls an action by its provider's class: this one by the name that it has in TypeScript."""

    def __init__(self) -> None:
        super().__init__("custom", [])

    @create_action(name="run", description="does nothing")
    def run(self, args: Any) -> str:
        return "done"

    def supports_network(self, network: Any) -> bool:
        return True


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def race(kit: Any, attempts: int) -> int:
    with ThreadPoolExecutor(16) as threads:
        told = threads.map(lambda _: str(invoke(kit, ACTION, {})), range(attempts))
        return sum(text == "done" for text in told)


config = json.loads(sys.argv[1])
world = World(config["rpcUrl"], token="")
bare_kit = make_kit(make_wallet(world, config["accountName"]), [CustomActionProvider()])
say(say="ready")
for line in sys.stdin:
    order = json.loads(line)
    say(say="raced", done=race(with_policy(bare_kit, order["policy"]), order["attempts"]))
    # With the last kit that uses it, the sidecar ends.
    gc.collect()
