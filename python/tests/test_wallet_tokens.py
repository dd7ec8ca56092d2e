"""Tokens are counted by what their contract is asked to do, in the unit of the contract, whoever encodes it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, guard_wallet, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .world import CHAIN_ID, TOKEN_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet

TOKEN_APPROVE = "ERC20ActionProvider_approve"
ONE = 10**6
PolicyFiles = Callable[..., PolicyFile]


def limit_of(token: str, most: str = 'max: "100"') -> str:
    return f'{{ id: tokens, limit: "{CHAIN_ID}/erc20:{token.lower()}", {most}, window: day }}'


def call_of(selector: str, *words: int | str) -> str:
    return "0x" + selector + "".join(f"{int(word, 16) if isinstance(word, str) else word:064x}" for word in words)


def allowance(world: World, owner: str, spender: str) -> int:
    data = call_of("dd62ed3e", owner, spender)
    return int(world.rpc("eth_call", {"to": world.token, "data": data}, "latest"), 16)


def funded(world: World, name: str, tokens: int = 1_000) -> Any:
    wallet = make_wallet(world, name)
    world.fund_token(wallet.get_address(), tokens * ONE)
    return wallet


def test_transfers_and_approvals_share_the_tokens_budget_to_the_last_unit(world: World, policy_file: PolicyFiles) -> None:
    policy, wallet = policy_file(limit_of(world.token)), funded(world, "tokens shared")
    kit, to, spender = with_policy(make_kit(wallet), policy), fresh_address("tokens to"), fresh_address("tokens spender")

    def transfer(amount: str) -> str:
        arguments = {"contract_address": world.token, "destination_address": to, "amount": amount}
        return str(invoke(kit, TOKEN_TRANSFER, arguments))

    def approve(amount: str) -> str:
        return str(invoke(kit, TOKEN_APPROVE, {"contract_address": world.token, "spender_address": spender, "amount": amount}))

    assert transfer("60.000001").startswith("Transferred 60.000001 of Test USD")
    # What somebody may take counts when it is granted, and taking it back credits nothing.
    assert approve("30").startswith("Approved 30 Test USD")
    assert approve("0").startswith("Approved 0 Test USD")
    assert policy.counted("tokens") == 90 * ONE + 1
    assert transfer("10").startswith("Error: denied by policy (over_limit)")
    assert approve("10").startswith("Error: denied by policy (over_limit)")
    assert approve("1" + "0" * 72).startswith("Error: denied by policy")
    assert transfer("9.999999").startswith("Transferred 9.999999 of Test USD")
    assert (world.token_balance(to), allowance(world, wallet.get_address(), spender)) == (70 * ONE, 0)
    assert policy.counted("tokens") == 100 * ONE
    assert policy.open("tokens") == 0


def test_calldata_counts_alike_as_text_and_as_bytes(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(limit_of(world.token)), fresh_address("tokens calldata")
    bare = funded(world, "tokens calldata from")
    wallet = guard_wallet(bare, policy)
    data = call_of("a9059cbb", to, 30 * ONE)
    for number, form in enumerate((data, data.upper().replace("0X", "0x"), bytes.fromhex(data[2:])), start=1):
        wallet.wait_for_transaction_receipt(wallet.send_transaction({"to": world.token, "data": form}))
        assert policy.counted("tokens") == world.token_balance(to) == number * 30 * ONE
    with pytest.raises(ActionDeniedError) as denied:
        wallet.send_transaction({"to": world.token, "data": bytes.fromhex(data[2:])})
    assert denied.value.code == "over_limit"


def test_calldata_that_is_not_exactly_a_known_call_is_denied(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(limit_of(world.token)), fresh_address("tokens odd")
    bare = funded(world, "tokens odd from")
    wallet, own = guard_wallet(bare, policy), bare.get_address()
    transfer = call_of("a9059cbb", to, ONE)
    for data, code in (
        (transfer + "00", "unknown_effect"),
        (transfer.replace("0" * 24, "0" * 23 + "1", 1), "unknown_effect"),
        (call_of("23b872dd", to, own, ONE), "unknown_effect"),
        (call_of("40c10f19", own, ONE), "unknown_effect"),
        (call_of("095ea7b3", to, 2**256 - 1), "unlimited_amount"),
    ):
        with pytest.raises(ActionDeniedError) as denied:
            wallet.send_transaction({"to": world.token, "data": data})
        assert denied.value.code == code, data
    assert (world.transactions(own), policy.counted("tokens")) == (0, 0)
    # Moving its own tokens the long way round is moving them. Nobody was allowed to, so that it fails at its estimate.
    with pytest.raises(Exception, match="allowance too low"):
        wallet.send_transaction({"to": world.token, "data": call_of("23b872dd", own, to, ONE)})
    wallet.wait_for_transaction_receipt(wallet.send_transaction({"to": world.token, "data": transfer}))
    assert policy.counted("tokens") == world.token_balance(to) == ONE


def test_the_value_of_a_call_counts_beside_what_its_calldata_moves(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file(limit_of(world.token), '{ id: eth, limit: native, max: "0.01", window: day }')
    wallet = guard_wallet(funded(world, "tokens value"), policy)
    data = call_of("a9059cbb", fresh_address("tokens value to"), ONE)
    with pytest.raises(ActionDeniedError, match="over_limit"):
        wallet.send_transaction({"to": world.token, "data": data, "value": 10**16 + 1})
    # The token takes no coin, which the estimate finds out.
    with pytest.raises(Exception, match="revert"):
        wallet.send_transaction({"to": world.token, "data": data, "value": 10**15})
    assert (policy.counted("eth"), policy.counted("tokens")) == (0, 0)


def test_the_decimals_of_a_token_that_nobody_listed_are_read_from_its_contract(world: World, policy_file: PolicyFiles) -> None:
    other = replace(world, token=fresh_address("tokens unlisted"))
    world.rpc("anvil_setCode", other.token, world.rpc("eth_getCode", world.token, "latest"))
    policy, to = policy_file(limit_of(other.token, 'atomic: "2500000"')), fresh_address("tokens unlisted to")
    wallet, judge = funded(other, "tokens unlisted from"), Judge()
    kit = with_policy(make_kit(wallet), [judge, policy])

    def transfer(amount: str) -> str:
        arguments = {"contract_address": other.token, "destination_address": to, "amount": amount}
        return str(invoke(kit, TOKEN_TRANSFER, arguments))

    assert transfer("2.500001").startswith("Error: denied by policy (over_limit)")
    # Denied with the action already, which only somebody could do who knew the decimals.
    assert (len(judge.actions), judge.calls) == (1, [])
    assert transfer("1.500001").startswith("Transferred 1.500001 of Test USD")
    assert policy.counted("tokens") == other.token_balance(to) == 1_500_001
    assert transfer("1.0000001").startswith("Error: denied by policy (invalid_arguments)")
    assert transfer("0.999999").startswith("Transferred")
    assert policy.counted("tokens") == other.token_balance(to) == 2_500_000


def test_a_token_whose_decimals_cannot_be_read_is_judged_when_it_is_called(world: World, policy_file: PolicyFiles) -> None:
    nowhere = fresh_address("tokens nowhere")
    policy = policy_file(limit_of(nowhere, 'atomic: "1"'))
    kit = with_policy(make_kit(funded(world, "tokens nowhere from")), policy)
    arguments = {"contract_address": nowhere, "destination_address": fresh_address("tokens nowhere to"), "amount": "1"}
    # AgentKit's action cannot read it either, and says so itself.
    assert invoke(kit, TOKEN_TRANSFER, arguments).startswith("Error: Could not fetch token details")
    data = call_of("a9059cbb", arguments["destination_address"], 2)
    with pytest.raises(ActionDeniedError, match="over_limit"):
        kit.wallet_provider.send_transaction({"to": nowhere, "data": data})
    assert policy.counted("tokens") == 0
