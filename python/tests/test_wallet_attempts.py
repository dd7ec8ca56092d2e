"""To which attempt a wallet call belongs, and to which kit its wallet."""

# mypy: disable-error-code="import-untyped"
import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from coinbase_agentkit.network import Network

from agentkit_policy import ActionContext, ActionDeniedError, PolicyDecision, allow, deny, policy_context, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .own_action import MILLI, OWN_ACTION, declaring, in_thread, own_action, pay, said
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

TO = fresh_address("attempts to")
ETH = '{ id: eth, limit: native, max: "0.01", window: day }'
PolicyFiles = Callable[..., PolicyFile]


def test_calls_outside_of_any_action_are_attempts_of_their_own_and_share_the_budget(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(ETH), fresh_address("attempts outside")
    kit = with_policy(make_kit(make_wallet(world, "attempts outside from")), policy)
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.004")).startswith("Transferred")
    assert pay(kit.wallet_provider, to, 4 * MILLI) == f"sent {4 * MILLI}"
    with pytest.raises(ActionDeniedError) as denied:
        pay(kit.wallet_provider, to, 4 * MILLI)
    assert denied.value.code == "over_limit"
    assert pay(kit.wallet_provider, to, 2 * MILLI) == f"sent {2 * MILLI}"
    assert policy.counted("eth") == world.balance(to) == 10 * MILLI


@pytest.mark.parametrize(("way", "is_its_own"), [("bound", True), ("to_thread", True), ("unbound", False)])
def test_a_call_from_a_thread_is_the_actions_own_only_if_it_was_carried_there(
    world: World, policy_file: PolicyFiles, way: str, is_its_own: bool
) -> None:
    policy, to = policy_file(ETH), fresh_address(f"attempts thread {way}")
    judge = Judge()

    def body(wallet: Any, args: Any) -> str:
        outcome: list[str] = []

        def work() -> None:
            outcome.append(said(lambda: pay(wallet, to, 5 * MILLI)))

        if way == "to_thread":
            asyncio.run(asyncio.to_thread(work))
        else:
            in_thread(policy_context.bind(work) if way == "bound" else work)
        return outcome[0]

    bare = make_kit(make_wallet(world, f"attempts thread from {way}"), [own_action(body)])
    kit = with_policy(bare, [judge, policy], **declaring(5 * MILLI, to))
    assert invoke(kit, OWN_ACTION, {}) == f"sent {5 * MILLI}"
    own, *others = judge.actions
    assert [context.action_id == own.action_id for context in judge.calls] == [is_its_own]
    assert [context.action_name for context in others] == ([] if is_its_own else ["WalletProvider.send_transaction"])
    assert policy.counted("eth") == world.balance(to) == 5 * MILLI


@pytest.mark.parametrize("bound", [True, False])
def test_a_call_from_a_thread_knows_the_user_only_if_it_was_bound(world: World, policy_file: PolicyFiles, bound: bool) -> None:
    policy = policy_file('{ id: eth, limit: native, max: "0.01", per: [user], window: day }')
    wallet = with_policy(make_kit(make_wallet(world, f"attempts user {bound}")), policy).wallet_provider
    to = fresh_address(f"attempts user to {bound}")
    outcome: list[str] = []

    def work() -> None:
        outcome.append(said(lambda: pay(wallet, to, MILLI)))

    with policy_context(user_id="u1"):
        in_thread(policy_context.bind(work) if bound else work)
    if bound:
        assert outcome == [f"sent {MILLI}"]
    else:
        assert outcome[0].startswith("ActionDeniedError: denied by policy (missing_scope)")
    assert policy.counted("eth") == world.balance(to) == (MILLI if bound else 0)


def test_the_wallet_of_another_kit_is_judged_by_that_kits_policy(world: World) -> None:
    ours, theirs = Judge(), Judge(call=lambda context: deny("not yours", code="theirs"))
    our_wallet, their_wallet = make_wallet(world, "attempts ours"), make_wallet(world, "attempts theirs")
    their_kit = with_policy(make_kit(their_wallet), theirs)

    def body(wallet: Any, args: Any) -> str:
        foreign = said(lambda: pay(their_kit.wallet_provider, TO, 1))
        through_kit = invoke(their_kit, NATIVE_TRANSFER, transfer(TO, "0.001"))
        return "\n".join([foreign, through_kit.split("\n")[0], said(lambda: pay(wallet, TO, 1))])

    kit = with_policy(make_kit(our_wallet, [own_action(body)]), ours)
    # A denial by their policy ends nothing of ours.
    assert invoke(kit, OWN_ACTION, {}).split("\n") == [
        "ActionDeniedError: denied by policy (theirs): not yours",
        "Error: denied by policy (theirs): not yours",
        "sent 1",
    ]
    assert [context.action_name for context in ours.actions] == [OWN_ACTION]
    assert len(ours.calls) == 1
    assert [context.action_name for context in theirs.actions] == ["WalletProvider.send_transaction", NATIVE_TRANSFER]
    assert {context.parent_action_id for context in theirs.actions} == {ours.actions[0].action_id}
    assert world.transactions(their_wallet.get_address()) == 0


def test_an_action_inside_an_action_is_an_attempt_of_its_own(world: World, policy_file: PolicyFiles) -> None:
    policy, judge, to = policy_file(ETH), Judge(), fresh_address("attempts nested")

    def body(wallet: Any, args: Any) -> str:
        inner = invoke(kit, NATIVE_TRANSFER, transfer(to, "0.003")).split(" to ")[0]
        return f"{inner}, {said(lambda: pay(wallet, to, MILLI))}"

    bare = make_kit(make_wallet(world, "attempts nested from"))
    bare.action_providers.append(own_action(body))
    kit = with_policy(bare, [judge, policy], **declaring(MILLI, to))
    assert invoke(kit, OWN_ACTION, {}) == f"Transferred 0.003 ETH, sent {MILLI}"
    outer, inner = judge.actions
    assert inner.parent_action_id == outer.action_id
    assert [context.action_id for context in judge.calls] == [inner.action_id, outer.action_id]
    assert policy.counted("eth") == world.balance(to) == 4 * MILLI


def test_a_wallet_that_takes_the_place_of_the_kits_is_guarded_too(world: World, policy_file: PolicyFiles) -> None:
    policy, to = (
        policy_file('{ id: eth, limit: native, max: "0.01", per: [wallet], window: day }'),
        fresh_address("attempts replaced to"),
    )
    first, second = make_wallet(world, "attempts first"), make_wallet(world, "attempts second")
    bare = make_kit(first)
    kit = with_policy(bare, policy)
    (old,) = [action for action in kit.get_actions() if action.name == NATIVE_TRANSFER]
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.006")).startswith("Transferred")
    bare.wallet_provider = second
    assert kit.wallet_provider is not second
    assert kit.wallet_provider.get_address() == second.get_address()
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.006")).startswith("Transferred")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.006")).startswith("Error: denied by policy (over_limit)")
    # An action that was handed out before keeps the wallet that it was made with, guarded.
    assert old.invoke(transfer(to, "0.006")).startswith("Error: denied by policy (over_limit)")
    assert old.invoke(transfer(to, "0.001")).startswith("Transferred")
    assert (world.transactions(first.get_address()), world.transactions(second.get_address())) == (2, 1)
    assert policy.counted("eth") == world.balance(to) == 13 * MILLI


