"""What a wallet answered, however odd it is: the call has left, and nothing may change that or its settlement."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import allow, guard_wallet
from agentkit_policy.journal import Journal

from .conftest import PolicyFile
from .patience import until
from .plain import Wallet

_MILLI = 10**15


class Unreadable:
    @property
    def raw_transaction(self) -> bytes:
        raise RuntimeError("not here")


class Impostor:
    @property
    def __class__(self) -> Any:
        raise RuntimeError("nobody's")

    @__class__.setter
    def __class__(self, _: Any) -> None: ...


class Signed:
    raw_transaction = b"signed"


def _noted(answer: Any, *, is_send: bool) -> dict[str, Any]:
    journal = Journal()
    journal.start({"callId": "one"})
    # An instance of such a class cannot even be a parameter of a test.
    journal.answered("one", answer() if isinstance(answer, type) else answer, is_send=is_send)
    (call,) = journal.calls()
    del call["facts"]
    return call


@pytest.mark.parametrize("answer", ["0x" + "ab" * 32, "5" * 88, "a" * 256])
def test_an_id_that_the_contract_takes_is_kept(answer: str) -> None:
    assert _noted(answer, is_send=True) == {"state": "returned", "transactionId": answer}


@pytest.mark.parametrize("answer", ["a" * 257, "", None, 7, b"0x", Unreadable, Impostor], ids=list("1234567"))
def test_an_answer_to_a_send_that_is_no_id_is_an_answer_all_the_same(answer: Any) -> None:
    assert _noted(answer, is_send=True) == {"state": "returned"}


@pytest.mark.parametrize(("answer", "signature"), [("0xab", b"0xab"), (b"raw", b"raw"), (Signed(), b"signed")], ids=list("123"))
def test_of_a_signature_the_hash_is_kept(answer: Any, signature: bytes) -> None:
    assert _noted(answer, is_send=False) == {"state": "returned", "signatureHash": hashlib.sha256(signature).hexdigest()}


@pytest.mark.parametrize("answer", ["\ud800", None, 7, Unreadable, Impostor], ids=list("12345"))
def test_an_answer_that_is_no_signature_is_an_answer_all_the_same(answer: Any) -> None:
    assert _noted(answer, is_send=False) == {"state": "returned"}


@pytest.mark.parametrize("answer", ["\ud800", Unreadable()], ids=list("12"))
def test_what_a_wallet_answers_comes_back_whatever_it_is(answer: Any) -> None:
    class Odd(Wallet):
        def sign_transaction(self, transaction: dict[str, Any]) -> Any:
            self.sent.append(transaction)
            return answer

    wallet = Odd()
    guarded: Any = guard_wallet(wallet, lambda _: allow())
    assert guarded.sign_transaction({"to": "0x" + "11" * 20, "value": _MILLI}) is answer
    assert len(wallet.sent) == 1


def test_a_send_with_a_long_answer_is_settled(policy_file: Callable[..., PolicyFile]) -> None:
    class Long(Wallet):
        def send_transaction(self, transaction: dict[str, Any]) -> str:
            return super().send_transaction(transaction) + "ab" * 200

    policy = policy_file('{ id: eth, limit: native, max: "0.05", window: day }')
    wallet: Any = guard_wallet(Long(), policy)
    assert len(wallet.send_transaction({"to": "0x" + "11" * 20, "value": _MILLI})) == 466
    until(lambda: (policy.counted("eth"), policy.open("eth")) == (_MILLI, 0))
