"""Kits that are asked by many at once, or are made in ways of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agentkit_policy import PolicySetupError, assert_guarded, deny, with_policy

from .patience import PATIENCE_S
from .plain import Action, Kit, Policy, Wallet, code_of, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


class _MeetingKit(Kit):
    """Who asks for its actions first has reached for the wallet when a second asks, and goes before that one reaches for it."""

    def __init__(self) -> None:
        super().__init__()
        self.wallet_provider = Wallet()
        self.asked = 0
        self.first_has_it, self.second_asks, self.first_is_out = (threading.Event() for _ in range(3))

    def get_actions(self) -> list[Action]:
        self.asked += 1
        number = self.asked  # The first of all is with_policy itself.
        if number == 3:
            self.second_asks.set()
            assert self.first_is_out.wait(PATIENCE_S)
        wallet = self.wallet_provider
        if number == 2:
            self.first_has_it.set()
            assert self.second_asks.wait(PATIENCE_S)
        return [Action("pay", lambda args: wallet.send_transaction(dict(_SEND)))]


def test_threads_that_ask_one_kit_for_its_actions_at_once_get_guarded_ones_all() -> None:
    bare, policy = _MeetingKit(), Policy()
    kit = with_policy(bare, policy)
    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(kit.get_actions)]
        assert bare.first_has_it.wait(PATIENCE_S)
        asking.append(pool.submit(kit.get_actions))
        first = asking[0].result(PATIENCE_S)
        bare.first_is_out.set()
        for (action,) in (first, asking[1].result(PATIENCE_S)):
            assert action.invoke({}).startswith("0x")
    assert [told.context.guarded for told in policy.log if told.hook == "before_action"] == [True, True]


def test_a_kit_whose_actions_do_not_reach_for_its_wallet_counts_as_unguarded_still() -> None:
    bare, policy = Kit(), Policy()
    bare.wallet_provider = Wallet()  # type: ignore[attr-defined]
    assert run(with_policy(bare, policy)) == "paid"
    assert [told.context.guarded for told in policy.log if told.hook == "before_action"] == [False]


class _Anything:
    """Answers for any name."""

    wallet_provider = None

    def get_actions(self) -> list[Action]:
        return [Action("pay", lambda args: "paid")]

    def __getattr__(self, name: str) -> Any:
        return lambda *_: []


def test_a_kit_that_answers_for_any_name_is_not_taken_for_a_guarded_one() -> None:
    with pytest.raises(PolicySetupError) as raised:
        assert_guarded(_Anything())
    assert raised.value.code == "not_guarded"
    kit = with_policy(_Anything(), lambda _: deny("no"))
    assert_guarded(kit)
    assert code_of(kit.get_actions()[0].invoke({})) == "denied"
    with pytest.raises(PolicySetupError) as raised:
        with_policy(kit, Policy())
    assert raised.value.code == "already_guarded"
