"""What a wallet is given is what was judged: no argument beside the transaction, and no transaction without its chain."""

# mypy: disable-error-code="import-untyped"
import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import coinbase_agentkit
import pytest
from coinbase_agentkit.network import Network
from eth_account import Account

from agentkit_policy import ActionDeniedError, guard_wallet
from agentkit_policy.agentkit import AUTHORITY

from .conftest import PolicyFile
from .judge import Judge
from .plain import Wallet
from .world import World, fresh_address, make_wallet

PolicyFiles = Callable[..., PolicyFile]

TO = fresh_address("arguments to")
OTHER = fresh_address("arguments other")
ETH = '{ id: eth, limit: native, max: "1", window: day }'
CHAINS = '{ id: test-networks, allow: { networks: ["base-sepolia"] } }'
UNUSED = {"gas": 21_000, "gasPrice": 10**9, "nonce": 0}


class Generous(Wallet):
    """A wallet of somebody's own, which takes more than AgentKit's wallets do."""

    def send_transaction(self, transaction: dict[str, Any], **options: Any) -> str:
        return super().send_transaction({**transaction, **options})

    def native_transfer(self, to: str, value: Any, asset: Any = None, **options: Any) -> str:
        return super().send_transaction({"to": to, "value": value, "asset": asset, **options})

    def sign_message(self, message: str, *more: Any) -> str:
        self.sent.append((message, *more))
        return "0xsigned"

    def sign_transaction(self, *transactions: Any) -> str:
        self.sent.append(transactions)
        return "0xsigned"


_BESIDE: dict[str, Callable[[Any], Any]] = {
    "an option in the place of a field": lambda wallet: wallet.send_transaction({"to": TO, "value": 1}, value=10**19),
    "options for other fields": lambda wallet: wallet.send_transaction({"to": TO, "value": 1}, to=OTHER, value=10**19),
    "a transfer's named option": lambda wallet: wallet.native_transfer(TO, "0.1", asset="USDC"),
    "a transfer's third argument": lambda wallet: wallet.native_transfer(TO, "0.1", "USDC"),
    "a transfer's other options": lambda wallet: wallet.native_transfer(TO, "0.1", to_override=OTHER),
    "a message's second argument": lambda wallet: wallet.sign_message("hello", b"raw"),
    "arguments that the wallet collects": lambda wallet: wallet.sign_transaction({"to": TO, "value": 1, "chainId": 84532}),
}


@pytest.mark.parametrize("call", _BESIDE.values(), ids=_BESIDE.keys())
def test_an_argument_beside_the_known_ones_makes_a_call_unknown(policy_file: PolicyFiles, call: Callable[[Any], Any]) -> None:
    bare = Generous()
    with pytest.raises(ActionDeniedError, match="unknown_effect"):
        call(guard_wallet(bare, policy_file(ETH)))
    assert bare.sent == []


@pytest.mark.parametrize("call", _BESIDE.values(), ids=_BESIDE.keys())
def test_a_policy_in_python_sees_that_there_is_an_argument_beside_the_known_ones(call: Callable[[Any], Any]) -> None:
    bare, judge = Generous(), Judge()
    call(guard_wallet(bare, judge))
    assert judge.calls[0].args["otherFields"] == ["arguments"]
    assert len(bare.sent) == 1


def test_the_ordinary_calls_of_a_wallet_that_takes_more_pass(policy_file: PolicyFiles) -> None:
    bare, judge = Generous(), Judge()
    wallet = guard_wallet(bare, [judge, policy_file(ETH)])
    wallet.send_transaction({"to": TO, "value": 1})
    wallet.send_transaction(transaction={"to": TO, "value": 1})
    wallet.native_transfer(TO, "0.1")
    wallet.native_transfer(value=Decimal("0.1"), to=TO)
    wallet.sign_message("hello")
    assert len(bare.sent) == 5
    assert all("otherFields" not in context.args for context in judge.calls)
    with pytest.raises(ActionDeniedError, match="over_limit"):
        wallet.native_transfer(TO, "0.9")


def _plain(name: str) -> tuple[Any, ...]:
    return {"native_transfer": (TO, Decimal("0.1")), "sign_message": ("hello",), "sign_typed_data": ({"message": {}},)}.get(
        name, ({"to": TO, "value": 1},)
    )


def _ways_of_agentkit() -> Iterator[tuple[type, str]]:
    for name in ("EthAccount", "CdpEvm", "CdpSmart", "CdpSolana"):
        wallet = getattr(coinbase_agentkit, f"{name}WalletProvider")
        yield from ((wallet, method) for method in AUTHORITY if hasattr(wallet, method))


