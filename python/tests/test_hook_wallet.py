"""Wallet calls that a policy in Python denies."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from agentkit_policy import ActionContext, ActionDeniedError, allow, deny, with_policy

from .plain import Gate, Policy, Told, WalletKit, code_of, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


def _fail(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("on_deny", ["return", "raise"])
def test_a_denied_wallet_call_ends_the_action_and_its_policy_hears_of_the_denial(on_deny: Literal["return", "raise"]) -> None:
    class NoSends(Policy):
        def before_wallet_call(self, context: ActionContext) -> Any:
            self.log.append(Told(self.name, "before_wallet_call", context))
            return deny("not from here", code="no_sends")

    def body(wallet: Any, _: Any) -> str:
        for _ in range(2):
            with pytest.raises(ActionDeniedError, match="not from here"):
                wallet.send_transaction(dict(_SEND))
        return "Paid, says the action"

    bare, policy = WalletKit(body), NoSends()
    kit = with_policy(bare, policy, on_deny=on_deny)
    if on_deny == "return":
        assert run(kit) == "Error: denied by policy (no_sends): not from here\nPaid, says the action"
    else:
        with pytest.raises(ActionDeniedError, match="no_sends") as raised:
            run(kit)
        assert raised.value.result == "Paid, says the action"
    assert bare.wallet_provider.sent == []
    # The second call asks nobody any more.
    assert policy.hooks == ["before_action", "before_wallet_call", "on_action_error"]
    judged, told = policy.log[1].context, policy.log[2].value
    assert (judged.layer, judged.action_name, judged.action_id) == ("wallet", "pay", policy.log[0].context.action_id)
    assert judged.call_id == judged.args["callId"]
    assert (judged.args["method"], judged.args["unread"]) == ("send", {"transaction": _SEND})
    assert (told.code, told.result) == ("no_sends", "Paid, says the action")


_WALLET_ANSWERS: dict[str, tuple[Callable[[Gate], Any], str]] = {
    "rubbish": (lambda gate: {"decision": "ALLOW"}, "invalid_decision"),
    "an error": (lambda gate: _fail(ValueError("no")), "policy_error"),
    "no answer": (lambda gate: gate.wait(), "policy_timeout"),
    "a permission that is over": (lambda gate: allow(valid_for_ms=0), "allow_expired"),
    "an allow": (lambda gate: allow(), ""),
}


@pytest.mark.parametrize(("answer", "code"), _WALLET_ANSWERS.values(), ids=_WALLET_ANSWERS.keys())
def test_a_wallet_call_that_nobody_allowed_is_denied(answer: Callable[[Gate], Any], code: str) -> None:
    with Gate() as gate:

        class Judge(Policy):
            def before_wallet_call(self, context: ActionContext) -> Any:
                return answer(gate)

        bare = WalletKit(lambda wallet, _: wallet.send_transaction(dict(_SEND)))
        result = run(with_policy(bare, Judge(), decision_deadline_s=0.3 if code == "policy_timeout" else 5))
    assert code_of(result) == code
    assert len(bare.wallet_provider.sent) == (0 if code else 1)
