"""Wallets of somebody's own whose calls are async: what is awaited later leaves where no policy looks."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import coinbase_agentkit
import pytest
from coinbase_agentkit import WalletProvider

from agentkit_policy import ActionDeniedError, guard_wallet, with_policy
from agentkit_policy.agentkit import AUTHORITY, ESCAPES, READS, RECEIPT

from .conftest import PolicyFile
from .judge import Judge
from .own_action import said
from .plain import Wallet, WalletKit, run

_SEND = {"to": "0x" + "11" * 20, "value": 1}


class AsyncWallet(Wallet):
    async def send_transaction(self, transaction: dict[str, Any]) -> str:  # type: ignore[override]
        return super().send_transaction(transaction)

    async def sign_message(self, message: str) -> str:
        self.sent.append(message)
        return "0xsigned"

    async def pay(self, to: str) -> None:
        self.sent.append(to)


class LaterWallet(Wallet):
    """Its methods are plain, and what they give has to be awaited."""

    make: Callable[[Any], Any]

    def send_transaction(self, transaction: dict[str, Any]) -> Any:
        return self.make(self._send(transaction))

    async def _send(self, transaction: dict[str, Any]) -> str:
        return super().send_transaction(transaction)


def test_no_wallet_of_agentkits_lets_authority_leave_by_an_async_method() -> None:
    classes = [each for each in vars(coinbase_agentkit.wallet_providers).values() if isinstance(each, type)]
    wallets = [each for each in classes if issubclass(each, WalletProvider)]
    assert len(wallets) == 6
    for wallet in wallets:
        names = [name for name in dir(wallet) if inspect.iscoroutinefunction(getattr(wallet, name))]
        assert set(names) <= ESCAPES, wallet
        assert set(names) & (AUTHORITY.keys() | READS | {RECEIPT}) == set()


@pytest.mark.parametrize("name", ["send_transaction", "sign_message", "pay"])
def test_an_async_call_is_denied_before_anything_is_handed_over(name: str) -> None:
    bare, judge = AsyncWallet(), Judge()
    with pytest.raises(ActionDeniedError) as denied:
        getattr(guard_wallet(bare, judge), name)("hello")
    assert denied.value.code == "escape_denied"
    assert (bare.sent, judge.calls) == ([], [])


def test_an_async_call_of_an_action_ends_its_spending_and_nothing_leaves_after_the_seal() -> None:
    judge, lines = Judge(), list[str]()

    def body(wallet: Any, _: Any) -> str:
        lines.extend(said(lambda: wallet.send_transaction(dict(_SEND))) for _ in range(2))
        return "done"

    bare = WalletKit(body)
    bare.wallet_provider = AsyncWallet()
    assert run(with_policy(bare, judge)).startswith("Error: denied by policy (escape_denied): the wallet's send_transaction()")
    assert all(line.startswith("ActionDeniedError: denied by policy (escape_denied)") for line in lines)
    assert bare.wallet_provider.sent == []
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("on_action_error", "failed")]


class _Awaitable:
    def __init__(self, coroutine: Any) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Any:
        return self._coroutine.__await__()


@pytest.mark.parametrize("make", [lambda coroutine: coroutine, _Awaitable], ids=["a coroutine", "an awaitable"])
def test_what_a_plain_call_gives_to_be_awaited_is_kept_back_and_counts_as_gone(make: Callable[[Any], Any]) -> None:
    judge, lines = Judge(), list[str]()

    def body(wallet: Any, _: Any) -> str:
        lines.extend(said(lambda: wallet.send_transaction(dict(_SEND))) for _ in range(2))
        return "done"

    bare, wallet = WalletKit(body), LaterWallet()
    bare.wallet_provider, wallet.make = wallet, make
    assert run(with_policy(bare, judge)).startswith("Error: denied by policy (escape_denied): the wallet's send_transaction()")
    assert all(line.startswith("ActionDeniedError: denied by policy (escape_denied)") for line in lines)
    # It was asked for one of them. Nobody can await what it gave, and nobody knows that it stayed.
    assert [len(judge.calls), wallet.sent] == [1, []]
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("after_action", "unknown")]


def test_what_runs_already_when_a_plain_call_has_returned_counts_as_gone() -> None:
    judge, wallet = Judge(), LaterWallet()
    wallet.make = lambda coroutine: asyncio.get_running_loop().create_task(coroutine)
    guarded = guard_wallet(wallet, judge)

    async def main() -> None:
        with pytest.raises(ActionDeniedError, match="escape_denied"):
            guarded.send_transaction(dict(_SEND))
        await asyncio.sleep(0)

    asyncio.run(main())
    assert wallet.sent == [_SEND]
    assert [(hook, outcome["status"]) for hook, _, outcome in judge.told] == [("after_action", "unknown")]


def test_a_policy_file_counts_what_may_leave_yet_as_gone(policy_file: Callable[..., PolicyFile]) -> None:
    policy, wallet = policy_file('{ id: eth, limit: native, max: "1", window: day }'), LaterWallet()
    wallet.make = lambda coroutine: coroutine
    with pytest.raises(ActionDeniedError, match="escape_denied"):
        guard_wallet(wallet, policy).send_transaction(dict(_SEND))
    assert (policy.counted("eth"), policy.open("eth"), wallet.sent) == (1, 1, [])
