"""Kits that are asked by many at once, or are made in ways of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, PolicySetupError, assert_guarded, deny, guard_wallet, with_policy

from .judge import Judge
from .patience import PATIENCE_S
from .plain import Action, Kit, Network, Policy, Wallet, code_of, run

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


# Without a __dict__


class _SlotWallet:
    __slots__ = ("sent",)

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def get_address(self) -> str:
        return "0x" + "ab" * 20

    def get_network(self) -> Network:
        return Network()

    def get_balance(self) -> int:
        return 10**18

    def send_transaction(self, transaction: Any) -> str:
        self.sent.append(transaction)
        return "0x" + "01" * 32


class _SlotKit:
    __slots__ = ("__asked", "wallet_provider")

    def __init__(self, wallet: Any) -> None:
        self.wallet_provider, self.__asked = wallet, 0

    def get_actions(self) -> list[Action]:
        self.__asked += 1
        wallet = self.wallet_provider
        return [Action(f"pay_{self.__asked}", lambda args: wallet.send_transaction(dict(_SEND)))]


class _NamedSlotKit(_SlotKit):
    """With a __dict__ beside its slots."""

    def __init__(self, wallet: Any) -> None:
        super().__init__(wallet)
        self.name = "named"


@pytest.mark.parametrize("make_kit", [_SlotKit, _NamedSlotKit])
@pytest.mark.parametrize("make_wallet", [_SlotWallet, Wallet])
def test_a_kit_and_a_wallet_with_slots_are_guarded_as_any_other(make_kit: type[_SlotKit], make_wallet: type[Any]) -> None:
    wallet, judge = make_wallet(), Judge()
    bare = make_kit(wallet)
    kit = with_policy(bare, judge)
    assert isinstance(kit, make_kit)
    (action,) = kit.get_actions()
    assert action.invoke({}).startswith("0x")
    assert judge.methods == [("send", "send_transaction")]
    assert wallet.sent == [_SEND]
    # What one of them keeps in a slot, the other has too.
    assert [action.name for each in (kit, bare, kit) for action in each.get_actions()] == ["pay_3", "pay_4", "pay_5"]
    assert vars(kit).get("name") == getattr(bare, "name", None)


def test_a_wallet_with_slots_is_guarded_without_a_kit_and_hands_out_no_more_than_another() -> None:
    bare = _SlotWallet()
    wallet = guard_wallet(bare, Judge(call=lambda _: deny("no")))
    for denied in (lambda: wallet.send_transaction(dict(_SEND)), lambda: wallet.sent, lambda: setattr(wallet, "sent", [])):
        with pytest.raises(ActionDeniedError):
            denied()
    assert bare.sent == []


class _Listed(list[Any]):
    """Of a class that is made by its own means only."""

    wallet_provider = None

    def get_actions(self) -> list[Action]:
        return [Action("pay", lambda args: "paid")]


class _ListedWallet(_Listed):
    def get_address(self) -> str:
        return "0x" + "ab" * 20


def test_what_no_stand_in_can_be_made_of_is_refused_at_once() -> None:
    bare = Kit()
    bare.wallet_provider = _ListedWallet()  # type: ignore[attr-defined]
    for refuse in (
        lambda: with_policy(_Listed(), Policy()),
        lambda: with_policy(bare, Policy()),
        lambda: guard_wallet(_ListedWallet(), Policy()),
    ):
        with pytest.raises(PolicySetupError, match="cannot be guarded") as raised:
            refuse()
        assert raised.value.code == "invalid_option"