def _recording(wallet: type, method: str, given: list[Any]) -> Any:
    """A wallet of AgentKit's class whose method takes what AgentKit's own takes, and does nothing."""
    is_solana = "Solana" in wallet.__name__
    network = Network(
        protocol_family="svm" if is_solana else "evm", chain_id=None if is_solana else "84532", network_id="base-sepolia"
    )

    def record(self: Any, *args: Any, **named: Any) -> str:
        given.append((*args, *named.values()))
        return "0x"

    vars(record)["__signature__"] = inspect.signature(getattr(wallet, method))
    facts = {"get_address": lambda self: TO, "get_network": lambda self: network, "get_balance": lambda self: 10**18}
    # A send that is its class's own would look for its last transaction on a chain.
    return object.__new__(type("Recording", (wallet,), {"send_transaction": record, method: record, **facts}))


@pytest.mark.parametrize(("wallet", "method"), _ways_of_agentkit(), ids=lambda value: getattr(value, "__name__", value))
def test_the_ordinary_calls_of_agentkits_wallets_have_no_argument_beside_the_known_ones(wallet: type, method: str) -> None:
    given, judge, arguments = list[Any](), Judge(), _plain(method)
    guarded = guard_wallet(_recording(wallet, method, given), judge)
    names = [name for name in inspect.signature(getattr(wallet, method)).parameters if name != "self"]
    assert names == (["to", "value"] if method == "native_transfer" else [names[0]])
    getattr(guarded, method)(*arguments)
    getattr(guarded, method)(**dict(zip(names, arguments, strict=True)))
    assert len(given) == len(judge.calls) == 2
    assert all("otherFields" not in context.args for context in judge.calls)


@pytest.mark.parametrize("method", ["send_transaction", "sign_transaction"])
def test_a_transaction_whose_chain_is_none_is_unknown(world: World, policy_file: PolicyFiles, method: str) -> None:
    bare = make_wallet(world, f"arguments none {method}")
    wallet = guard_wallet(bare, policy_file(ETH, CHAINS))
    transaction = {"to": TO, "value": 1, **(UNUSED if method == "sign_transaction" else {})}
    with pytest.raises(ActionDeniedError, match="unknown_effect"):
        getattr(wallet, method)({**transaction, "chainId": None})
    assert world.transactions(bare.get_address()) == 0
    assert getattr(wallet, method)({**transaction, "chainId": 84532})


@pytest.mark.parametrize(("chain", "plain"), [(84532, 84532), ("0x14a34", "0x14a34"), (b"\x01\x4a\x34", {"$bytes": "AUo0"})])
def test_a_chain_that_is_there_is_judged_and_handed_over_as_it_is_written(
    policy_file: PolicyFiles, chain: Any, plain: Any
) -> None:
    bare, judge = Careful(), Judge()
    transaction = {"to": TO, "value": 1, "chainId": chain}
    guard_wallet(bare, [judge, policy_file(ETH, CHAINS)]).sign_transaction(dict(transaction))
    assert judge.calls[0].args["unread"]["transaction"]["chainId"] == plain
    assert bare.sent == [transaction]


def test_a_transaction_that_is_signed_without_a_chain_is_signed_for_the_wallets_own(
    world: World, policy_file: PolicyFiles
) -> None:
    bare, judge = make_wallet(world, "arguments absent"), Judge()
    transaction = {"to": TO, "value": 1, **UNUSED}
    signed = guard_wallet(bare, [judge, policy_file(ETH, CHAINS)]).sign_transaction(dict(transaction))
    assert signed == bare.sign_transaction({**transaction, "chainId": 84532})
    assert judge.calls[0].args["unread"]["transaction"]["chainId"] == 84532


class Careful(Wallet):
    """Remembers what it is given to sign."""

    def sign_transaction(self, transaction: dict[str, Any]) -> str:
        self.sent.append(transaction)
        return "0xsigned"


class Careless(Wallet):
    """Signs what it is given, and fills nothing in."""

    account = Account.from_key("0x" + "11" * 32)

    def sign_transaction(self, tx: dict[str, Any]) -> Any:
        return self.account.sign_transaction(tx)


def test_a_wallet_that_fills_nothing_in_signs_for_its_own_chain_all_the_same(policy_file: PolicyFiles) -> None:
    transaction = {"to": TO, "value": 1, **UNUSED}
    given = dict(transaction)
    # Valid on every chain, as of before EIP-155.
    assert Careless().sign_transaction(dict(transaction)).v in (27, 28)
    signed = guard_wallet(Careless(), policy_file(ETH, CHAINS)).sign_transaction(given)
    assert signed.v in (84532 * 2 + 35, 84532 * 2 + 36)
    assert given == transaction
