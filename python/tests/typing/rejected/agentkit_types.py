"""The guarded kit and wallet are AgentKit's own types and nothing looser: what those do not have, these do not either."""

from coinbase_agentkit import AgentKit, EthAccountWalletProvider

from agentkit_policy import guard_wallet, with_policy
from kit import Kit


def of_a_kit(bare: AgentKit, wallet: EthAccountWalletProvider) -> None:
    with_policy(bare, "policy.yaml").get_tools()  # rejected: get_tools
    guard_wallet(wallet, "policy.yaml").get_adress()  # rejected: get_adress
    guard_wallet(wallet, "policy.yaml").get_address().nothing  # rejected: nothing
    other: AgentKit = with_policy(Kit(), "policy.yaml")  # rejected: AgentKit
    with_policy(wallet, "policy.yaml")  # rejected: EthAccountWalletProvider
    other.get_actions()
