"""Sends that leave when somebody iterates them, or on a thread: where no policy looks."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, guard_wallet, with_policy

from .judge import Judge
from .patience import PATIENCE_S
from .plain import Wallet, WalletKit, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


class _GeneratorWallet(Wallet):
    def send_transaction(self, transaction: dict[str, Any]) -> Any:
        self.sent.append(transaction)
        yield "0x1"


class _AsyncGeneratorWallet(Wallet):
    async def send_transaction(self, transaction: dict[str, Any]) -> Any:
        self.sent.append(transaction)
        yield "0x1"


@pytest.mark.parametrize("kind", [_GeneratorWallet, _AsyncGeneratorWallet])
def test_a_send_that_is_a_generator_is_denied_before_it_is_handed_over(kind: type[Wallet]) -> None:
    kept: list[Any] = []

    def body(wallet: Any, _: Any) -> str:
        kept.append(wallet.send_transaction(dict(_SEND)))
        return "done"

    bare, judge = WalletKit(body), Judge()
    bare.wallet_provider = kind()
    text = run(with_policy(bare, judge))
    assert text.startswith("Error: denied by policy (escape_denied): the wallet's send_transaction() acts when it is")
    assert (kept, bare.wallet_provider.sent, judge.calls) == ([], [], [])
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("on_action_error", "failed")]


class _LaterWallet(Wallet):
    """Its send is plain, and what it gives is not."""

    def __init__(self, make: Callable[[Callable[[], str]], Any]) -> None:
        super().__init__()
        self.make = make

    def send_transaction(self, transaction: dict[str, Any]) -> Any:
        return self.make(lambda: super(_LaterWallet, self).send_transaction(transaction))


def _generator(send: Callable[[], str]) -> Iterator[str]:
    yield send()


async def _async_generator(send: Callable[[], str]) -> AsyncIterator[str]:
    yield send()


@pytest.mark.parametrize("make", [_generator, _async_generator])
def test_what_a_plain_send_gives_to_be_iterated_is_kept_back_and_counts_as_gone(make: Callable[[Any], Any]) -> None:
    bare, judge = _LaterWallet(make), Judge()
    with pytest.raises(ActionDeniedError) as denied:
        guard_wallet(bare, judge).send_transaction(dict(_SEND))
    assert denied.value.code == "escape_denied"
    assert (len(judge.calls), bare.sent) == (1, [])
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("after_action", "unknown")]


def test_a_send_that_a_thread_does_later_is_denied_and_counts_as_gone() -> None:
    go = threading.Event()

    def later(send: Callable[[], str]) -> "Future[str]":
        return pool.submit(lambda: (go.wait(PATIENCE_S), send())[1])

    with ThreadPoolExecutor(1) as pool:
        bare, judge = _LaterWallet(later), Judge()
        with pytest.raises(ActionDeniedError) as denied:
            guard_wallet(bare, judge).send_transaction(dict(_SEND))
        go.set()
    assert denied.value.code == "escape_denied"
    assert bare.sent == [_SEND]
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("after_action", "unknown")]


@pytest.mark.parametrize("answer", ["0x1", ["0x1"], {"hash": "0x1"}, b"\x01", None])
def test_what_a_send_answers_at_once_comes_back(answer: Any) -> None:
    assert guard_wallet(_LaterWallet(lambda send: (send(), answer)[1]), Judge()).send_transaction(dict(_SEND)) == answer
