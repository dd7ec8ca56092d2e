"""An action that starts a payment and returns without waiting for it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agentkit_policy import policy_context

from .conftest import PolicyFile
from .flaky_node import FlakyNode, flaky_node
from .own_action import MILLI, OWN_ACTION, declaring, in_thread, own_action, pay, said
from .patience import PATIENCE_S, until
from .spender import RULES, Spender
from .world import World, fresh_address, invoke, make_wallet

PolicyFiles = Callable[..., PolicyFile]


@pytest.fixture
def node(world: World) -> Iterator[FlakyNode]:
    with flaky_node(world.rpc_url) as running:
        yield running


class Later:
    """An agent whose action pays 0.001 ETH in a thread, which waits to be let go, or to be joined by the action."""

    def __init__(
        self, world: World, policy: PolicyFile, node: FlakyNode, name: str, before_it_returns: Callable[["Later"], Any]
    ) -> None:
        self.go, self.said = threading.Event(), ""
        self.thread = threading.Thread()
        wallet = make_wallet(world, name, node.rpc_url)
        self.agent = Spender(world, policy, name, wallet, **declaring(MILLI, fresh_address(f"{name} to")))
        self.bound = True

        def body(wallet: Any, args: Any) -> str:
            def work() -> None:
                self.go.wait(PATIENCE_S)
                self.said = said(lambda: wallet.send_transaction({"to": self.agent.to, "value": MILLI}))
                if self.said.startswith("0x"):
                    wallet.wait_for_transaction_receipt(self.said)

            self.thread = threading.Thread(target=policy_context.bind(work) if self.bound else work)
            self.thread.start()
            before_it_returns(self)
            return "queued"

        self.agent.kit.action_providers.append(own_action(body))

    def run(self) -> str:
        return str(invoke(self.agent.kit, OWN_ACTION, {}))

    def finish(self) -> None:
        self.go.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


def test_a_call_that_comes_after_its_action_has_ended_is_refused(world: World, policy_file: PolicyFiles, node: FlakyNode) -> None:
    later = Later(world, policy_file(*RULES), node, "unawaited refused", lambda later: None)
    assert later.run() == "queued"
    later.finish()
    assert later.said.startswith("ActionDeniedError: denied by policy (attempt_closed)")
    assert "eth_sendRawTransaction" not in node.methods()
    assert later.agent.moved == later.agent.counted == (0, 0)
    assert later.agent.judge.calls == []
    assert [outcome["spent"] for _, _, outcome in later.agent.judge.told] == [[]]


def test_a_call_from_a_thread_that_was_not_bound_is_an_attempt_of_its_own(
    world: World, policy_file: PolicyFiles, node: FlakyNode
) -> None:
    later = Later(world, policy_file(*RULES), node, "unawaited unbound", lambda later: None)
    later.bound = False
    assert later.run() == "queued"
    later.finish()
    assert later.said.startswith("0x")
    assert later.agent.moved == later.agent.counted == (MILLI, 0)


def test_a_call_that_the_action_waits_for_goes_as_usual(world: World, policy_file: PolicyFiles, node: FlakyNode) -> None:
    later = Later(world, policy_file(*RULES), node, "awaited", Later.finish)
    assert later.run() == "queued"
    assert later.said.startswith("0x")
    assert later.agent.moved == later.agent.counted == (MILLI, 0)
    assert later.agent.told == [("after_action", "succeeded")]


def let_go_until(node: FlakyNode) -> Callable[[Later], None]:
    """Lets the payment go as far as the gate of the node, which is shut."""

    def wait(later: Later) -> None:
        later.go.set()
        assert node.reached.wait(PATIENCE_S)

    return wait


def counted_and_open(policy: PolicyFile) -> tuple[str, str]:
    (eth,) = [balance for balance in policy.balances() if balance["limitId"] == "eth"]
    return eth["counted"], eth["open"]


def test_a_call_that_is_in_flight_when_its_action_ends_counts_at_once_and_is_settled_again_when_it_is_there(
    world: World, policy_file: PolicyFiles, node: FlakyNode
) -> None:
    policy = policy_file(*RULES)
    later = Later(world, policy, node, "unawaited in flight", let_go_until(node))
    node.gate.clear()
    assert later.run() == "queued"
    assert later.agent.moved == (0, 0)
    assert counted_and_open(policy) == (str(MILLI), str(MILLI))
    # A policy in Python hears once, and hears that the money may have left.
    assert [hook for hook, _ in later.agent.told] == ["after_action"]
    node.gate.set()
    later.finish()
    assert later.said.startswith("0x")
    until(lambda: counted_and_open(policy) == (str(MILLI), "0"))
    assert later.agent.moved == later.agent.counted == (MILLI, 0)
    assert len(later.agent.judge.told) == 1


def test_a_call_that_is_in_flight_when_its_action_ends_and_then_never_leaves_is_free_again(
    world: World, policy_file: PolicyFiles, node: FlakyNode
) -> None:
    policy = policy_file(*RULES)
    node.gated = "eth_estimateGas"
    later = Later(world, policy, node, "unawaited estimate", let_go_until(node))
    node.gate.clear()
    assert later.run() == "queued"
    assert counted_and_open(policy) == (str(MILLI), str(MILLI))
    node.refused = {"eth_estimateGas"}
    node.gate.set()
    later.finish()
    assert "eth_estimateGas is refused" in later.said
    until(lambda: counted_and_open(policy) == ("0", "0"))
    assert later.agent.moved == (0, 0)


def test_a_call_that_waits_for_its_turn_when_its_action_ends_is_refused_by_the_seal(
    world: World, policy_file: PolicyFiles, node: FlakyNode
) -> None:
    policy = policy_file(*RULES)
    later = Later(world, policy, node, "unawaited turn", lambda later: later.go.set())
    node.gate.clear()
    # Somebody else sends from the same wallet meanwhile, outside of the action.
    wallet, first = later.agent.kit.wallet_provider, fresh_address("unawaited turn first")
    other = threading.Thread(target=pay, args=(wallet, first, 2 * MILLI))
    other.start()
    assert node.reached.wait(PATIENCE_S)
    assert later.run() == "queued"
    node.gate.set()
    later.finish()
    other.join(PATIENCE_S)
    assert later.said.startswith("ActionDeniedError: denied by policy (attempt_closed)")
    assert (later.agent.moved, world.balance(first)) == ((0, 0), 2 * MILLI)
    assert later.agent.counted == (2 * MILLI, 0)


def test_what_a_thread_does_after_its_action_leaves_the_next_action_alone(
    world: World, policy_file: PolicyFiles, node: FlakyNode
) -> None:
    later = Later(world, policy_file(*RULES), node, "unawaited next", lambda later: None)
    assert later.run() == "queued"
    in_thread(later.finish)
    assert later.said.startswith("ActionDeniedError")
    assert later.agent.send("0.002").startswith("Transferred 0.002")
    assert later.agent.moved == later.agent.counted == (2 * MILLI, 0)
