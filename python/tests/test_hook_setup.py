"""How a policy is put under a kit: what is refused, and what stays as it was."""

import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from agentkit_policy import (
    ActionContext,
    ActionDeniedError,
    ActionFailedError,
    AgentkitPolicyError,
    InsufficientFundsError,
    PolicySetupError,
    allow,
    assert_guarded,
    deny,
    guard_wallet,
    with_policy,
)

from .conftest import PolicyFile
from .plain import Action, Kit, Policy, Wallet, WalletKit, code_of, run


def _code_of_refusal(make: Callable[[], Any]) -> str:
    with pytest.raises(PolicySetupError) as raised:
        make()
    return raised.value.code


# No policy, no change


def test_without_a_policy_the_kit_is_the_very_same_and_a_warning_says_so(caplog: pytest.LogCaptureFixture) -> None:
    kit = WalletKit(lambda wallet, args: "paid")
    members = dict(vars(kit))
    with caplog.at_level(logging.WARNING, "agentkit_policy"):
        assert with_policy(kit, None) is kit
    assert [record.getMessage() for record in caplog.records] == ["with_policy was given no policy: this kit is not guarded"]
    assert vars(kit) == members
    assert _code_of_refusal(lambda: assert_guarded(kit)) == "not_guarded"


def test_a_guarded_kit_is_of_its_class_with_the_same_actions_and_the_bare_one_stays_bare() -> None:
    bare, policy = Kit(), Policy(deny("no"))
    kit = with_policy(bare, policy)
    assert type(kit) is not Kit
    assert isinstance(kit, Kit)
    assert type(kit).__name__ == "Kit"
    assert_guarded(kit)
    ((own,), (other,)) = kit.get_actions(), bare.get_actions()
    assert (own.name, own.description, own.args_schema) == (other.name, other.description, other.args_schema)
    assert type(own) is Action
    assert run(bare) == "paid"
    assert policy.log == []
    assert run(kit) == "Error: denied by policy (denied): no"


class _ModelAction(BaseModel):
    name: str
    args_schema: type[BaseModel]
    invoke: Callable[..., Any]


class _ModelKit:
    """Holds its actions, as models: an action that is changed in its place would stay changed."""

    def __init__(self) -> None:
        self.action = _ModelAction(name="pay", args_schema=_ModelAction, invoke=lambda args: "paid")

    def get_actions(self) -> list[_ModelAction]:
        return [self.action]


def test_an_action_that_its_kit_keeps_is_copied_and_not_changed() -> None:
    bare = _ModelKit()
    kit = with_policy(bare, lambda _: deny("no"))
    for _ in range(2):
        (action,) = kit.get_actions()
        assert type(action) is _ModelAction
        assert action.args_schema is _ModelAction
        assert code_of(action.invoke({})) == "denied"
    assert bare.action.invoke({}) == "paid"


def test_a_change_to_the_guarded_kit_is_one_to_the_bare_kit_too() -> None:
    bare = Kit()
    kit = with_policy(bare, Policy())
    kit.body = lambda _: "changed"
    assert run(bare) == run(kit) == "changed"
    bare.name = "renamed"
    assert [action.name for action in kit.get_actions()] == ["renamed"]


# What is refused


def test_a_kit_or_a_wallet_is_guarded_once() -> None:
    bare = WalletKit(lambda wallet, args: "paid")
    kit = with_policy(bare, Policy())
    assert _code_of_refusal(lambda: with_policy(kit, Policy())) == "already_guarded"
    assert _code_of_refusal(lambda: with_policy(kit, None)) == "already_guarded"
    wallet = guard_wallet(Wallet(), Policy())
    assert _code_of_refusal(lambda: guard_wallet(wallet, Policy())) == "already_guarded"
    assert _code_of_refusal(lambda: guard_wallet(kit.wallet_provider, Policy())) == "already_guarded"
    bare.wallet_provider = wallet
    assert _code_of_refusal(lambda: with_policy(bare, Policy())) == "already_guarded"
    # Two kits with policies of their own are no double guard, and a bare kit may be guarded again.
    assert run(with_policy(Kit(), Policy())) == "paid"
    again = Kit()
    assert run(with_policy(again, Policy())) == run(with_policy(again, Policy())) == "paid"


