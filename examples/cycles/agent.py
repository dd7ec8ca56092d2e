"""The agent in Python: it makes every payment that it is asked for on standard input, one JSON object a line, and says on
standard output what its model would be told. AGENT_KEY and RPC_URL name its wallet and its chain, AGENT_RUN its run, and
CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT, which the policy file asks for, the Cycles server.
"""

import json
import os
import sys
from pathlib import Path

from coinbase_agentkit import (
    AgentKit,
    AgentKitConfig,
    EthAccountWalletProvider,
    EthAccountWalletProviderConfig,
    erc20_action_provider,
    wallet_action_provider,
)
from eth_account import Account
from network_guard import guard_network

from agentkit_policy import policy_context, with_policy


def say(**message: str) -> None:
    print(json.dumps(message), flush=True)


# The requests to Cycles are the sidecar's, which has a network of its own.
guard_network()

# An ordinary AgentKit, with an ordinary wallet …
account = Account.from_key(os.environ["AGENT_KEY"])
wallet = EthAccountWalletProvider(
    EthAccountWalletProviderConfig(account=account, chain_id="84532", rpc_url=os.environ["RPC_URL"])
)
bare_kit = AgentKit(AgentKitConfig(wallet_provider=wallet, action_providers=[wallet_action_provider(), erc20_action_provider()]))

# … and the line that puts a policy under it. Another says for whom it acts, and in which run.
kit = with_policy(bare_kit, Path(__file__).with_name("policy.yaml"))

actions = {action.name: action for action in kit.get_actions()}
say(say="ready")
for line in sys.stdin:
    args = json.loads(line)
    action = actions[args.pop("action", "WalletActionProvider_native_transfer")]
    with policy_context(user_id="ann", run_id=os.environ["AGENT_RUN"]):
        told = action.invoke(args)
    say(say="paid", told=told)
