"""What is read for a decision is read within its deadline, and what it says of its errors is not repeated."""

import itertools
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, guard_wallet, policy_context, with_policy
from agentkit_policy.identity import current_identity

from .judge import Judge
from .patience import PATIENCE_S
from .plain import Gate, Kit, Network, Policy, Wallet, WalletKit, code_of, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}
_EFFECT = {"kind": "transfer", "asset": "eip155:84532/slip44:60", "amount": "1", "basis": "declared"}


class _SlowWallet(Wallet):
    """Tells its network only when its gate is open, once it has told it as often as it may."""

    def __init__(self, gate: Gate, answers: int = 0) -> None:
        super().__init__()
        self.gate, self.answers = gate, answers

    def get_network(self) -> Network:
        self.answers -= 1
        if self.answers < 0:
            self.gate.wait()
        return Network()


def _wait(gate: Gate) -> list[Any]:
    gate.wait()
    return []


def _quickly(work: Callable[[], Any]) -> Any:
    started = time.monotonic()
    answer = work()
    assert time.monotonic() - started < PATIENCE_S
    return answer


def test_a_description_that_hangs_denies_when_the_deadline_is_over() -> None:
    with Gate() as gate:
        bare, policy = Kit(), Policy()
        kit = with_policy(bare, policy, describe={"pay": lambda args: _wait(gate)}, decision_deadline_s=0.2)
        result = _quickly(lambda: run(kit))
        assert result == "Error: denied by policy (policy_timeout): what the action would move could not be read in time"
        assert (bare.given, policy.log) == ([], [])


def test_a_description_without_end_is_denied() -> None:
    def endless(_: Any) -> Any:
        return itertools.repeat(_EFFECT)

    assert code_of(_quickly(lambda: run(with_policy(Kit(), Policy(), describe={"pay": endless})))) == "policy_error"


def test_the_policy_has_what_a_description_leaves_of_the_deadline() -> None:
    def slow(_: Any) -> list[Any]:
        time.sleep(1)
        return []

    with Gate() as gate:
        kit = with_policy(Kit(), Policy(lambda _: gate.wait()), describe={"pay": slow}, decision_deadline_s=2)
        started = time.monotonic()
        assert code_of(run(kit)) == "policy_timeout"
        assert time.monotonic() - started < 2.8


def test_a_description_runs_as_whoever_acts() -> None:
    seen = []

    def describe(args: Any) -> list[Any]:
        seen.append((args, current_identity()))
        return []

    with policy_context(user_id="u1"):
        assert run(with_policy(Kit(), Policy(), describe={"pay": describe}), {"amount": "1"}) == "paid"
    assert seen == [({"amount": "1"}, {"userId": "u1"})]


_LATE = "the wallet's address or network could not be read in time"


def test_a_wallet_that_does_not_say_where_it_is_denies_its_action_when_the_deadline_is_over() -> None:
    with Gate() as gate:
        bare, policy = WalletKit(lambda *_: "paid"), Policy()
        bare.wallet_provider = _SlowWallet(gate)
        result = _quickly(lambda: run(with_policy(bare, policy, decision_deadline_s=0.2)))
        assert result == f"Error: denied by policy (policy_timeout): {_LATE}"
        assert policy.log == []


@pytest.mark.parametrize("answers", [0, 1])
def test_a_wallet_that_does_not_say_where_it_is_denies_its_calls_when_the_deadline_is_over(answers: int) -> None:
    with Gate() as gate:
        bare = _SlowWallet(gate, answers)
        wallet = guard_wallet(bare, Judge(), decision_deadline_s=0.2)
        with pytest.raises(ActionDeniedError) as denied:
            _quickly(lambda: wallet.send_transaction(dict(_SEND)))
        # At the last look it counts as another wallet than before.
        assert denied.value.code == ("context_changed" if answers else "policy_timeout")
        assert bare.sent == []


# What is not repeated

_HUSH = "sk_live_hush"


class _TellingWallet(Wallet):
    def get_network(self) -> Network:
        raise RuntimeError(f"no network for the key {_HUSH}")


def _fails(args: Any) -> list[Any]:
    raise KeyError(f"the key {_HUSH}")


def test_the_log_names_the_class_of_an_error_and_not_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    bare = WalletKit(lambda *_: "paid")
    bare.wallet_provider = _TellingWallet()
    with caplog.at_level(logging.DEBUG, "agentkit_policy"):
        assert code_of(run(with_policy(Kit(), Policy(), describe={"pay": _fails}))) == "policy_error"
        assert code_of(run(with_policy(bare, Policy()))) == "context_error"
        with pytest.raises(ActionDeniedError, match="context_error"):
            guard_wallet(_TellingWallet(), Judge()).send_transaction(dict(_SEND))
    assert _HUSH not in caplog.text
    assert "pay: what the action would move could not be read: KeyError" in caplog.messages
    assert caplog.messages.count("_TellingWallet: the wallet's address or network could not be read: RuntimeError") == 2
