"""What is known of AgentKit 0.7: its wallets' methods, and what is asked of them. The only file that loads its libraries."""

import importlib
import inspect
import re
from typing import Any

from .threads import read_aside
from .timing import Deadline

#: Reads of AgentKit's wallet providers. The guard is an allow-list: what is not here is judged.
READS = {"get_address", "get_network", "get_name", "get_balance", "read_contract", "estimate_fees", "_get_cdp_sdk_network"}
RECEIPT = "wait_for_transaction_receipt"
#: Runs on the guarded wallet, so that what it hands out calls back through the guard.
DERIVED = {"to_signer"}
#: The way by which authority leaves, by the wallet's own name of the method.
AUTHORITY = {
    "native_transfer": "send",
    "send_transaction": "send",
    "sign_transaction": "sign_transaction",
    "sign_typed_data": "sign_typed_data",
    "sign_message": "sign_message",
    "sign_hash": "sign_hash",
    "unsafe_sign_hash": "sign_hash",
}
#: Methods that hand out what no guard can see behind.
ESCAPES = {"get_client", "_get_account", "_get_smart_account", "_create_account", "export_wallet", "export_account"}

_DECIMALS_ABI = [
    {"type": "function", "name": "decimals", "stateMutability": "view", "inputs": [], "outputs": [{"name": "", "type": "uint8"}]}
]
#: The genesis hashes by which CAIP-2 names Solana's networks.
_SOLANA_CHAINS = {
    "solana-mainnet": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "solana-devnet": "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
    "solana-testnet": "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z",
}


def read_wallet_facts(wallet: Any) -> dict[str, str]:
    """Address, network and chain (CAIP-2), by the names of the contract. Raises what the wallet raises, or TypeError."""
    network, address = wallet.get_network(), wallet.get_address()
    network_id, chain_id = getattr(network, "network_id", None) or "", str(getattr(network, "chain_id", None) or "")
    is_evm = getattr(network, "protocol_family", None) == "evm"
    if not isinstance(address, str) or not isinstance(network_id, str):
        raise TypeError(
            f"the wallet's address is a {type(address).__name__} and its network a {type(network_id).__name__}, not text"
        )
    chain = f"eip155:{chain_id}" if is_evm and re.fullmatch(r"[0-9]{1,32}", chain_id) else _SOLANA_CHAINS.get(network_id)
    # Hexadecimal addresses name one account in any case; base58 ones do not.
    facts = {"walletAddress": address.lower() if is_evm else address, "network": network_id, "chainId": chain or ""}
    return {name: value for name, value in facts.items() if value}


def known_arguments(name: str, signature: inspect.Signature) -> set[str]:
    """The arguments that a judgement reads, of a way by which authority leaves: all that AgentKit's own wallets take.

    That is one, whatever a wallet calls it, but for a native transfer. What a wallet collects (``*args``, ``**options``) is none.
    """
    if name == "native_transfer":
        return {"to", "value"}
    collects = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {parameter.name for parameter in list(signature.parameters.values())[:1] if parameter.kind not in collects}


def is_eth_accounts_own(wallet: Any, method: str) -> bool:
    """Whether it is the method as EthAccountWalletProvider has it, of which is known what it does and in what order.

    Its native_transfer uses public methods only, so that its send is seen. Its send_transaction takes the latest nonce,
    and sets nonce, fees and, when nothing but the signature and the broadcast is left, gas in the very transaction it was given.
    """
    function = getattr(getattr(wallet, method, None), "__func__", None)
    is_own = getattr(function, "__qualname__", "") == f"EthAccountWalletProvider.{method}"
    return is_own and str(getattr(function, "__module__", "")).startswith("coinbase_agentkit.")


def has_unmined_transactions(wallet: Any) -> bool:
    """Whether an EthAccount's next transaction would take the nonce of one that is not mined yet."""
    count = wallet.web3.eth.get_transaction_count
    return bool(count(wallet.get_address(), "pending") > count(wallet.get_address(), "latest"))


def read_decimals(wallet: Any, token: str, deadline: Deadline) -> int | None:
    """A token's decimals, past the guard: a read has no authority. None where the wallet cannot tell in time."""

    def ask() -> Any:
        address = importlib.import_module("web3").Web3.to_checksum_address(token)
        return wallet.read_contract(address, _DECIMALS_ABI, "decimals")

    reading = read_aside(ask, deadline)
    value = None if reading is None else reading.value
    return value if type(value) is int and 0 <= value <= 255 else None