def test_a_wallet_without_a_kit_may_say_which_actions_its_policy_file_names(policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file("{ id: no-tip, deny: { actions: [CustomActionProvider_tip] } }")
    with pytest.raises(PolicySetupError, match="CustomActionProvider_tip") as raised:
        guard_wallet(Wallet(), policy)
    assert raised.value.code == "invalid_policy"
    assert guard_wallet(Wallet(), policy, actions=["CustomActionProvider_tip"]).get_balance() == 10**18
    for names in ("CustomActionProvider_tip", [7], 7, None):
        wrong: Any = names
        assert _code_of_refusal(lambda wrong=wrong: guard_wallet(Wallet(), policy, actions=wrong)) == "invalid_option"  # type: ignore[misc]


def test_an_action_of_a_guarded_kit_inside_another_guarded_kit_is_refused() -> None:
    guarded = with_policy(Kit(), Policy())

    class Borrowing(Kit):
        def get_actions(self) -> list[Action]:
            return guarded.get_actions()

    assert _code_of_refusal(lambda: run(with_policy(Borrowing(), Policy()))) == "already_guarded"


class _Typo:
    def before_actions(self, context: ActionContext) -> Any:
        return allow()


class _NotCallable:
    before_action = allow()


_NO_POLICIES: dict[str, Any] = {
    "an empty list": [],
    "an empty tuple": (),
    "a class": Policy,
    "a class in a list": [Policy(), Policy],
    "an object with a misspelt method": _Typo(),
    "an object whose method is none": _NotCallable(),
    "nothing in a list": [None],
    "a list in a list": [[Policy()]],
    "rules as a mapping": {"rules": []},
    "a number": 5,
    "an iterator": iter([Policy()]),
    "two files": ["one.yaml", "two.yaml"],
    "two files around a policy": ["one.yaml", Policy(), Path("two.yaml")],
}


@pytest.mark.parametrize("policy", _NO_POLICIES.values(), ids=_NO_POLICIES.keys())
def test_what_is_no_policy_is_refused_before_any_action_runs(policy: Any) -> None:
    assert _code_of_refusal(lambda: with_policy(Kit(), policy)) == "invalid_policy"
    assert _code_of_refusal(lambda: guard_wallet(Wallet(), policy)) == "invalid_policy"


def test_a_mistake_in_a_policy_beside_a_file_is_found_before_a_process_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policies: Any = ["policy.yaml", Policy]
    monkeypatch.setenv("PATH", str(tmp_path))  # A start would fail, and say sidecar_missing.
    assert _code_of_refusal(lambda: with_policy(Kit(), policies)) == "invalid_policy"


def test_what_is_no_policy_is_named_without_showing_what_it_holds() -> None:
    with pytest.raises(PolicySetupError, match="dict") as raised:
        with_policy(Kit(), {"api_key": "sk-0123456789"})  # type: ignore[arg-type]
    assert "sk-0123456789" not in str(raised.value)


def test_a_list_and_a_tuple_of_one_are_that_policy() -> None:
    for policies in ([Policy()], (Policy(),)):
        assert run(with_policy(Kit(), policies)) == "paid"


_NO_OPTIONS: dict[str, dict[str, Any]] = {
    "a misspelt name": {"on_denial": "raise"},
    "the other language's name": {"onDeny": "throw"},
    "the other language's word": {"on_deny": "throw"},
    "no word": {"on_deny": None},
    "true for a word": {"on_deny": True},
    "a context that is no mapping": {"context": "u1"},
    "a context that is a number": {"context": 5},
    "a context that is a list": {"context": ["user_id"]},
    "a context with another name": {"context": {"userId": "u1"}},
    "a context without text": {"context": {"user_id": ""}},
    "no time to decide": {"decision_deadline_s": 0},
    "less than no time": {"decision_deadline_s": -1},
    "for ever": {"decision_deadline_s": math.inf},
    "not a number": {"settle_deadline_s": math.nan},
    "more than a day": {"queue_wait_s": 86_401},
    "a time as text": {"decision_deadline_s": "5"},
    "no time": {"decision_deadline_s": None},
    "descriptions that are no mapping": {"describe": lambda args: []},
    "a description that cannot be called": {"describe": {"pay": []}},
}


@pytest.mark.parametrize("options", _NO_OPTIONS.values(), ids=_NO_OPTIONS.keys())
def test_an_option_that_is_none_is_refused_before_any_action_runs(options: dict[str, Any]) -> None:
    assert _code_of_refusal(lambda: with_policy(Kit(), Policy(), **options)) == "invalid_option"
    assert _code_of_refusal(lambda: guard_wallet(Wallet(), Policy(), **options)) == "invalid_option"
    assert _code_of_refusal(lambda: with_policy(Kit(), None, **options)) == "invalid_option"


def test_options_at_their_limits_are_taken() -> None:
    options: dict[str, Any] = {
        "on_deny": "raise",
        "context": {},
        "decision_deadline_s": 86_400,
        "settle_deadline_s": 1,
        "queue_wait_s": 0.5,
        "describe": {},
        "wallet": False,
        "logger": logging.getLogger("of the program"),
    }
    assert run(with_policy(Kit(), Policy(), **options)) == "paid"


def test_every_error_of_ours_is_caught_by_one_name() -> None:
    for error in (ActionDeniedError, ActionFailedError, InsufficientFundsError, PolicySetupError):
        assert issubclass(error, AgentkitPolicyError)


# What is said at the start


def test_what_no_policy_will_see_is_said_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "agentkit_policy"):
        with_policy(WalletKit(lambda wallet, args: "paid"), Policy())
        assert "no policy judges wallet calls" in caplog.text
        assert "the wallet guard is off" not in caplog.text
        with_policy(WalletKit(lambda wallet, args: "paid"), Policy(), wallet=False)
        assert "the wallet guard is off" in caplog.text


def test_everything_is_said_to_the_programs_own_logger(caplog: pytest.LogCaptureFixture) -> None:
    own = logging.getLogger("of the program")
    with caplog.at_level(logging.INFO):
        run(with_policy(Kit(), lambda _: None, logger=own))  # type: ignore[arg-type, return-value]
        with_policy(Kit(), None, logger=own)
    assert {record.name for record in caplog.records} == {"of the program"}


# Actions of one's own


def test_a_description_that_fails_denies_and_asks_nobody() -> None:
    def describe(args: Any) -> Any:
        raise KeyError("no such token")

    bare, policy = Kit(), Policy()
    kit = with_policy(bare, policy, describe={"pay": describe, "other": lambda args: []})
    assert run(kit) == "Error: denied by policy (policy_error): what the action would move could not be read"
    assert bare.given == policy.log == []
    bare.name = "other"
    assert run(kit) == "paid"


def test_a_description_that_changes_its_arguments_changes_them_for_nobody_else() -> None:
    def describe(args: Any) -> Any:
        args["amount"] = args.pop("amount") + "000"
        return []

    bare, policy = Kit(), Policy()
    assert run(with_policy(bare, policy, describe={"pay": describe})) == "paid"
    assert policy.log[0].context.args == {"amount": "1"}
    assert bare.given == [{"amount": "1"}]
