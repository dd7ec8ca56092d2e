"""An option that would be misread is refused before anything runs."""

import logging
from typing import Any

import pytest

from agentkit_policy import PolicySetupError, deny, guard_wallet, with_policy

from .judge import Judge
from .plain import Kit, Policy, Wallet, WalletKit, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


class _Half:
    def info(self, *_: Any) -> None: ...

    def warning(self, *_: Any) -> None: ...


_MISREAD: dict[str, tuple[dict[str, Any], str]] = {
    "no wallet guard by None": ({"wallet": None}, "wallet is True or False"),
    "no wallet guard by 0": ({"wallet": 0}, "wallet is True or False"),
    "a wallet guard by 1": ({"wallet": 1}, "wallet is True or False"),
    "a wallet guard by text": ({"wallet": "no"}, "wallet is True or False"),
    "a number for a Node": ({"node": 5}, "node is the path of a Node"),
    "bytes for a Node": ({"node": b"/usr/bin/node"}, "node is the path of a Node"),
    "no logger": ({"logger": None}, "logger has info, warning, error and exception"),
    "a function for a logger": ({"logger": print}, "logger has info, warning, error and exception"),
    "half a logger": ({"logger": _Half()}, "logger has info, warning, error and exception"),
}


@pytest.mark.parametrize(("options", "text"), _MISREAD.values(), ids=_MISREAD.keys())
def test_an_option_that_would_be_misread_is_refused(options: dict[str, Any], text: str) -> None:
    for refuse in (
        lambda: with_policy(WalletKit(lambda wallet, _: wallet.send_transaction(dict(_SEND))), Policy(), **options),
        lambda: guard_wallet(Wallet(), Policy(), **options),
        lambda: with_policy(Kit(), None, **options),
    ):
        with pytest.raises(PolicySetupError, match=text) as raised:
            refuse()
        assert raised.value.code == "invalid_option"


def test_every_option_that_is_misread_is_named_at_once() -> None:
    odd: dict[str, Any] = {"wallet": None, "logger": None, "queue_wait_s": 0}
    with pytest.raises(PolicySetupError, match=r"queue_wait_s .*wallet .*logger "):
        with_policy(Kit(), Policy(), **odd)


def test_what_an_option_may_be_is_taken() -> None:
    bare = WalletKit(lambda wallet, _: wallet.send_transaction(dict(_SEND)))
    judge = Judge(call=lambda _: deny("no"))
    assert run(with_policy(bare, judge, wallet=False)).startswith("0x")
    assert "denied by policy" in run(with_policy(bare, judge, wallet=True))
    odd: Any = logging.LoggerAdapter(logging.getLogger("of the program"), {})
    assert run(with_policy(Kit(), Policy(), logger=odd)) == "paid"


# What is no policy


class _NoName:
    @property
    def name(self) -> str:
        raise RuntimeError("no name")

    def before_action(self, _: Any) -> Any:
        return deny("no")


class _NoCalls:
    def before_action(self, _: Any) -> Any:
        return deny("no")

    @property
    def before_wallet_call(self) -> Any:
        raise RuntimeError("not yet")


class _NoActions:
    @property
    def before_action(self) -> Any:
        raise RuntimeError("not yet")


@pytest.mark.parametrize("kind", [_NoName, _NoCalls, _NoActions])
def test_a_policy_that_raises_where_it_is_looked_at_is_refused(kind: type) -> None:
    with pytest.raises(PolicySetupError, match=f"a {kind.__name__} cannot be read: RuntimeError") as raised:
        with_policy(Kit(), kind())
    assert raised.value.code == "invalid_policy"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5_000, "policy.yaml/" * 1_000])
def test_a_path_that_no_file_can_have_is_refused(path: str) -> None:
    with pytest.raises(PolicySetupError):
        with_policy(Kit(), path)
