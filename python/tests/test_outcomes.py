"""What the ledger counts at the end, against what the chain moved: never less, and equal wherever it can be known."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from coinbase_agentkit import Action, ActionProvider, EthAccountWalletProvider

from agentkit_policy import InsufficientFundsError

from .conftest import PolicyFile
from .flaky_node import FlakyNode, flaky_node
from .mining import mining_by_hand
from .own_action import MILLI, OWN_ACTION, declaring, own_action, pay
from .patience import PATIENCE_S, until
from .spender import ONE_TOKEN, RULES, Spender
from .world import CHAIN_ID, ETHER, World, fresh_address, invoke, make_wallet

PolicyFiles = Callable[..., PolicyFile]


@pytest.fixture
def node(world: World) -> Iterator[FlakyNode]:
    with flaky_node(world.rpc_url) as running:
        yield running


class Impatient(EthAccountWalletProvider):
    """Waits for a receipt as AgentKit's wallet does, but not for two minutes."""

    def wait_for_transaction_receipt(self, tx_hash: Any, timeout: float = 0.5, poll_latency: float = 0.05) -> Any:
        return super().wait_for_transaction_receipt(tx_hash, timeout, poll_latency)


@pytest.fixture
def spender(world: World, policy_file: PolicyFiles, request: pytest.FixtureRequest) -> Spender:
    return Spender(world, policy_file(*RULES), request.node.name)


@pytest.fixture
def flaky(world: World, policy_file: PolicyFiles, node: FlakyNode, request: pytest.FixtureRequest) -> Spender:
    """One whose node fails where a test wants it to."""
    return Spender(world, policy_file(*RULES), request.node.name, make_wallet(world, request.node.name, node.rpc_url))


@pytest.fixture
def impatient(world: World, policy_file: PolicyFiles, request: pytest.FixtureRequest) -> Spender:
    wallet = object.__new__(Impatient)
    wallet.__dict__.update(vars(make_wallet(world, request.node.name)))
    return Spender(world, policy_file(*RULES), request.node.name, wallet)


def test_a_transfer_counts_what_arrived_and_both_kinds_of_policy_hear_of_its_transaction(spender: Spender) -> None:
    text = spender.send("0.012345678901234567")
    assert spender.counted == spender.moved == (12_345_678_901_234_567, 0)
    ((hook, result, outcome),) = spender.judge.told
    assert (hook, result) == ("after_action", text)
    assert outcome["status"] == "succeeded"
    (transaction,) = outcome["transactions"]
    assert text.endswith(transaction["id"].removeprefix("0x"))
    assert (transaction["chainId"], transaction["nonce"], transaction["status"]) == (CHAIN_ID, "0", "confirmed")
    assert [(line["kind"], line["amount"]) for line in outcome["spent"]] == [("transfer", "12345678901234567")]


# Money that is not there


