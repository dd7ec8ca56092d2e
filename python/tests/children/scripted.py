"""An action whose body a test writes, and a wallet that a test can disturb while it sends: on AgentKit's own classes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coinbase_agentkit import (
    ActionProvider,
    EthAccountWalletProvider,
    EthAccountWalletProviderConfig,
    EvmWalletProvider,
    create_action,
    wallet_action_provider,
)
from pydantic import BaseModel

from agentkit_policy import with_policy

from ..world import CHAIN_ID, ETHER, World, fresh_account, guard_network, make_kit, make_wallet

ACT = "Scripted_act"
#: What a body does: it gets the guarded wallet and the action's arguments.
Body = Callable[[Any, dict[str, Any]], str]


class _Arguments(BaseModel):
    to: str
    wei: str


class Scripted(ActionProvider[EvmWalletProvider]):  # type: ignore[misc]
    """One action, ``Scripted_act``, that moves at most ``wei`` to ``to``."""

    def __init__(self, body: Body) -> None:
        super().__init__("scripted", [])
        self._body = body

    @create_action(name="act", description="Does what its test says.", schema=_Arguments)  # type: ignore[untyped-decorator]
    def act(self, wallet_provider: EvmWalletProvider, args: dict[str, Any]) -> str:
        return self._body(wallet_provider, args)

    def supports_network(self, network: Any) -> bool:
        return True


class DisturbedWallet(EthAccountWalletProvider):  # type: ignore[misc]
    """Runs ``disturb`` when its call has been allowed, and then sends as ever."""

    disturb: Callable[[], None]

    def send_transaction(self, transaction: Any) -> Any:
        self.disturb()
        return super().send_transaction(transaction)


def disturbed_wallet(world: World, name: str, disturb: Callable[[], None]) -> DisturbedWallet:
    guard_network()
    account = fresh_account(name)
    world.fund(account.address)
    wallet = DisturbedWallet(EthAccountWalletProviderConfig(account=account, chain_id="84532", rpc_url=world.rpc_url))
    wallet.disturb = disturb
    return wallet


def scripted_kit(world: World, name: str, policy: Any, body: Body, **options: Any) -> Any:
    """A guarded kit with an account of its own, the scripted action and AgentKit's wallet actions."""
    kit = make_kit(make_wallet(world, name), [Scripted(body), wallet_action_provider()])
    return with_policy(kit, policy, describe={ACT: _effects}, **options)


def act(to: str, ether: str, **more: Any) -> dict[str, Any]:
    """The arguments of the scripted action."""
    return {"to": to, "wei": str(int(Decimal(ether) * ETHER)), **more}


def send(wallet: Any, args: dict[str, Any]) -> str:
    """Sends all that the arguments allow, and waits for the receipt."""
    return str(wallet.native_transfer(args["to"], Decimal(args["wei"]) / ETHER))


def _effects(args: Any) -> list[dict[str, Any]]:
    payee = f"{CHAIN_ID}:{args['to'].lower()}"
    asset = f"{CHAIN_ID}/slip44:60"
    return [{"kind": "transfer", "asset": asset, "amount": args["wei"], "counterparty": payee, "basis": "declared"}]
