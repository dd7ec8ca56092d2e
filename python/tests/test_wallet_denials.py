"""What a denied wallet call ends, and how its denial reads."""

# mypy: disable-error-code="import-untyped"
import time
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, PolicyDecision, allow, deny, policy_context, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .own_action import MILLI, OWN_ACTION, declaring, in_thread, own_action, pay, paying, said
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

TO = fresh_address("denials to")
ETH = '{ id: eth, limit: native, max: "0.01", window: day }'
PolicyFiles = Callable[..., PolicyFile]


def test_one_denied_call_ends_the_attempts_spending_and_asks_nobody_again(world: World) -> None:
    judge = Judge(call=lambda context: deny("too much", code="mine") if len(judge.calls) == 1 else allow())
    wallet = make_wallet(world, "attempts ended")

    def body(bound: Any, args: Any) -> str:
        in_another = []
        first = said(lambda: pay(bound, TO, 1))
        in_thread(policy_context.bind(lambda: in_another.append(said(lambda: pay(bound, TO, 2)))))
        return "\n".join([first, *in_another, said(lambda: bound.sign_message("hello")), said(bound.get_name)])

    kit = with_policy(make_kit(wallet, [own_action(body)]), judge)
    mine = "denied by policy (mine): too much"
    assert invoke(kit, OWN_ACTION, {}).split("\n") == [
        f"Error: {mine}",
        *[f"ActionDeniedError: {mine}"] * 3,
        "eth_account_wallet_provider",
    ]
    assert len(judge.calls) == 1
    assert world.transactions(wallet.get_address()) == 0
    ((hook, error, outcome),) = judge.told
    assert (hook, error.code, outcome["status"], outcome["entered"]) == ("on_action_error", "mine", "failed", True)
    assert invoke(kit, OWN_ACTION, {}).startswith("sent 1\nsent 2\n")


def test_what_was_sent_before_the_denial_counts(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(ETH), fresh_address("attempts before the denial")
    kit = with_policy(
        make_kit(make_wallet(world, "attempts before"), [paying(6 * MILLI, 6 * MILLI, MILLI, to=to)]),
        policy,
        **declaring(6 * MILLI, to),
    )
    assert invoke(kit, OWN_ACTION, {}).startswith("Error: denied by policy (over_limit)")
    assert policy.counted("eth") == world.balance(to) == 6 * MILLI


def test_on_deny_raise_raises_the_denial_with_what_the_action_had_said(world: World) -> None:
    wallet = make_wallet(world, "attempts raise")

    def no(context: ActionContext) -> PolicyDecision:
        return deny("no", code="mine")

    with pytest.raises(ActionDeniedError) as denied:
        invoke(with_policy(make_kit(wallet), Judge(action=no), on_deny="raise"), NATIVE_TRANSFER, transfer(TO, "0.001"))
    assert (denied.value.code, denied.value.reason, denied.value.result) == ("mine", "no", None)
    kit = with_policy(make_kit(wallet), Judge(call=no), on_deny="raise")
    with pytest.raises(ActionDeniedError, match=r"^denied by policy \(mine\): no$") as denied:
        invoke(kit, NATIVE_TRANSFER, transfer(TO, "0.001"))
    assert denied.value.result.startswith("Error during transaction: Failed to transfer native tokens: denied by policy")

    def body(bound: Any, args: Any) -> str:
        try:
            return str(bound.send_transaction({"to": TO, "value": 1}))
        except ActionDeniedError as error:
            raise ValueError("gave up") from error

    own = with_policy(make_kit(wallet, [own_action(body)]), Judge(call=no), on_deny="raise")
    with pytest.raises(ActionDeniedError) as denied:
        invoke(own, OWN_ACTION, {})
    assert isinstance(denied.value.__cause__, ValueError)
    assert world.transactions(wallet.get_address()) == 0
    assert invoke(with_policy(make_kit(wallet), Judge(), on_deny="raise"), NATIVE_TRANSFER, transfer(TO, "0.001")).startswith(
        "Transferred"
    )


def test_a_policy_in_python_and_a_file_both_judge_and_either_denies(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(ETH), fresh_address("attempts both to")
    judge = Judge(call=lambda context: deny("enough") if len(judge.calls) == 2 else allow())
    kit = with_policy(make_kit(make_wallet(world, "attempts both")), [judge, policy])
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.006")).startswith("Transferred")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")).startswith("Error: denied by policy (denied): enough")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.005")).startswith("Error: denied by policy (over_limit)")
    # Denied with the action already, so that no call came.
    assert (len(judge.actions), len(judge.calls)) == (3, 2)
    assert policy.counted("eth") == world.balance(to) == 6 * MILLI
    assert policy.open("eth") == 0
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [
        ("after_action", "succeeded"),
        ("on_action_error", "failed"),
        ("on_action_error", "denied"),
    ]


def test_an_allow_that_has_run_out_is_not_acted_upon(world: World) -> None:
    def slow(context: ActionContext) -> PolicyDecision:
        asked = time.time()
        while time.time() < asked + 0.02:
            time.sleep(0.005)
        return allow(valid_for_ms=10)

    wallet = make_wallet(world, "attempts expired")
    expired = with_policy(make_kit(wallet), Judge(call=slow))
    assert invoke(expired, NATIVE_TRANSFER, transfer(TO, "0.001")).startswith("Error: denied by policy (allow_expired)")
    assert world.transactions(wallet.get_address()) == 0
    fresh = with_policy(make_kit(wallet), Judge(call=lambda context: allow(valid_for_ms=60_000)))
    assert invoke(fresh, NATIVE_TRANSFER, transfer(TO, "0.001")).startswith("Transferred")