@pytest.mark.parametrize("when", ["in the action", "in the decision"])
def test_a_wallet_that_changes_its_chain_meanwhile_is_refused(world: World, policy_file: PolicyFiles, when: str) -> None:
    policy, wallet = policy_file(ETH), make_wallet(world, f"attempts changing {when}")
    own, elsewhere = wallet.get_network(), Network(protocol_family="evm", chain_id="8453", network_id="base-mainnet")

    def change(context: ActionContext) -> PolicyDecision:
        if when == "in the decision":
            wallet._network = elsewhere
        return allow()

    def body(bound: Any, args: Any) -> str:
        if when == "in the action":
            wallet._network = elsewhere
        return said(lambda: pay(bound, TO, MILLI))

    kit = with_policy(make_kit(wallet, [own_action(body)]), [policy, Judge(call=change)], **declaring(MILLI, TO))
    assert invoke(kit, OWN_ACTION, {}).startswith("Error: denied by policy (context_changed)")
    assert (world.transactions(wallet.get_address()), policy.counted("eth"), policy.open("eth")) == (0, 0, 0)
    wallet._network = own
    assert pay(kit.wallet_provider, TO, 1) == "sent 1" if when == "in the action" else True


def test_a_policy_that_spends_while_it_decides_is_refused_at_once_and_the_call_goes_on(world: World) -> None:
    tried: list[str] = []

    def spend(context: ActionContext) -> PolicyDecision:
        tried.append(said(lambda: pay(kit.wallet_provider, TO, 7)))
        tried.append(invoke(kit, NATIVE_TRANSFER, transfer(TO, "0.001")))
        return allow()

    wallet = make_wallet(world, "attempts reentrant")
    kit = with_policy(make_kit(wallet), Judge(action=spend, call=spend))
    assert invoke(kit, NATIVE_TRANSFER, transfer(TO, "0.001")).startswith("Transferred")
    assert len(tried) == 4
    assert all("denied by policy (reentrant)" in text for text in tried)
    assert world.transactions(wallet.get_address()) == 1
