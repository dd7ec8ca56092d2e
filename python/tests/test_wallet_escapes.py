"""A guarded wallet hands out nothing that leads around its guard."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
import copy
import inspect
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from coinbase_agentkit import EthAccountWalletProvider
from coinbase_agentkit.wallet_providers.evm_wallet_provider import EvmWalletSigner

from agentkit_policy import ActionDeniedError, PolicySetupError, deny, guard_wallet, with_policy

from .judge import Judge
from .own_action import OWN_ACTION, own_action
from .world import World, fresh_account, fresh_address, invoke, make_kit, make_wallet

TO = fresh_address("escapes to")


class OtherWalletProvider(EthAccountWalletProvider):
    """A wallet of somebody's own, with more to hand out than AgentKit's."""

    api_key = "hush"
    api_key_id = "key 7"
    mnemonic_phrase = "hush hush"
    retries = 3
    limit = Decimal("0.5")
    endpoint = "http://127.0.0.1:1/"
    hosts = ["127.0.0.1"]

    def get_client(self) -> Any:
        return self.web3

    def export_wallet(self) -> Any:
        return self.account.key

    def _get_cdp_sdk_network(self) -> Any:
        return self

    def client_of(self, chain: str) -> Any:
        return self.web3

    @property
    def broken(self) -> Any:
        raise AttributeError("there is no such thing")


@pytest.fixture
def bare(world: World, request: pytest.FixtureRequest) -> Any:
    return make_wallet(world, request.node.name)


@pytest.fixture
def other(bare: Any) -> Any:
    wallet = object.__new__(OtherWalletProvider)
    wallet.__dict__.update(vars(bare))
    return wallet


@pytest.mark.parametrize("name", ["account", "web3", "config", "_network", "api_key", "mnemonic_phrase", "hosts"])
def test_a_field_that_leads_around_the_guard_or_holds_a_secret_is_denied_where_it_is_read(other: Any, name: str) -> None:
    judge = Judge()
    wallet = guard_wallet(other, judge)
    assert getattr(other, name)
    for read in (lambda: getattr(wallet, name), lambda: getattr(wallet, name, None), lambda: hasattr(wallet, name)):
        with pytest.raises(ActionDeniedError) as denied:
            read()
        assert denied.value.code == "escape_denied"
    assert judge.actions == []


def test_a_field_that_is_plain_is_read_as_of_the_bare_wallet(bare: Any, other: Any) -> None:
    wallet = guard_wallet(other, Judge())
    for name in ("_gas_limit_multiplier", "_fee_per_gas_multiplier", "api_key_id", "retries", "limit", "endpoint"):
        assert getattr(wallet, name) == getattr(other, name)
    bare._gas_limit_multiplier = 1.5
    assert guard_wallet(bare, Judge())._gas_limit_multiplier == 1.5


def test_what_the_wallet_does_not_have_its_guard_does_not_have_either(bare: Any, other: Any) -> None:
    for wallet, names in ((bare, ("get_client", "_web3", "_owner", "nothing")), (other, ("broken", "_web3"))):
        guarded = guard_wallet(wallet, Judge())
        assert [hasattr(guarded, name) for name in names] == [False] * len(names)
        assert [getattr(guarded, name, 7) for name in names] == [7] * len(names)
        with pytest.raises(AttributeError, match=names[0] if wallet is bare else "no such thing"):
            getattr(guarded, names[0])


@pytest.mark.parametrize("name", ["get_client", "export_wallet"])
def test_a_method_that_hands_out_a_client_or_a_key_is_denied_when_it_is_called(other: Any, name: str) -> None:
    judge = Judge()
    wallet = guard_wallet(other, judge)
    # Asking whether there is one is what AgentKit's faucet does.
    assert callable(getattr(wallet, name))
    with pytest.raises(ActionDeniedError) as denied:
        getattr(wallet, name)()
    assert denied.value.code == "escape_denied"
    assert judge.calls == []


def test_a_method_that_nobody_knows_is_judged_before_it_hands_out_anything(other: Any) -> None:
    judge = Judge(call=lambda context: deny("never heard of it"))
    wallet = guard_wallet(other, judge)
    with pytest.raises(ActionDeniedError, match="never heard of it"):
        wallet.client_of("eip155:1")
    assert judge.methods == [("unknown", "client_of")]
    assert judge.calls[0].args["unread"] == {"chain": "eip155:1"}


def test_a_guarded_wallet_cannot_be_changed(bare: Any) -> None:
    wallet, before = guard_wallet(bare, Judge()), dict(vars(bare))

    def set_name() -> None:
        wallet.get_name = lambda: "mine"

    def delete_account() -> None:
        del wallet.account

    changes: list[Callable[[], Any]] = [
        set_name,
        delete_account,
        lambda: setattr(wallet, "account", fresh_account("mine")),
        lambda: wallet.__setattr__("account", fresh_account("mine")),
        lambda: wallet.__init__(bare.config),
        lambda: EthAccountWalletProvider.__init__(wallet, bare.config),
    ]
    for change in changes:
        with pytest.raises(ActionDeniedError, match="cannot be changed") as denied:
            change()
        assert denied.value.code == "escape_denied"
    assert vars(bare) == before
    assert wallet.get_name() == "eth_account_wallet_provider"


def test_copies_and_insides_of_a_guarded_wallet_hold_nothing_of_the_bare_one(world: World, bare: Any) -> None:
    judge = Judge(call=lambda context: deny("no"))
    wallet = guard_wallet(bare, judge)
    assert vars(wallet) == {}
    assert wallet.__dict__ == {}
    assert object.__getattribute__(wallet, "__dict__") == {}
    with pytest.raises(AttributeError):
        object.__getattribute__(wallet, "account")
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(wallet)
    for another in (copy.copy(wallet), copy.deepcopy(wallet)):
        assert vars(another) == {}
        with pytest.raises(ActionDeniedError):
            _ = another.account
        with pytest.raises(ActionDeniedError):
            another.send_transaction({"to": TO, "value": 1})
    assert world.transactions(bare.get_address()) == 0


def test_the_methods_of_its_class_see_only_the_guarded_wallet(world: World, bare: Any) -> None:
    judge = Judge(call=lambda context: deny("no"))
    wallet = guard_wallet(bare, judge)
    transaction = {"to": TO, "value": 1}
    calls: list[Callable[[], Any]] = [
        lambda: EthAccountWalletProvider.send_transaction(wallet, dict(transaction)),
        lambda: type(wallet).send_transaction(wallet, dict(transaction)),
        lambda: super(type(wallet), wallet).send_transaction(dict(transaction)),
        lambda: object.__getattribute__(wallet, "send_transaction")(dict(transaction)),
        lambda: EthAccountWalletProvider.sign_message(wallet, "hello"),
    ]
    for call in calls:
        with pytest.raises(ActionDeniedError) as denied:
            call()
        assert denied.value.code == "escape_denied"
    # This one goes through the wallet's own public methods only, which are judged.
    with pytest.raises(Exception, match=r"denied by policy \(denied\): no"):
        EthAccountWalletProvider.native_transfer(wallet, TO, Decimal("0.001"))
    assert judge.methods == [("send", "send_transaction")]
    assert world.transactions(bare.get_address()) == 0


def test_its_methods_name_neither_the_bare_wallet_nor_a_method_of_it(bare: Any) -> None:
    wallet = guard_wallet(bare, Judge())
    for name in (name for name in dir(type(bare)) if not name.startswith("_")):
        method = getattr(wallet, name)
        assert inspect.unwrap(method) is method
        assert getattr(method, "__self__", None) is None
        assert getattr(method, "__func__", None) is None
        assert vars(method) == {}
        assert method.__name__ == name


def test_a_read_that_answers_with_the_wallet_itself_answers_with_the_guarded_one(other: Any) -> None:
    wallet = guard_wallet(other, Judge())
    assert other._get_cdp_sdk_network() is other
    assert wallet._get_cdp_sdk_network() is wallet


def test_a_signer_that_is_not_made_of_the_guarded_wallet_is_denied(bare: Any) -> None:
    class AccountSigner(EthAccountWalletProvider):
        def to_signer(self) -> Any:
            return self.account

    class RawSigner(EthAccountWalletProvider):
        def to_signer(self) -> Any:
            return bare.account

    class OtherSigner(EthAccountWalletProvider):
        def to_signer(self) -> Any:
            return EvmWalletSigner(bare)

    classes: list[Any] = [AccountSigner, RawSigner, OtherSigner]
    for wallet_class in classes:
        wallet = object.__new__(wallet_class)
        wallet.__dict__.update(vars(bare))
        with pytest.raises(ActionDeniedError) as denied:
            guard_wallet(wallet, Judge()).to_signer()
        assert denied.value.code == "escape_denied"


@pytest.mark.parametrize(
    "escape",
    [
        lambda wallet: wallet.account,
        lambda wallet: wallet.web3,
        lambda wallet: wallet.get_client(),
        lambda wallet: setattr(wallet, "account", None),
    ],
    ids=["account", "web3", "get_client", "a change"],
)
def test_an_escape_that_an_action_tries_ends_its_spending(world: World, other: Any, escape: Callable[[Any], Any]) -> None:
    def body(wallet: Any, args: Any) -> str:
        try:
            escape(wallet)
        except Exception as error:
            first = str(error)
        try:
            wallet.send_transaction({"to": TO, "value": 1})
        except Exception as error:
            return f"{first}, then {error}"
        return "sent"

    judge = Judge()
    kit = with_policy(make_kit(other, [own_action(body)]), judge)
    headline, own = invoke(kit, OWN_ACTION, {}).split("\n")
    assert headline.startswith("Error: denied by policy (escape_denied): ")
    assert own.count("denied by policy (escape_denied)") == 2
    assert judge.calls == []
    assert world.transactions(other.get_address()) == 0
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("on_action_error", "failed")]
    # The next attempt begins afresh.
    assert kit.wallet_provider.send_transaction({"to": TO, "value": 1}).startswith("0x")


def test_a_wallet_cannot_be_guarded_twice_nor_given_to_a_kit_that_is_guarded_too(bare: Any) -> None:
    wallet = guard_wallet(bare, Judge())
    kit = with_policy(make_kit(bare), Judge())
    calls: list[Callable[[], Any]] = [
        lambda: guard_wallet(wallet, Judge()),
        lambda: guard_wallet(kit.wallet_provider, Judge()),
        lambda: with_policy(make_kit(wallet), Judge()),
        lambda: with_policy(make_kit(kit.wallet_provider), Judge()),
        lambda: with_policy(kit, Judge()),
        lambda: with_policy(kit, None),
    ]
    for twice in calls:
        with pytest.raises(PolicySetupError) as refused:
            twice()
        assert refused.value.code == "already_guarded"
    assert guard_wallet(bare, Judge()).get_address() == wallet.get_address()
