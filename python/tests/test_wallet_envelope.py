"""What an action declares is its envelope: wallet calls draw on it, and what it does not cover is judged by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit_policy import with_policy

from .conftest import PolicyFile
from .own_action import MILLI, OWN_ACTION, declaring, native_payment, own_action, pay, paying, said
from .world import World, fresh_address, invoke, make_kit, make_wallet

ETH = '{ id: eth, limit: native, max: "0.01", window: day }'
PolicyFiles = Callable[..., PolicyFile]


def test_an_action_counts_what_it_sends_and_not_what_it_declares(world: World, policy_file: PolicyFiles) -> None:
    policy = policy_file('{ id: eth, limit: native, max: "0.03", window: day }')
    to, spent = fresh_address("attempts counts"), 0

    def body(wallet: Any, args: Any) -> str:
        return "\n".join(pay(wallet, to, int(wei)) for wei in args["sends"])

    def describe(args: Any) -> list[dict[str, str]]:
        return [native_payment(int(args["declares"]), to)]

    bare = make_kit(make_wallet(world, "attempts counts from"), [own_action(body)])
    kit = with_policy(bare, policy, describe={OWN_ACTION: describe})
    # What it sends beyond what it declared, as in the last three, is judged by itself.
    for declares, sends in ((5, [5]), (5, [2, 3]), (5, [2]), (5, []), (1, [2]), (1, [1, 4]), (1, [10])):
        weis = [str(milli * MILLI) for milli in sends]
        arguments = {"declares": str(declares * MILLI), "sends": weis}
        assert invoke(kit, OWN_ACTION, arguments) == "\n".join(f"sent {wei}" for wei in weis)
        spent += sum(map(int, weis))
        assert world.balance(to) == spent
        assert [(balance["counted"], balance["open"]) for balance in policy.balances()] == [(str(spent), "0")]
    assert spent == 29 * MILLI


def test_what_an_action_sends_beyond_what_it_declares_is_denied_where_there_is_no_room_for_it(
    world: World, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(ETH), fresh_address("attempts beyond")
    wallet = make_wallet(world, "attempts beyond from")
    kit = with_policy(make_kit(wallet, [paying(11 * MILLI, to=to)]), policy, **declaring(MILLI, to))
    headline, own = invoke(kit, OWN_ACTION, {}).split("\n")
    assert headline.startswith("Error: denied by policy (over_limit): ")
    assert own.startswith("ActionDeniedError: denied by policy (over_limit): ")
    assert (world.balance(to), world.transactions(wallet.get_address())) == (0, 0)
    assert (policy.counted("eth"), policy.open("eth")) == (0, 0)


def test_the_envelope_covers_no_payment_to_somebody_else(world: World, policy_file: PolicyFiles) -> None:
    policy, other = policy_file(ETH), fresh_address("attempts somebody else")
    wallet = make_wallet(world, "attempts somebody")
    declared = declaring(4 * MILLI, fresh_address("attempts declared"))
    # Until it ends, an attempt holds what was declared beside what it sends: 4 and 7 of 10.
    kit = with_policy(make_kit(wallet, [paying(7 * MILLI, to=other)]), policy, **declared)
    assert invoke(kit, OWN_ACTION, {}).startswith("Error: denied by policy (over_limit)")
    kit = with_policy(make_kit(wallet, [paying(6 * MILLI, to=other)]), policy, **declared)
    assert invoke(kit, OWN_ACTION, {}) == f"sent {6 * MILLI}"
    assert policy.counted("eth") == world.balance(other) == 6 * MILLI


def test_what_a_call_drew_that_never_left_goes_back_to_the_envelope(world: World, policy_file: PolicyFiles) -> None:
    policy, to = policy_file(ETH), fresh_address("attempts back")

    def body(wallet: Any, args: Any) -> str:
        # The token takes no coin, which the estimate of its gas finds out.
        return "\n".join([said(lambda: pay(wallet, world.token, 10 * MILLI)), said(lambda: pay(wallet, to, 10 * MILLI))])

    anybody = {key: value for key, value in native_payment(10 * MILLI, to).items() if key != "counterparty"}
    bare = make_kit(make_wallet(world, "attempts back from"), [own_action(body)])
    kit = with_policy(bare, policy, describe={OWN_ACTION: lambda args: [anybody]})
    first, second = invoke(kit, OWN_ACTION, {}).split("\n")
    assert "revert" in first
    assert second == f"sent {10 * MILLI}"
    assert policy.counted("eth") == world.balance(to) == 10 * MILLI


def test_an_action_that_nobody_describes_is_denied_unless_a_rule_names_it_and_its_calls_are_judged_in_full(
    world: World, tmp_path: Path
) -> None:
    wallet, to = make_wallet(world, "attempts unknown"), fresh_address("attempts unknown to")
    bare = make_kit(wallet, [paying(4 * MILLI, 4 * MILLI, 4 * MILLI, to=to)])
    unnamed, named = (tmp_path / "unnamed", tmp_path / "named")
    unnamed.mkdir()
    named.mkdir()
    # The same budget in both: the command that reads it knows no names but AgentKit's own.
    policy = PolicyFile(unnamed, ETH, ledger=f"sqlite:{named}/ledger.db")
    naming = PolicyFile(named, ETH, f"{{ id: own, allow: {{ actions: [{OWN_ACTION}] }} }}")
    denied = invoke(with_policy(bare, policy), OWN_ACTION, {})
    assert denied.startswith("Error: denied by policy (unknown_effect)")
    assert (policy.counted("eth"), world.balance(to)) == (0, 0)
    headline, *own = invoke(with_policy(bare, naming), OWN_ACTION, {}).split("\n")
    assert headline.startswith("Error: denied by policy (over_limit)")
    assert [line.split(":")[0] for line in own] == [f"sent {4 * MILLI}", f"sent {4 * MILLI}", "ActionDeniedError"]
    assert policy.counted("eth") == world.balance(to) == 8 * MILLI
