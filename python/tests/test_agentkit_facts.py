"""What the shim believes of the installed AgentKit. When one of these fails, read ``agentkit.py`` before anything else."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import coinbase_agentkit
import pytest
from coinbase_agentkit import EthAccountWalletProvider, EvmWalletProvider, WalletProvider
from coinbase_agentkit.wallet_providers import evm_wallet_provider

from agentkit_policy.agentkit import (
    AUTHORITY,
    DERIVED,
    ESCAPES,
    READS,
    RECEIPT,
    has_unmined_transactions,
    is_eth_accounts_own,
    read_wallet_facts,
)

from .flaky_node import FlakyNode, flaky_node
from .mining import mining_by_hand
from .world import World, fresh_account, fresh_address, make_wallet

KNOWN = READS | DERIVED | ESCAPES | AUTHORITY.keys() | {RECEIPT}
TO = fresh_address("facts to")


@pytest.fixture
def node(world: World) -> Iterator[FlakyNode]:
    with flaky_node(world.rpc_url) as running:
        yield running


def methods_of(wallet_class: type) -> set[str]:
    names = {name for name in dir(wallet_class) if not name.startswith(("__", "_abc_"))}
    return {name for name in names if callable(getattr(wallet_class, name))}


def test_the_wallets_that_agentkit_has_are_those_that_were_looked_at() -> None:
    classes = [value for value in vars(coinbase_agentkit.wallet_providers).values() if isinstance(value, type)]
    assert {each.__name__ for each in classes if issubclass(each, WalletProvider)} == {
        "WalletProvider",
        "EvmWalletProvider",
        "EthAccountWalletProvider",
        "CdpEvmWalletProvider",
        "CdpSmartWalletProvider",
        "CdpSolanaWalletProvider",
    }


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        # Reports a wallet to AgentKit's analytics. Nobody calls it twice, and what nobody knows is judged.
        ("EthAccountWalletProvider", {"track_initialization"}),
        ("CdpEvmWalletProvider", {"track_initialization", "_run_async"}),
        ("CdpSolanaWalletProvider", {"track_initialization", "_run_async"}),
        # Its calls are a batch that is not decoded yet.
        ("CdpSmartWalletProvider", {"track_initialization", "_run_async", "send_user_operation"}),
    ],
)
def test_every_method_of_a_wallet_is_known_or_is_judged_as_unknown(name: str, unknown: set[str]) -> None:
    assert methods_of(getattr(coinbase_agentkit, name)) - KNOWN == unknown


def test_every_way_by_which_authority_leaves_an_evm_wallet_is_known_as_one() -> None:
    reads = {name for name in methods_of(EvmWalletProvider) if name.startswith(("get_", "read_", "wait_for_", "track_"))}
    assert methods_of(EvmWalletProvider) - reads == {
        "native_transfer",
        "send_transaction",
        "sign_transaction",
        "sign_typed_data",
        "sign_message",
        "to_signer",
    }
    assert methods_of(EvmWalletProvider) - reads <= AUTHORITY.keys() | DERIVED
    assert (READS | {RECEIPT}) & AUTHORITY.keys() == set()


def test_the_fields_of_an_eth_account_are_those_that_were_looked_at(world: World) -> None:
    fields = vars(make_wallet(world, "facts fields"))
    assert fields.keys() == {"config", "account", "web3", "_network", "_gas_limit_multiplier", "_fee_per_gas_multiplier"}


def test_the_facts_of_a_wallet_are_read_by_the_names_of_the_contract(world: World) -> None:
    assert read_wallet_facts(make_wallet(world, "facts")) == {
        "walletAddress": fresh_address("facts").lower(),
        "network": "base-sepolia",
        "chainId": "eip155:84532",
    }


def test_a_signer_holds_nothing_but_the_wallet_that_made_it(world: World) -> None:
    wallet = make_wallet(world, "facts signer")
    signer = wallet.to_signer()
    assert type(signer) is evm_wallet_provider.EvmWalletSigner
    assert vars(signer) == {"_wallet_provider": wallet}


def test_a_native_transfer_uses_no_more_of_the_wallet_than_its_public_send_and_its_receipt(world: World) -> None:
    bare = make_wallet(world, "facts native")
    used: list[str] = []

    class Watched(EthAccountWalletProvider):
        # What the wallet's send and receipt use in their turn is not what its native_transfer uses.
        send_transaction = staticmethod(bare.send_transaction)
        wait_for_transaction_receipt = staticmethod(bare.wait_for_transaction_receipt)

        def __getattribute__(self, name: str) -> Any:
            used.append(name)
            return super().__getattribute__(name)

    object.__new__(Watched).native_transfer(TO, Decimal("0.001"))
    assert used == ["native_transfer", "send_transaction", "wait_for_transaction_receipt"]


def test_the_methods_of_eth_account_are_told_from_those_of_a_subclass(world: World) -> None:
    class Own(EthAccountWalletProvider):
        def send_transaction(self, transaction: Any) -> Any:
            return super().send_transaction(transaction)

    wallet = make_wallet(world, "facts subclass")
    own = object.__new__(Own)
    assert is_eth_accounts_own(wallet, "send_transaction")
    assert is_eth_accounts_own(wallet, "native_transfer")
    assert not is_eth_accounts_own(own, "send_transaction")
    assert is_eth_accounts_own(own, "native_transfer")
    assert not is_eth_accounts_own(wallet, "no_such_method")


@pytest.mark.parametrize(
    ("fails_at", "filled_in"),
    [
        ("eth_getTransactionCount", set()),
        ("eth_getBlockByNumber", {"nonce"}),
        ("eth_estimateGas", {"nonce", "maxPriorityFeePerGas", "maxFeePerGas"}),
    ],
)
def test_a_send_that_fails_before_its_gas_is_known_has_signed_and_sent_nothing(
    world: World, node: FlakyNode, fails_at: str, filled_in: set[str]
) -> None:
    wallet = make_wallet(world, f"facts {fails_at}", rpc_url=node.rpc_url)
    node.refused = {fails_at}
    transaction: dict[str, Any] = {"to": TO, "value": 1}
    with pytest.raises(Exception, match=f"{fails_at} is refused"):
        wallet.send_transaction(transaction)
    assert transaction.keys() == {"to", "value", "from", "chainId"} | filled_in
    assert "eth_sendRawTransaction" not in node.methods()
    # Nothing but the node failed: the same transaction goes when it does not.
    node.refused = set()
    wallet.wait_for_transaction_receipt(wallet.send_transaction({"to": TO, "value": 1}))
    assert world.transactions(wallet.get_address()) == 1


def test_gas_is_set_in_the_given_transaction_before_it_is_sent(world: World, node: FlakyNode) -> None:
    wallet = make_wallet(world, "facts gas", rpc_url=node.rpc_url)
    node.refused = {"eth_sendRawTransaction"}
    transaction: dict[str, Any] = {"to": TO, "value": 1}
    with pytest.raises(Exception, match="eth_sendRawTransaction is refused"):
        wallet.send_transaction(transaction)
    assert transaction["nonce"] == 0
    assert transaction["gas"] > 0
    order = [method for method in dict.fromkeys(node.methods()) if method != "eth_chainId"]
    assert order == ["eth_getTransactionCount", "eth_getBlockByNumber", "eth_estimateGas", "eth_sendRawTransaction"]


def test_a_send_takes_the_latest_nonce_whatever_is_pending(world: World, node: FlakyNode) -> None:
    wallet = make_wallet(world, "facts nonce", rpc_url=node.rpc_url)
    address = wallet.get_address()
    with mining_by_hand(world):
        assert not has_unmined_transactions(wallet)
        first = wallet.send_transaction({"to": TO, "value": 1})
        assert has_unmined_transactions(wallet)
        node.asked.clear()
        transaction: dict[str, Any] = {"to": TO, "value": 2}
        with pytest.raises(Exception, match=r"underpriced|already|nonce"):
            wallet.send_transaction(transaction)
        assert [asked for asked in node.asked if asked[0] == "eth_getTransactionCount"] == [
            ("eth_getTransactionCount", [address, "latest"])
        ]
        assert transaction["nonce"] == 0
    assert wallet.wait_for_transaction_receipt(first)["status"] == 1
    assert not has_unmined_transactions(wallet)


def test_a_send_whose_answer_was_lost_is_repeated_and_then_called_an_error(world: World, node: FlakyNode) -> None:
    wallet = make_wallet(world, "facts repeated", rpc_url=node.rpc_url)
    to = fresh_address("facts repeated to")
    node.lost_answers = 1
    with pytest.raises(Exception, match="nonce too low"):
        wallet.send_transaction({"to": to, "value": 5})
    assert node.methods().count("eth_sendRawTransaction") == 2
    assert len(node.taken) == 1
    assert world.balance(to) == 5


def test_a_receipt_names_its_transaction_its_status_and_its_block(world: World) -> None:
    wallet = make_wallet(world, "facts receipt")
    sent = wallet.send_transaction({"to": TO, "value": 1})
    assert sent.startswith("0x")
    receipt = wallet.wait_for_transaction_receipt(sent)
    assert "0x" + bytes(receipt["transactionHash"]).hex() == sent
    assert receipt["status"] == 1
    assert type(receipt["blockNumber"]) is int


def test_a_balance_is_in_wei_and_exact(world: World) -> None:
    wei = 123_456_789_012_345_678_901_234_567
    assert make_wallet(world, "facts balance", wei=wei).get_balance() == wei
    assert fresh_account("facts balance").address == fresh_address("facts balance")
