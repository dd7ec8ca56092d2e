"""Every way by which authority leaves an EthAccount's wallet is judged, as what it really is."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from eth_account.messages import encode_defunct
from eth_account.signers.base import BaseAccount
from eth_typing import Hash32

from agentkit_policy import ActionContext, ActionDeniedError, PolicyDecision, allow, deny, guard_wallet, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .patience import PATIENCE_S
from .world import CHAIN_ID, NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

TO = fresh_address("guard to")
ETH = '{ id: eth, limit: native, max: "0.5", window: day }'
UNUSED = {"gas": 21_000, "gasPrice": 10**9, "nonce": 0}
TYPED_DATA = {
    "types": {"EIP712Domain": [{"name": "name", "type": "string"}], "Mail": [{"name": "text", "type": "string"}]},
    "domain": {"name": "Mail"},
    "primaryType": "Mail",
    "message": {"text": "hello"},
}


def sent(wallet: Any, transaction: dict[str, Any]) -> Any:
    """A send, and the wait until it is mined: the next one takes its nonce."""
    transaction_id = wallet.send_transaction(transaction)
    return transaction_id, wallet.wait_for_transaction_receipt(transaction_id)["status"]


#: By name: a call of a wallet, the way by which authority would leave, and the wallet's own method.
CALLS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "native_transfer": (lambda wallet: wallet.native_transfer(TO, Decimal("0.001")), "send", "send_transaction"),
    "send_transaction": (lambda wallet: sent(wallet, {"to": TO, "value": 1}), "send", "send_transaction"),
    "sign_message of text": (lambda wallet: wallet.sign_message("hello"), "sign_message", "sign_message"),
    "sign_message of bytes": (lambda wallet: wallet.sign_message(b"\x00\xff"), "sign_message", "sign_message"),
    "sign_typed_data": (lambda wallet: wallet.sign_typed_data(TYPED_DATA), "sign_typed_data", "sign_typed_data"),
    "sign_transaction": (
        lambda wallet: wallet.sign_transaction({"to": TO, "value": 1, **UNUSED}),
        "sign_transaction",
        "sign_transaction",
    ),
    "a signer's sign_transaction": (
        lambda wallet: wallet.to_signer().sign_transaction({"to": TO, "value": 1, **UNUSED}),
        "sign_transaction",
        "sign_transaction",
    ),
    "a signer's sign_typed_data": (
        lambda wallet: wallet.to_signer().sign_typed_data(full_message=TYPED_DATA),
        "sign_typed_data",
        "sign_typed_data",
    ),
    "track_initialization": (lambda wallet: wallet.track_initialization(), "unknown", "track_initialization"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_judged_once_and_then_does_what_the_bare_wallet_does(world: World, name: str) -> None:
    call, method, wallet_method = CALLS[name]
    wallet, judge = make_wallet(world, f"guard {name}"), Judge()
    with world.put_back():
        own = call(wallet)
    assert call(guard_wallet(wallet, judge)) == own
    assert judge.methods == [(method, wallet_method)]
    (context,) = judge.calls
    assert (context.layer, context.chain_id, context.wallet_address) == ("wallet", CHAIN_ID, wallet.get_address().lower())
    # Outside any attempt it is an attempt of its own, that every policy was asked about first.
    assert [context.action_name for context in judge.actions] == [f"WalletProvider.{wallet_method}"]
    assert context.action_id == judge.actions[0].action_id


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_is_denied_does_nothing(world: World, name: str) -> None:
    call, _, _ = CALLS[name]
    wallet = make_wallet(world, f"guard denied {name}")
    judge = Judge(call=lambda context: deny("not today", code="not_today"))
    with pytest.raises(Exception, match=r"denied by policy \(not_today\): not today"):
        call(guard_wallet(wallet, judge))
    assert len(judge.calls) == 1
    assert world.transactions(wallet.get_address()) == 0
    ((hook, error, outcome),) = judge.told
    assert hook == "on_action_error"
    assert isinstance(error, ActionDeniedError)
    assert (outcome["entered"], outcome["spent"]) == (True, [])


def test_a_signer_of_the_guarded_wallet_is_an_account_that_signs_through_the_guard(world: World) -> None:
    wallet, judge = make_wallet(world, "guard signer"), Judge(call=lambda context: deny("no signatures"))
    guarded = guard_wallet(wallet, judge)
    signer: Any = guarded.to_signer()
    assert isinstance(signer, BaseAccount)
    assert signer.address == wallet.get_address()
    with pytest.raises(ActionDeniedError):
        signer.sign_message(encode_defunct(text="hi"))
    with pytest.raises(ActionDeniedError):
        signer.unsafe_sign_hash(Hash32(b"\x01" * 32))
    assert judge.methods == [("sign_message", "sign_message")] * 2
    assert vars(signer) == {"_wallet_provider": guarded}


def test_reads_and_receipts_ask_nobody(world: World) -> None:
    bare, judge = make_wallet(world, "guard reads"), Judge()
    world.fund_token(bare.get_address(), 7)
    wallet = guard_wallet(bare, judge)
    sent = bare.send_transaction({"to": TO, "value": 1})
    assert wallet.wait_for_transaction_receipt(sent)["status"] == 1
    assert wallet.wait_for_transaction_receipt(tx_hash=sent, timeout=PATIENCE_S)["status"] == 1
    abi = [
        {
            "type": "function",
            "name": "balanceOf",
            "stateMutability": "view",
            "inputs": [{"name": "account", "type": "address"}],
            "outputs": [{"name": "", "type": "uint256"}],
        }
    ]
    assert wallet.read_contract(world.token, abi, "balanceOf", [wallet.get_address()]) == 7
    assert wallet.get_balance() == world.balance(wallet.get_address())
    assert (judge.actions, judge.calls) == ([], [])


def test_a_call_with_fields_of_unknown_meaning_of_another_chain_or_sender_is_denied_as_unknown(
    world: World, policy_file: Callable[..., PolicyFile]
) -> None:
    policy, bare = policy_file(ETH), make_wallet(world, "guard unknown")
    wallet = guard_wallet(bare, policy)
    fields: list[dict[str, Any]] = [
        {"authorizationList": []},
        {"authorizationList": [{"chainId": 84532, "address": TO, "nonce": 0}]},
        {"blobVersionedHashes": ["0x01" + "00" * 31]},
        {"maxFeePerBlobGas": 1},
        {"chainId": 1},
        {"chainId": "0x1"},
        {"from": TO},
        {"type": 3},
        {"type": "0x4"},
        {"input": "0x00"},
        {"account": TO},
    ]
    for field in fields:
        for method in ("send_transaction", "sign_transaction"):
            with pytest.raises(ActionDeniedError) as denied:
                getattr(wallet, method)({"to": TO, "value": 1, **field})
            assert denied.value.code == "unknown_effect", field
    assert world.transactions(bare.get_address()) == 0
    assert policy.counted("eth") == 0
    wallet.send_transaction({"to": TO, "value": 1, "chainId": 84532, "from": bare.get_address(), "type": 2, "accessList": []})
    assert policy.counted("eth") == 1


def test_a_rule_tells_signatures_apart(world: World, policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file(ETH, "{ id: no-messages, deny: { effects: [sign_message] } }")
    bare = make_wallet(world, "guard signatures")
    wallet = guard_wallet(bare, policy)
    with pytest.raises(ActionDeniedError, match="denied_by_rule"):
        wallet.sign_message("hello")
    # What typed data would allow cannot be read yet, and no rule names it.
    with pytest.raises(ActionDeniedError, match="unknown_effect"):
        wallet.sign_typed_data(TYPED_DATA)
    assert wallet.sign_transaction({"to": TO, "value": 1, **UNUSED}).raw_transaction


def test_signatures_that_no_rule_denies_are_those_of_the_bare_wallet(
    world: World, policy_file: Callable[..., PolicyFile]
) -> None:
    policy = policy_file("{ id: signatures, allow: { effects: [sign_message, unknown] } }")
    bare = make_wallet(world, "guard own signatures")
    wallet = guard_wallet(bare, policy)
    assert wallet.sign_message("hello") == bare.sign_message("hello")
    assert wallet.sign_typed_data(TYPED_DATA) == bare.sign_typed_data(TYPED_DATA)
    with pytest.raises(ActionDeniedError, match="not_allowed"):
        wallet.send_transaction({"to": TO, "value": 1})


def test_what_is_sent_is_what_was_judged_whatever_becomes_of_the_callers_object_meanwhile(world: World) -> None:
    other, own = fresh_address("guard other"), fresh_address("guard own")
    transaction: dict[str, Any] = {"to": own, "value": 5}

    def change(context: ActionContext) -> PolicyDecision:
        transaction.update(to=other, value=500)
        context.args["unread"]["transaction"].update(to=other, value=500)
        return allow()

    judge = Judge(call=change)
    wallet = guard_wallet(make_wallet(world, "guard changing"), judge)
    wallet.wait_for_transaction_receipt(wallet.send_transaction(transaction))
    assert (world.balance(own), world.balance(other)) == (5, 0)
    assert transaction == {"to": other, "value": 500}


def test_a_call_with_too_few_or_too_many_arguments_is_a_type_error_as_of_the_bare_wallet(world: World) -> None:
    judge = Judge()
    wallet = guard_wallet(make_wallet(world, "guard arity"), judge)
    with pytest.raises(TypeError):
        wallet.send_transaction()
    with pytest.raises(TypeError):
        wallet.sign_message("one", "two")
    with pytest.raises(TypeError):
        wallet.native_transfer(TO)
    assert judge.actions == []


def test_a_kits_own_transfer_is_judged_once_as_its_send(world: World) -> None:
    judge = Judge()
    kit = with_policy(make_kit(make_wallet(world, "guard once")), judge)
    assert invoke(kit, NATIVE_TRANSFER, transfer(TO, "0.001")).startswith("Transferred")
    assert judge.methods == [("send", "send_transaction")]
    assert [context.action_name for context in judge.actions] == [NATIVE_TRANSFER]
    assert judge.calls[0].action_id == judge.actions[0].action_id
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("after_action", "succeeded")]
