"""A denied wallet call is told whatever its action makes of it."""

import contextlib
from typing import Any, Literal

import pytest

from agentkit_policy import ActionDeniedError, deny, with_policy

from .judge import Judge
from .plain import WalletKit, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


class _NoText:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class _NoString:
    def __str__(self) -> Any:
        return 5


@pytest.mark.parametrize("made", [_NoText, _NoString])
@pytest.mark.parametrize("on_deny", ["return", "raise"])
def test_a_denial_is_told_where_what_the_action_returned_has_no_text(made: type, on_deny: Literal["return", "raise"]) -> None:
    returned = made()

    def body(wallet: Any, _: Any) -> Any:
        with contextlib.suppress(ActionDeniedError):
            wallet.send_transaction(dict(_SEND))
        return returned

    kit = with_policy(WalletKit(body), Judge(call=lambda _: deny("not from here")), on_deny=on_deny)
    if on_deny == "return":
        assert run(kit) == f"Error: denied by policy (denied): not from here\n{made.__name__}"
    else:
        with pytest.raises(ActionDeniedError, match="not from here") as raised:
            run(kit)
        assert raised.value.result is returned


def test_a_result_without_text_that_nobody_denied_comes_back_as_it_is() -> None:
    returned = _NoText()
    assert run(with_policy(WalletKit(lambda *_: returned), Judge())) is returned
