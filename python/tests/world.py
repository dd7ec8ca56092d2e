"""A real chain on this machine, and real AgentKit kits on it. Needs what ``npm test`` sets up: the workspace and e2e."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from .patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
CHAIN_ID = "eip155:84532"
ETHER = 10**18
NATIVE_TRANSFER = "WalletActionProvider_native_transfer"
TOKEN_TRANSFER = "ERC20ActionProvider_transfer"
#: AgentKit posts to it, synchronously and without a time limit, at every wallet and every action.
_ANALYTICS = "cca-lite.coinbase.com"

_request = requests.Session.request


def _guarded_request(session: requests.Session, method: str, url: str, *args: Any, **named: Any) -> requests.Response:
    """Answers the analytics itself, and lets nothing else leave this machine."""
    if _ANALYTICS in url:
        answer = requests.Response()
        answer.status_code, answer._content = 200, b"{}"
        return answer
    if not url.startswith(("http://127.0.0.1:", "http://localhost:")):
        raise requests.ConnectionError(f"network guard: {url} is not this machine")
    return _request(session, method, url, *args, **named)


def guard_network() -> None:
    """Call it before AgentKit makes a wallet."""
    requests.Session.request = _guarded_request  # type: ignore[method-assign, assignment]


@dataclass(frozen=True)
class World:
    """A chain with Multicall3 and a test token of six decimals at Base Sepolia's USDC address."""

    rpc_url: str
    token: str

    def rpc(self, method: str, *params: Any) -> Any:
        """Asks the node, past every client. Raises RuntimeError with its message."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        answer = requests.post(self.rpc_url, json=body, timeout=20).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def balance(self, address: str) -> int:
        """In wei."""
        return int(self.rpc("eth_getBalance", address, "latest"), 16)

    def token_balance(self, address: str) -> int:
        """In the token's atomic units."""
        data = "0x70a08231" + address.removeprefix("0x").lower().rjust(64, "0")
        return int(self.rpc("eth_call", {"to": self.token, "data": data}, "latest"), 16)

    def transactions(self, address: str) -> int:
        """How many transactions of it are mined."""
        return int(self.rpc("eth_getTransactionCount", address, "latest"), 16)

    def fund(self, address: str, wei: int = ETHER) -> None:
        self.rpc("anvil_setBalance", address, hex(wei))

    def fund_token(self, address: str, amount: int) -> None:
        """Sets the token's balance, which its mapping keeps in slot 0."""
        from eth_utils.crypto import keccak

        slot = keccak(bytes.fromhex(address.removeprefix("0x").lower().rjust(64, "0") + "0" * 64))
        self.rpc("anvil_setStorageAt", self.token, "0x" + slot.hex(), f"0x{amount:064x}")

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Puts the chain back to where it was, so that the next run meets the same nonce, fees and balances."""
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            # The node drops a transaction from its pool a moment after the receipt is there. Sent once more before that, it is
            # refused as one that is already imported.
            while int(self.rpc("txpool_status")["pending"], 16) > 0:
                pass
            self.rpc("evm_revert", snapshot)


@contextmanager
def running_world() -> Iterator[World]:
    child = subprocess.Popen(
        ["node", str(ROOT / "e2e" / "world" / "serve.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        told = json.loads(child.stdout.readline())
        yield World(told["rpcUrl"], told["token"])
    finally:
        child.stdin.close()
        child.wait(PATIENCE_S)
        child.stdout.close()


def fresh_account(name: str) -> Any:
    """An account that nobody has used, the same for the same name."""
    from eth_account import Account

    return Account.from_key(hashlib.sha256(f"python test account {name}".encode()).digest())


def fresh_address(name: str) -> str:
    return str(fresh_account(name).address)


def make_wallet(world: World, name: str, rpc_url: str | None = None, wei: int = ETHER) -> Any:
    """An EthAccountWalletProvider with an account of its own."""
    from coinbase_agentkit import EthAccountWalletProvider, EthAccountWalletProviderConfig

    guard_network()
    account = fresh_account(name)
    world.fund(account.address, wei)
    config = EthAccountWalletProviderConfig(account=account, chain_id="84532", rpc_url=rpc_url or world.rpc_url)
    return EthAccountWalletProvider(config)


def make_kit(wallet: Any, providers: list[Any] | None = None) -> Any:
    """A real AgentKit with its wallet and ERC-20 actions, unless others are given."""
    from coinbase_agentkit import AgentKit, AgentKitConfig, erc20_action_provider, wallet_action_provider

    given = [wallet_action_provider(), erc20_action_provider()] if providers is None else providers
    return AgentKit(AgentKitConfig(wallet_provider=wallet, action_providers=given))


def invoke(kit: Any, name: str, args: Any) -> Any:
    """Runs an action of a kit by its name."""
    (action,) = [action for action in kit.get_actions() if action.name == name]
    return action.invoke(args)


def transfer(to: str, ether: str) -> dict[str, str]:
    """The arguments of a native transfer, in whole units."""
    return {"to": to, "value": str(Decimal(ether))}
