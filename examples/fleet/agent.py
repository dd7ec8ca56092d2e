"""The agent in Python: it makes every payment that it is asked for on standard input, one JSON object a line, and says on
standard output what its model would be told. AGENT_KEY and RPC_URL name its wallet and its chain, AGENT_USER its user, and
FLEET_LEDGER, which the policy file asks for, the database.
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
    wallet_action_provider,
)
from eth_account import Account
from network_guard import guard_network

from agentkit_policy import policy_context, with_policy


def say(**message: str) -> None:
    print(json.dumps(message), flush=True)


guard_network()

# An ordinary AgentKit, with an ordinary wallet …
account = Account.from_key(os.environ["AGENT_KEY"])
wallet = EthAccountWalletProvider(
    EthAccountWalletProviderConfig(account=account, chain_id="84532", rpc_url=os.environ["RPC_URL"])
)
bare_kit = AgentKit(AgentKitConfig(wallet_provider=wallet, action_providers=[wallet_action_provider()]))

# … and the line that puts a policy under it. Another says for whom it acts.
kit = with_policy(bare_kit, Path(__file__).with_name("policy.yaml"))

(pay,) = (action for action in kit.get_actions() if action.name == "WalletActionProvider_native_transfer")
say(say="ready")
for line in sys.stdin:
    with policy_context(user_id=os.environ["AGENT_USER"]):
        told = pay.invoke(json.loads(line))
    say(say="paid", told=told)
