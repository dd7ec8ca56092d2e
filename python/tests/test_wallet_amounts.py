"""Native money is counted to the wei, in whatever form a call is written."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from coinbase_agentkit import EthAccountWalletProvider
from hexbytes import HexBytes
from web3.datastructures import AttributeDict

from agentkit_policy import ActionDeniedError, guard_wallet

from .conftest import PolicyFile
from .patience import until
from .world import ETHER, World, fresh_address, make_wallet

TO = fresh_address("amounts to")
ETH = '{ id: eth, limit: native, max: "0.5", window: day }'
UNUSED = {"gas": 21_000, "gasPrice": 10**9, "nonce": 0}


def test_a_send_counts_to_the_wei_in_whatever_form_it_is_written(world: World, policy_file: Callable[..., PolicyFile]) -> None:
    policy, bare = policy_file(ETH), make_wallet(world, "guard forms")
    wallet, to, wei = guard_wallet(bare, policy), fresh_address("guard forms to"), 54_321_098_765_432_109
    forms: list[Any] = [
        {"to": to, "value": wei},
        {"to": to, "value": hex(wei), "data": "0x"},
        {"to": bytes.fromhex(to[2:]), "value": wei, "data": b"", "type": 2},
        {"to": to, "value": wei, "data": HexBytes("0x"), "type": "0x2", "accessList": []},
        {"to": to, "value": wei, "from": bare.get_address(), "chainId": 84532, "nonce": 4},
        {"to": to, "value": wei, "from": bare.get_address().lower(), "chainId": "0x14a34"},
        AttributeDict({"to": to, "value": wei}),
    ]
    for number, form in enumerate(forms, start=1):
        wallet.wait_for_transaction_receipt(wallet.send_transaction(form))
        assert world.balance(to) == number * wei, form
    assert policy.counted("eth") == len(forms) * wei
    for form in forms[:3]:
        with pytest.raises(ActionDeniedError, match="over_limit"):
            wallet.send_transaction({**form, "value": ETHER // 2 - len(forms) * wei + 1})
    assert policy.counted("eth") == world.balance(to)


def test_a_native_transfer_of_whole_units_counts_to_the_wei(world: World, policy_file: Callable[..., PolicyFile]) -> None:
    policy, to = policy_file(ETH), fresh_address("guard native to")
    wallet = guard_wallet(make_wallet(world, "guard native"), policy)
    assert len(wallet.native_transfer(to, Decimal("0.123456789012345678"))) == 64
    wallet.native_transfer(to=to, value="0.1")
    wallet.native_transfer(to.lower(), 0.1)
    assert policy.counted("eth") == world.balance(to) == 323_456_789_012_345_678
    with pytest.raises(Exception, match=r"Failed to transfer native tokens: denied by policy \(over_limit\)"):
        wallet.native_transfer(to, Decimal("0.176543210987654323"))
    wallet.native_transfer(to, Decimal("0.176543210987654322"))
    assert policy.counted("eth") == world.balance(to) == ETHER // 2


@pytest.mark.parametrize("where", ["in a subclass", "on the wallet itself"])
def test_a_native_transfer_of_somebodys_own_is_judged_by_its_whole_units(
    world: World, policy_file: Callable[..., PolicyFile], where: str
) -> None:
    bare, policy, to = make_wallet(world, f"amounts {where}"), policy_file(ETH), fresh_address(f"amounts {where} to")
    ran: list[Any] = []

    def native_transfer(to: str, value: Any) -> Any:
        ran.append(value)
        sent = bare.send_transaction({"to": to, "value": int(Decimal(value) * ETHER)})
        bare.wait_for_transaction_receipt(sent)
        return sent

    class Own(EthAccountWalletProvider):
        def native_transfer(self, to: str, value: Any) -> Any:
            return native_transfer(to, value)

    own: Any = bare
    if where == "in a subclass":
        own = object.__new__(Own)
        own.__dict__.update(vars(bare))
    else:
        own.native_transfer = native_transfer
    wallet = guard_wallet(own, policy)
    wallet.native_transfer(to, Decimal("0.123456789012345678"))
    wallet.native_transfer(to=to, value="0.1")
    for value in (0.1, Decimal("-0.1"), "1e-3", Decimal("0.1234567890123456789"), None):
        with pytest.raises(ActionDeniedError, match="invalid_arguments"):
            wallet.native_transfer(to, value)
    with pytest.raises(ActionDeniedError, match="over_limit"):
        wallet.native_transfer(to, 1)
    assert ran == [Decimal("0.123456789012345678"), "0.1"]
    assert policy.counted("eth") == world.balance(to) == 223_456_789_012_345_678


def test_a_signed_transaction_counts_as_spent_because_anybody_may_send_it(
    world: World, policy_file: Callable[..., PolicyFile]
) -> None:
    policy, to = policy_file(ETH), fresh_address("guard signed to")
    wallet = guard_wallet(make_wallet(world, "guard signed"), policy)
    signed = wallet.sign_transaction({"to": to, "value": ETHER * 3 // 10, **UNUSED})
    assert policy.counted("eth") == ETHER * 3 // 10
    world.rpc("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())
    until(lambda: world.balance(to) == ETHER * 3 // 10)
    with pytest.raises(ActionDeniedError, match="over_limit"):
        wallet.sign_transaction({"to": to, "value": ETHER * 3 // 10, **UNUSED, "nonce": 1})


def test_a_call_that_has_no_exact_reading_is_denied_before_anybody_is_asked(
    world: World, policy_file: Callable[..., PolicyFile]
) -> None:
    policy, bare = policy_file(ETH), make_wallet(world, "guard unreadable")
    wallet = guard_wallet(bare, policy)
    for transaction in [
        {"to": TO, "value": -1},
        {"to": TO, "value": "one"},
        {"to": TO, "value": True},
        {"to": TO, "value": 0.5},
        {"to": TO, "value": Decimal("0.5")},
        {"to": TO, "value": float("inf")},
        {"to": 5, "value": 1},
        {"to": TO, "data": "0xabc"},
        {"to": TO, "data": "transfer"},
        {"to": TO, "value": 1, 5: "five"},
        {"to": TO, "value": 1, "data": object()},
        "0x02",
        None,
    ]:
        with pytest.raises(ActionDeniedError) as denied:
            wallet.send_transaction(transaction)
        assert denied.value.code in ("invalid_arguments", "unknown_effect"), transaction
    assert world.transactions(bare.get_address()) == 0
    assert policy.counted("eth") == 0
    wallet.send_transaction({"to": TO, "value": 1})
    assert policy.counted("eth") == 1
