import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from agentkit_policy import ActionDeniedError, allow, deny, with_policy
from agentkit_policy.decision import decision_of

from .patience import until
from .plain import Kit, Policy, run

_ALLOW = {"decision": "allow"}
_DENY = {"decision": "deny", "reason": "no"}


class _Lying(dict[str, Any]):
    """Says "allow" to whoever asks it for one of its members, whatever it holds."""

    def __getitem__(self, name: str) -> Any:
        return "allow"

    def get(self, name: str, default: Any = None) -> Any:
        return "allow"


class _Text(str):
    """Is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("allow")


class _Unreadable(Mapping[str, Any]):
    """Holds an allow, until it is read."""

    def __getitem__(self, name: str) -> Any:
        return "allow"

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("not now")

    def __len__(self) -> int:
        return 1


class _Truthy:
    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class _Word(Enum):
    UPPER = "ALLOW"


def _cyclic() -> dict[str, Any]:
    answer: dict[str, Any] = dict(_ALLOW)
    answer["metadata"] = answer
    return answer


def _generator() -> Iterator[dict[str, str]]:
    yield _ALLOW


async def _coroutine() -> dict[str, str]:
    return _ALLOW


_RUBBISH: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "an empty mapping": dict,
    "the word alone": lambda: "allow",
    "the empty text": lambda: "",
    "true": lambda: True,
    "false": lambda: False,
    "one": lambda: 1,
    "not a number": lambda: math.nan,
    "a list": lambda: ["allow"],
    "a list of one decision": lambda: [_ALLOW],
    "a list of pairs": lambda: [("decision", "allow")],
    "a tuple": lambda: ("decision", "allow"),
    "a set": lambda: {"decision", "allow"},
    "bytes": lambda: b'{"decision":"allow"}',
    "the text of an allow": lambda: '{"decision":"allow"}',
    "no word": lambda: {"decision": None},
    "the word in upper case": lambda: {"decision": "ALLOW"},
    "the word with a blank": lambda: {"decision": "allow "},
    "the word with a line's end": lambda: {"decision": "allow\n"},
    "the text true": lambda: {"decision": "true"},
    "true for the word": lambda: {"decision": True},
    "an unknown word": lambda: {"decision": "block", "reason": "no"},
    "bytes for the word": lambda: {"decision": b"allow"},
    "the word in a list": lambda: {"decision": ["allow"]},
    "a text that equals everything": lambda: {"decision": _Text("no")},
    "a thing that equals everything": lambda: {"decision": _Truthy()},
    "an enumeration of another word": lambda: {"decision": _Word.UPPER},
    "another vocabulary": lambda: {"allowed": True},
    "the vocabulary of a gateway": lambda: {"allow": True, "result": "allow"},
    "an object with the attribute": lambda: SimpleNamespace(decision="allow"),
    "a class with the attribute": lambda: type("Allow", (), {"decision": "allow"}),
    "a mapping that lies about what it holds": lambda: _Lying(decision="no"),
    "a mapping that cannot be read": _Unreadable,
    "a mapping that holds itself": _cyclic,
    "a generator": _generator,
    "a function": lambda: _coroutine,
    "an awaitable of an awaitable": lambda: _twice(),
    "an error that was not raised": lambda: ValueError("no"),
    "a deny without a reason": lambda: {"decision": "deny"},
    "a deny whose reason is a number": lambda: {"decision": "deny", "reason": 5},
    "a deny with a code of its own form": lambda: {**_DENY, "code": "Over Limit"},
    "a deny with a code that ends its line": lambda: {**_DENY, "code": "over_limit\n"},
    "a deny with half a character": lambda: {"decision": "deny", "reason": "\ud800"},
    "a deny whose reason is a book": lambda: {"decision": "deny", "reason": "no " * 2_000},
    "a permission of negative length": lambda: {**_ALLOW, "validForMs": -1},
    "a permission of no number": lambda: {**_ALLOW, "validForMs": math.nan},
    "a permission for ever": lambda: {**_ALLOW, "validForMs": math.inf},
    "a permission beyond all numbers": lambda: {**_ALLOW, "validForMs": 2**53},
    "a permission beyond all floats": lambda: {**_ALLOW, "validForMs": 10**400},
    "a permission of a fraction": lambda: {**_ALLOW, "validForMs": 0.5},
    "a permission of true": lambda: {**_ALLOW, "validForMs": True},
    "a permission as text": lambda: {**_ALLOW, "validForMs": "600000"},
    "a permission as a decimal": lambda: {**_ALLOW, "validForMs": Decimal(600_000)},
    "a permission as a quotient": lambda: {**_ALLOW, "validForMs": Fraction(600_000)},
    "metadata of numbers": lambda: {**_ALLOW, "metadata": {"rule": 1}},
    "metadata of bytes": lambda: {**_ALLOW, "metadata": {"rule": b"x"}},
    "metadata as text": lambda: {**_ALLOW, "metadata": "rule"},
    "a settlement as text": lambda: {**_ALLOW, "settlement": "r1"},
    "a prototype": lambda: {"__proto__": _ALLOW, **_ALLOW},
    "a name that is no text": lambda: {**_ALLOW, 1: "x"},
    "an allow with a thing in it": lambda: {**_ALLOW, "other": object()},
    "an allow of half a million bytes": lambda: {**_ALLOW, "other": "x" * 500_000},
}


async def _twice() -> Any:
    return _generator()


@pytest.mark.parametrize("make", _RUBBISH.values(), ids=_RUBBISH.keys())
def test_an_answer_that_is_neither_allow_nor_deny_denies(make: Callable[[], Any]) -> None:
    bare, policy = Kit(), Policy(lambda _: make())
    text = run(with_policy(bare, policy))
    assert text == 'Error: denied by policy (invalid_decision): the policy "policy" gave an answer that is neither allow nor deny'
    assert bare.given == []
    # It may hold something, for nobody knows what it meant.
    until(lambda: policy.endings)
    (told,) = policy.endings
    assert told.hook == "on_action_error"
    assert isinstance(told.value, ActionDeniedError)


class _Word2(str, Enum):
    ALLOW = "allow"


class _Model(BaseModel):
    decision: str


_ALLOWS: dict[str, Callable[[], Any]] = {
    "the shortest": lambda: {"decision": "allow"},
    "with everything": lambda: {**_ALLOW, "metadata": {"rule": "r"}, "settlement": {"id": ["r1"]}, "validForMs": 600_000},
    "of a long time": lambda: {**_ALLOW, "validForMs": 2**53 - 1},
    "of a whole number of floats": lambda: {**_ALLOW, "validForMs": 600_000.0},
    "with what nobody knows": lambda: {**_ALLOW, "unknown": None},
    "that cannot be changed": lambda: MappingProxyType(_ALLOW),
    "in order": lambda: OrderedDict(_ALLOW),
    "that lies about what it is asked for, not about what it holds": lambda: _Lying(decision="allow"),
    "as an enumeration": lambda: {"decision": _Word2.ALLOW},
    "as a model": lambda: _Model(decision="allow"),
    "of ours": allow,
    "of ours with everything": lambda: allow(metadata={"rule": "r"}, valid_for_ms=600_000),
}


@pytest.mark.parametrize("make", _ALLOWS.values(), ids=_ALLOWS.keys())
def test_an_allow_in_any_form_of_plain_data_allows(make: Callable[[], Any]) -> None:
    bare, policy = Kit(), Policy(lambda _: make())
    assert run(with_policy(bare, policy)) == "paid"
    assert policy.hooks == ["before_action", "after_action"]


def test_a_deny_that_says_allow_to_whoever_asks_is_a_deny() -> None:
    bare = Kit()
    assert run(with_policy(bare, Policy(_Lying(_DENY)))) == "Error: denied by policy (denied): no"
    assert bare.given == []


def test_a_denial_reads_as_its_code_and_its_reason_for_the_model() -> None:
    assert run(with_policy(Kit(), lambda _: deny("too much"))) == "Error: denied by policy (denied): too much"
    coded = deny("too much", code="over_limit", metadata={"rule": "r"}, retry_after_ms=5)
    assert coded == {"decision": "deny", "reason": "too much", "code": "over_limit", "metadata": {"rule": "r"}, "retryAfterMs": 5}
    assert run(with_policy(Kit(), lambda _: coded)) == "Error: denied by policy (over_limit): too much"
    assert run(with_policy(Kit(), lambda _: deny(""))) == "Error: denied by policy (denied): no reason was given"


def test_an_answer_is_used_as_it_was_when_it_was_given() -> None:
    answer: dict[str, Any] = {"decision": "deny", "reason": "no", "metadata": {"rule": "r"}}
    copied = decision_of(answer)
    answer["decision"] = "allow"
    answer["metadata"]["rule"] = "other"
    assert copied == {"decision": "deny", "reason": "no", "metadata": {"rule": "r"}}