def test_a_value_that_the_wallet_does_not_hold_never_leaves_and_counts_nothing(flaky: Spender, node: FlakyNode) -> None:
    assert "insufficient funds for transfer" in flaky.send("1.000000000000000001")
    assert "eth_sendRawTransaction" not in node.methods()
    assert flaky.counted == flaky.moved == (0, 0)
    assert flaky.told == [("on_action_error", "failed")]
    with pytest.raises(InsufficientFundsError):
        flaky.kit.wallet_provider.send_transaction({"to": flaky.to, "value": ETHER + 1})
    assert flaky.send("0.9").startswith("Transferred 0.9")
    assert flaky.counted == flaky.moved == (9 * ETHER // 10, 0)


def test_a_value_without_the_fees_beside_it_counts_because_only_the_broadcast_finds_it_out(
    flaky: Spender, node: FlakyNode
) -> None:
    assert flaky.send("1").startswith("Error during transaction")
    assert node.methods().count("eth_sendRawTransaction") == 1
    assert (flaky.moved, flaky.counted) == ((0, 0), (ETHER, 0))
    assert flaky.told == [("after_action", "unknown")]


def test_tokens_that_the_wallet_does_not_hold_are_refused_by_agentkit_itself_and_count_nothing(spender: Spender) -> None:
    assert spender.send_tokens("100.000001").startswith("Error: Insufficient Test USD")
    assert (spender.counted, spender.judge.calls) == ((0, 0), [])
    assert spender.send_tokens("100").startswith("Transferred 100 of")
    assert spender.counted == spender.moved == (0, 100 * ONE_TOKEN)


def test_a_transfer_that_fails_while_its_gas_is_estimated_never_left(spender: Spender) -> None:
    block(spender, True)
    assert "account is blocked" in spender.send_tokens("1")
    assert spender.counted == (0, 0)
    assert spender.told == [("on_action_error", "failed")]
    block(spender, False)
    assert spender.send_tokens("1").startswith("Transferred 1 of")
    assert spender.counted == spender.moved == (0, ONE_TOKEN)


def block(spender: Spender, blocked: bool) -> None:
    operator = make_wallet(spender.world, "outcomes operator")
    data = f"0x{'000af2a1'}{spender.to[2:].lower():0>64}{int(blocked):064x}"
    operator.wait_for_transaction_receipt(operator.send_transaction({"to": spender.world.token, "data": data}))


# A transfer that is mined and reverts, of which AgentKit says Transferred


@pytest.mark.parametrize(("confirmations", "counts"), [(1, 0), (2, 60 * ONE_TOKEN)])
def test_a_reverted_transfer_is_free_again_only_where_its_receipt_is_final(
    world: World, tmp_path: Any, confirmations: int, counts: int
) -> None:
    policy, name = PolicyFile(tmp_path, *RULES), f"reverted {confirmations}"
    text = policy.path.read_text().replace("confirmations: 1", f"confirmations: {confirmations}")
    policy.path.write_text(text)
    agent, taker = Spender(world, policy, name), make_wallet(world, f"{name} taker")
    owner = agent.wallet.get_address()
    approval = f"0x095ea7b3{taker.get_address()[2:].lower():0>64}{100 * ONE_TOKEN:064x}"
    agent.wallet.wait_for_transaction_receipt(agent.wallet.send_transaction({"to": world.token, "data": approval}))
    texts: list[str] = []
    with mining_by_hand(world):
        sending = threading.Thread(target=lambda: texts.append(agent.send_tokens("60")))
        sending.start()
        until(lambda: int(world.rpc("eth_getTransactionCount", owner, "pending"), 16) == 2)
        # Before it is mined, somebody else takes the wallet's tokens away, at a higher price.
        data = f"0x23b872dd{owner[2:].lower():0>64}{taker.get_address()[2:].lower():0>64}{100 * ONE_TOKEN:064x}"
        fees = {"gas": 200_000, "maxFeePerGas": 500 * 10**9, "maxPriorityFeePerGas": 100 * 10**9, "nonce": 0}
        signed = taker.sign_transaction({"to": world.token, "data": data, "value": 0, **fees})
        world.rpc("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())
    sending.join(PATIENCE_S)
    assert texts[0].startswith("Transferred 60 of Test USD")
    assert (agent.moved, agent.counted) == ((0, 0), (0, counts))
    ((_, _, outcome),) = agent.judge.told
    assert outcome["transactions"][0]["status"] == "reverted"
    assert [line["amount"] for line in outcome["spent"]] == ([str(counts)] if counts else [])
    # The budget that is free again is there for the next one.
    world.fund_token(owner, 100 * ONE_TOKEN)
    assert agent.send_tokens("2.5").startswith("Transferred 2.5")
    assert (agent.moved, agent.counted) == ((0, 2_500_000), (0, counts + 2_500_000))


# Money that left, of which AgentKit says Error


def test_a_transfer_whose_receipt_does_not_come_in_time_counts_and_is_mined_later(world: World, impatient: Spender) -> None:
    with mining_by_hand(world):
        assert "is not in the chain after" in impatient.send("0.01")
        assert (impatient.moved, impatient.counted) == ((0, 0), (10 * MILLI, 0))
    assert impatient.moved == impatient.counted == (10 * MILLI, 0)
    with mining_by_hand(world):
        assert impatient.send_tokens("3").startswith("Error transferring the asset")
        assert impatient.counted == (10 * MILLI, 3 * ONE_TOKEN)
    assert impatient.moved == impatient.counted == (10 * MILLI, 3 * ONE_TOKEN)
    assert impatient.told == [("after_action", "unknown")] * 2


def test_a_transfer_that_a_node_took_and_answered_with_502_counts_to_the_last_unit(flaky: Spender, node: FlakyNode) -> None:
    node.lost_answers = 1
    assert "nonce too low" in flaky.send("0.012345678901234567")
    assert flaky.moved == flaky.counted == (12_345_678_901_234_567, 0)
    node.lost_answers = 1
    text = flaky.send_tokens("1.234567")
    assert text.startswith("Error transferring the asset")
    assert "nonce too low" in text
    assert flaky.moved == flaky.counted == (12_345_678_901_234_567, 1_234_567)
    assert len(node.taken) == flaky.world.transactions(flaky.wallet.get_address()) == 2
    assert flaky.told == [("after_action", "unknown")] * 2
    # Honest again, it ends as usual and counts once.
    assert flaky.send("0.01").startswith("Transferred 0.01")
    assert flaky.moved == flaky.counted == (22_345_678_901_234_567, 1_234_567)


def test_a_transfer_that_the_node_calls_known_already_counts_and_is_mined_later(flaky: Spender, node: FlakyNode) -> None:
    node.lost_answers, node.mines_first = 1, False
    with mining_by_hand(flaky.world):
        assert "already" in flaky.send("0.02")
        assert (flaky.moved, flaky.counted) == ((0, 0), (20 * MILLI, 0))
    assert flaky.moved == flaky.counted == (20 * MILLI, 0)


def test_a_transfer_that_the_node_refused_counts_because_no_answer_of_a_broadcast_is_a_proof(
    flaky: Spender, node: FlakyNode
) -> None:
    node.refused = {"eth_sendRawTransaction"}
    assert "eth_sendRawTransaction is refused" in flaky.send("0.02")
    assert (flaky.moved, flaky.counted) == ((0, 0), (20 * MILLI, 0))
    node.refused = {"eth_estimateGas"}
    assert "eth_estimateGas is refused" in flaky.send("0.03")
    assert (flaky.moved, flaky.counted) == ((0, 0), (20 * MILLI, 0))
    assert flaky.told == [("after_action", "unknown"), ("on_action_error", "failed")]
    # Whether it came to its estimate is known by the gas that AgentKit sets, and so not where the gas was given.
    with pytest.raises(Exception, match="eth_estimateGas is refused"):
        flaky.kit.wallet_provider.send_transaction({"to": flaky.to, "value": MILLI, "gas": 21_000})
    assert (flaky.moved, flaky.counted) == ((0, 0), (21 * MILLI, 0))


@pytest.mark.parametrize("own_send", ["on the wallet itself", "in a subclass"])
def test_a_send_that_is_not_agentkits_own_proves_nothing_by_its_error(
    world: World, policy_file: PolicyFiles, own_send: str
) -> None:
    bare = make_wallet(world, f"own send {own_send}")
    agentkits = bare.send_transaction

    def send_transaction(transaction: Any) -> Any:
        bare.wait_for_transaction_receipt(agentkits(dict(transaction)))
        raise ConnectionError("the answer was lost")

    class Own(EthAccountWalletProvider):
        def send_transaction(self, transaction: Any) -> Any:
            return send_transaction(transaction)

    wallet: Any = bare if own_send == "on the wallet itself" else object.__new__(Own)
    wallet.__dict__.update(vars(bare))
    if own_send == "on the wallet itself":
        wallet.send_transaction = send_transaction
    agent = Spender(world, policy_file(*RULES), f"own send spender {own_send}", wallet)
    assert "the answer was lost" in agent.send("0.01")
    assert agent.moved == agent.counted == (10 * MILLI, 0)
    assert agent.told == [("after_action", "unknown")]
    assert len(agent.judge.calls) == 1


def test_an_action_that_sends_and_then_fails_counts_and_its_own_ending_comes_out(world: World, policy_file: PolicyFiles) -> None:
    endings: list[Any] = ["Error: nothing happened", '{"success": false}', ValueError("broken")]

    def body(wallet: Any, args: Any) -> Any:
        pay(wallet, agent.to, MILLI)
        if isinstance(ending := endings[0], Exception):
            raise ending
        return ending

    agent = Spender(world, policy_file(*RULES), "sends and fails", **declaring(MILLI, fresh_address("sends and fails to")))
    agent.kit.action_providers.append(own_action(body))
    assert invoke(agent.kit, OWN_ACTION, {}) == endings.pop(0)
    assert invoke(agent.kit, OWN_ACTION, {}) == endings.pop(0)
    with pytest.raises(ValueError, match="broken") as raised:
        invoke(agent.kit, OWN_ACTION, {})
    assert raised.value is endings[0]
    assert agent.moved == agent.counted == (3 * MILLI, 0)
    assert [hook for hook, _ in agent.told] == ["after_action"] * 3
    assert [result for _, result, _ in agent.judge.told] == ["Error: nothing happened", '{"success": false}', None]


def test_without_the_wallet_guard_what_was_declared_counts_whatever_the_action_says(
    world: World, policy_file: PolicyFiles
) -> None:
    agent = Spender(world, policy_file(*RULES), "without guard", wallet=False)
    assert agent.kit.wallet_provider is agent.wallet
    assert agent.send("0.01").startswith("Transferred 0.01")
    assert agent.moved == agent.counted == (10 * MILLI, 0)
    assert agent.send("1.1").startswith("Error during transaction")
    assert (agent.moved, agent.counted) == ((10 * MILLI, 0), (1110 * MILLI, 0))
    assert agent.judge.calls == []


def test_an_action_that_never_touched_the_guarded_wallet_counts_what_it_declared(world: World, policy_file: PolicyFiles) -> None:
    class Memoised(ActionProvider):
        def get_actions(self, wallet_provider: Any) -> list[Any]:
            def run(args: Any) -> str:
                return pay(agent.wallet, agent.to, MILLI)

            return [Action(name=OWN_ACTION, description="keeps a wallet of its own", invoke=run)]

        def supports_network(self, network: Any) -> bool:
            return True

    name = "never touched"
    agent = Spender(world, policy_file(*RULES), name, **declaring(MILLI, fresh_address(f"{name} to")))
    agent.kit.action_providers.append(Memoised("memoised", []))
    assert invoke(agent.kit, OWN_ACTION, {}) == f"sent {MILLI}"
    assert agent.moved == agent.counted == (MILLI, 0)
