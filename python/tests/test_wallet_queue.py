"""One transaction at a time from one wallet, so that parallel sends do not collide on a nonce."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from coinbase_agentkit import EthAccountWalletProvider

from agentkit_policy import ActionContext, ActionDeniedError, PolicyDecision, allow, deny, guard_wallet, with_policy

from .conftest import PolicyFile
from .flaky_node import FlakyNode, flaky_node
from .judge import Judge
from .mining import mining_by_hand
from .own_action import MILLI, said
from .patience import PATIENCE_S, until
from .world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

ETH = '{ id: eth, limit: native, max: "0.1", window: day }'
PolicyFiles = Callable[..., PolicyFile]


@pytest.fixture
def node(world: World) -> Iterator[FlakyNode]:
    with flaky_node(world.rpc_url) as running:
        yield running


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """What came of calls that begin together, each in a thread of its own."""
    together = threading.Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> str:
        together.wait(PATIENCE_S)
        return said(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def test_five_parallel_transfers_of_one_guarded_wallet_all_land(world: World, policy_file: PolicyFiles) -> None:
    policy, wallet = policy_file(ETH), make_wallet(world, "queue five")
    kit = with_policy(make_kit(wallet), policy)
    recipients = [fresh_address(f"queue five to {number}") for number in range(5)]
    texts = at_once(*[lambda to=to: invoke(kit, NATIVE_TRANSFER, transfer(to, "0.001")) for to in recipients])
    assert [text.split(" to ")[0] for text in texts] == ["Transferred 0.001 ETH"] * 5
    assert [world.balance(to) for to in recipients] == [MILLI] * 5
    assert world.transactions(wallet.get_address()) == 5
    assert policy.counted("eth") == 5 * MILLI


def test_sends_of_one_key_take_turns_through_whatever_guarded_wallet_they_go(world: World) -> None:
    to = fresh_address("queue one key to")
    wallets = [guard_wallet(make_wallet(world, "queue one key"), Judge()) for _ in range(4)]
    texts = at_once(*[lambda wallet=wallet: wallet.send_transaction({"to": to, "value": 1}) for wallet in wallets])
    assert all(text.startswith("0x") for text in texts), texts
    until(lambda: world.balance(to) == 4)


def test_another_wallet_does_not_wait(world: World, node: FlakyNode) -> None:
    slow = guard_wallet(make_wallet(world, "queue slow", rpc_url=node.rpc_url), Judge())
    fast = guard_wallet(make_wallet(world, "queue fast"), Judge(), queue_wait_s=0.05)
    to = fresh_address("queue another to")
    node.gate.clear()
    sending = threading.Thread(target=slow.send_transaction, args=({"to": to, "value": 1},))
    sending.start()
    assert node.reached.wait(PATIENCE_S)
    assert fast.send_transaction({"to": to, "value": 2}).startswith("0x")
    # Nor do signatures, which take no nonce.
    assert slow.sign_message("hello")
    node.gate.set()
    sending.join(PATIENCE_S)
    until(lambda: world.balance(to) == 3)


def test_a_turn_that_does_not_come_in_time_is_refused_and_counts_nothing(
    world: World, node: FlakyNode, policy_file: PolicyFiles
) -> None:
    policy, to = policy_file(ETH), fresh_address("queue busy to")
    bare = make_wallet(world, "queue busy", rpc_url=node.rpc_url)
    kit = with_policy(make_kit(bare), policy, queue_wait_s=0.2)
    node.gate.clear()
    texts: list[str] = []
    first = threading.Thread(target=lambda: texts.append(invoke(kit, NATIVE_TRANSFER, transfer(to, "0.002"))))
    first.start()
    assert node.reached.wait(PATIENCE_S)
    second = invoke(kit, NATIVE_TRANSFER, transfer(to, "0.003"))
    assert second.startswith("Error: denied by policy (queue_timeout): the wallet was busy sending for too long")
    node.gate.set()
    first.join(PATIENCE_S)
    assert texts[0].startswith("Transferred 0.002 ETH")
    assert invoke(kit, NATIVE_TRANSFER, transfer(to, "0.004")).startswith("Transferred 0.004 ETH")
    assert policy.counted("eth") == world.balance(to) == 6 * MILLI
    assert policy.open("eth") == 0


def test_the_next_send_waits_until_the_last_one_is_mined(world: World, policy_file: PolicyFiles) -> None:
    with mining_by_hand(world):
        policy, to = policy_file(ETH), fresh_address("queue mined to")
        bare = make_wallet(world, "queue mined")
        patient = guard_wallet(bare, policy)
        assert patient.send_transaction({"to": to, "value": MILLI}).startswith("0x")
        texts: list[str] = []
        second = threading.Thread(
            target=lambda: texts.append(said(lambda: patient.send_transaction({"to": to, "value": 2 * MILLI})))
        )
        second.start()
        second.join(0.5)
        assert second.is_alive()
        assert int(world.rpc("eth_getTransactionCount", bare.get_address(), "pending"), 16) == 1
        world.rpc("evm_mine")
        second.join(PATIENCE_S)
        assert texts[0].startswith("0x")
        world.rpc("evm_mine")
        assert world.balance(to) == 3 * MILLI
        assert world.transactions(bare.get_address()) == 2
        assert policy.counted("eth") == 3 * MILLI


def test_a_send_behind_one_that_is_not_mined_in_time_is_refused_and_goes_once_it_is(
    world: World, policy_file: PolicyFiles
) -> None:
    with mining_by_hand(world):
        policy, to = policy_file(ETH), fresh_address("queue unmined to")
        bare = make_wallet(world, "queue unmined")
        wallet = guard_wallet(bare, policy, queue_wait_s=1)
        wallet.send_transaction({"to": to, "value": MILLI})
        with pytest.raises(ActionDeniedError, match="not mined yet") as denied:
            wallet.send_transaction({"to": to, "value": 2 * MILLI})
        assert denied.value.code == "queue_timeout"
        assert (policy.counted("eth"), world.balance(to)) == (MILLI, 0)
        world.rpc("evm_mine")
        wallet.send_transaction({"to": to, "value": 2 * MILLI})
        world.rpc("evm_mine")
        assert policy.counted("eth") == world.balance(to) == 3 * MILLI


def test_a_send_of_unknown_end_holds_up_the_next_one_as_well(world: World, node: FlakyNode) -> None:
    with mining_by_hand(world):
        node.lost_answers, node.mines_first = 5, False
        wallet = guard_wallet(make_wallet(world, "queue unknown", rpc_url=node.rpc_url), Judge(), queue_wait_s=0.5)
        to = fresh_address("queue unknown to")
        with pytest.raises(Exception, match=r"already|502"):
            wallet.send_transaction({"to": to, "value": 1})
        with pytest.raises(ActionDeniedError, match="not mined yet"):
            wallet.send_transaction({"to": to, "value": 2})
        node.lost_answers = 0
        world.rpc("evm_mine")
        wallet.send_transaction({"to": to, "value": 2})
        world.rpc("evm_mine")
        assert world.balance(to) == 3


def test_a_send_from_inside_the_wallets_own_sending_is_refused_instead_of_waiting_for_itself(world: World) -> None:
    inner: list[str] = []

    class Nested(EthAccountWalletProvider):
        def send_transaction(self, transaction: Any) -> Any:
            if not inner:
                inner.append(said(lambda: guarded.send_transaction({"to": to, "value": 1})))
            return super().send_transaction(transaction)

    to, wallet = fresh_address("queue inside to"), object.__new__(Nested)
    wallet.__dict__.update(vars(make_wallet(world, "queue inside")))
    guarded: Any = guard_wallet(wallet, Judge())
    assert guarded.send_transaction({"to": to, "value": 2}).startswith("0x")
    assert inner[0].startswith("ActionDeniedError: denied by policy (wallet_busy)")
    until(lambda: world.balance(to) == 2)


def test_a_refused_call_gives_its_turn_back(world: World) -> None:
    judge = Judge(call=lambda context: deny("no") if len(judge.calls) == 1 else allow())
    wallet = guard_wallet(make_wallet(world, "queue refused"), judge, queue_wait_s=0.2)
    to = fresh_address("queue refused to")
    with pytest.raises(ActionDeniedError, match="no"):
        wallet.send_transaction({"to": to, "value": 1})
    with pytest.raises(Exception, match="insufficient funds"):
        wallet.send_transaction({"to": to, "value": 10**30})
    assert wallet.send_transaction({"to": to, "value": 2}).startswith("0x")
    until(lambda: world.balance(to) == 2)


def test_the_first_to_wait_is_the_first_to_be_judged_alone(world: World) -> None:
    inside: list[int] = []
    most: list[int] = []

    def watch(context: ActionContext) -> PolicyDecision:
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        return allow()

    wallet = guard_wallet(make_wallet(world, "queue alone"), Judge(call=watch))
    to = fresh_address("queue alone to")
    at_once(*[lambda: wallet.send_transaction({"to": to, "value": 1})] * 6)
    assert most == [1] * 6
    until(lambda: world.balance(to) == 6)
