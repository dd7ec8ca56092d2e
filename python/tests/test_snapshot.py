import json
import math
import time
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from agentkit_policy import with_policy
from agentkit_policy.snapshot import MAX_BYTES, MAX_DEPTH, SnapshotError, take_snapshot

from .patience import PATIENCE_S
from .plain import Kit, Policy, run


def _plain(value: Any, **named: Any) -> Any:
    return take_snapshot(value, **named)[0]


def _own(value: Any, **named: Any) -> Any:
    return take_snapshot(value, **named)[1]


def _refused(value: Any, match: str, **named: Any) -> None:
    started = time.monotonic()
    with pytest.raises(SnapshotError, match=match):
        take_snapshot(value, **named)
    assert time.monotonic() - started < PATIENCE_S, "a refusal ends, whatever it refuses"


# What has a reading


class _Color(Enum):
    RED = "red"


class _Level(IntEnum):
    HIGH = 3


class _Point(NamedTuple):
    x: int
    y: str


_TAGGED: dict[str, tuple[Any, Any]] = {
    "a decimal": (Decimal("0.10"), {"$decimal": "0.10"}),
    "a decimal with an exponent": (Decimal("1E+3"), {"$decimal": "1000"}),
    "a small decimal": (Decimal("1e-18"), {"$decimal": "0.000000000000000001"}),
    "a negative decimal": (Decimal("-7"), {"$decimal": "-7"}),
    "bytes": (b"\x00\xff", {"$bytes": "AP8="}),
    "changeable bytes": (bytearray(b"\x00\xff"), {"$bytes": "AP8="}),
    "no bytes": (b"", {"$bytes": ""}),
    "an enumeration": (_Color.RED, "red"),
    "an enumeration of numbers": (_Level.HIGH, 3),
    "a tuple": ((1, "a", None), [1, "a", None]),
    "a named tuple": (_Point(1, "a"), [1, "a"]),
    "a name with a dollar": ({"$int": "5"}, {"$$int": "5"}),
    "a name with two": ({"$$decimal": "5"}, {"$$$decimal": "5"}),
    "a name of a dollar alone": ({"$": {"$": 1}}, {"$$": {"$$": 1}}),
    "a dollar further on": ({"a$": 1}, {"a$": 1}),
    "the largest number": (2**53 - 1, 2**53 - 1),
    "the smallest number": (-(2**53) + 1, -(2**53) + 1),
    "a fraction": (0.1, 0.1),
    "text beyond the first plane": ("é😀\x00", "é😀\x00"),
    "true": ([True, False, None], [True, False, None]),
    "nothing": (None, None),
    "a bare text": ("to:0x1", "to:0x1"),
}


@pytest.mark.parametrize(("value", "plain"), _TAGGED.values(), ids=_TAGGED.keys())
def test_every_scalar_has_one_plain_form(value: Any, plain: Any) -> None:
    taken = _plain({"value": value})["value"]
    assert taken == plain
    assert type(taken) is type(plain)
    assert json.loads(json.dumps(taken, allow_nan=False)) == plain


def test_what_a_user_writes_as_a_tag_is_never_read_as_one() -> None:
    assert _plain({"amount": {"$int": "7"}}) != _plain({"amount": 7})
    assert _plain({"amount": {"$decimal": "7"}}) != _plain({"amount": Decimal(7)})
    assert _own({"amount": {"$int": "7"}}) == {"amount": {"$int": "7"}}


def test_a_whole_number_beyond_json_is_refused_in_an_action_and_tagged_in_a_wallet_call() -> None:
    for number in (2**53, -(2**53), 2**256 - 1):
        _refused({"value": number}, "beyond 2\\^53-1; pass it as text")
        assert _plain({"value": number}, big_integers=True) == {"value": {"$int": str(number)}}
        assert _own({"value": number}, big_integers=True) == {"value": number}
    assert _plain({"value": str(2**256)}) == {"value": str(2**256)}
    assert _plain({"value": 7}, big_integers=True) == {"value": 7}
    # A fraction of that size has lost digits already, whoever reads it.
    _refused({"value": 1e21}, "beyond", big_integers=True)


# What has none


class _Data:
    amount = "1"


_REFUSED: dict[str, tuple[Any, str]] = {
    "not a number": (math.nan, "not finite"),
    "without end": (math.inf, "not finite"),
    "without beginning": (-math.inf, "not finite"),
    "a fraction beyond all digits": (1e21, "beyond"),
    "a number beyond all fractions": (10**400, "beyond"),
    "a decimal that is no number": (Decimal("NaN"), "decimal"),
    "a decimal that signals": (Decimal("sNaN"), "decimal"),
    "a decimal without end": (Decimal("Infinity"), "decimal"),
    "a decimal of a million places": (Decimal("1e1000000"), "decimal"),
    "a decimal of a million places below": (Decimal("1e-1000000"), "decimal"),
    "a decimal of a million digits": (Decimal("1." + "0" * 1_000_000), "decimal|larger"),
    "half a character": ("\ud800", "lone surrogate"),
    "half a character in a name": ({"\udfff": 1}, "lone surrogate"),
    "a prototype": ({"__proto__": {"allowed": True}}, "__proto__"),
    "a constructor": ({"a": [{"constructor": {"prototype": {"allowed": True}}}]}, "constructor"),
    "the prototype alone": ({"prototype": 1}, "prototype"),
    "a number for a name": ({1: "a"}, "no name"),
    "nothing for a name": ({None: "a"}, "no name"),
    "true for a name": ({True: "a"}, "no name"),
    "bytes for a name": ({b"a": 1}, "no name"),
    "a set": ({1, 2}, "set, which is not data"),
    "an object": (_Data(), "_Data, which is not data"),
    "a class": (_Data, "type, which is not data"),
    "a model's class": (BaseModel, "cannot be read|not data"),
    "a function": (len, "not data"),
    "a generator": ((number for number in [1]), "generator, which is not data"),
    "a queue": (deque([1]), "deque, which is not data"),
    "a complex number": (1j, "complex, which is not data"),
    "an error": (ValueError("no"), "ValueError, which is not data"),
}


@pytest.mark.parametrize(("value", "match"), _REFUSED.values(), ids=_REFUSED.keys())
def test_what_has_no_exact_reading_is_refused(value: Any, match: str) -> None:
    _refused({"value": [value]}, match)


def test_an_action_with_such_arguments_is_denied_and_nobody_is_asked() -> None:
    bare, policy = Kit(), Policy()
    kit = with_policy(bare, policy)
    for value, _ in _REFUSED.values():
        assert run(kit, {"amount": value}).startswith("Error: denied by policy (invalid_arguments): ")
    assert bare.given == policy.log == []
    assert run(kit, {"amount": "1"}) == "paid"


# The limits


def _nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = wrap(value)
    return value


_WRAPS: dict[str, Callable[[Any], Any]] = {"lists": lambda value: [value], "mappings": lambda value: {"a": value}}


@pytest.mark.parametrize("wrap", _WRAPS.values(), ids=_WRAPS.keys())
def test_arguments_are_as_deep_as_the_limit_and_no_deeper(wrap: Callable[[Any], Any]) -> None:
    deepest = _nested(MAX_DEPTH, wrap)
    assert take_snapshot(deepest) == (deepest, deepest)
    _refused(_nested(MAX_DEPTH + 1, wrap), "deeper than 32 levels")
    _refused(_nested(10_000, wrap), "deeper than 32 levels")


def test_arguments_that_hold_themselves_are_refused() -> None:
    one: list[Any] = []
    one.append(one)
    _refused(one, "deeper")
    two: dict[str, Any] = {}
    two["a"] = {"b": [two]}
    _refused(two, "deeper")


def test_arguments_that_hold_one_thing_often_are_charged_for_every_time() -> None:
    value: list[Any] = ["x"]
    for _ in range(MAX_DEPTH - 2):
        value = [value] * 10
    _refused(value, "larger than 262144 bytes")
    assert _plain([["x"]] * 100) == [["x"]] * 100


_FILLED: dict[str, Callable[[int], Any]] = {
    "text": lambda size: "x" * size,
    "text of four bytes a character": lambda size: "😀" * (size // 4),
    "a name": lambda size: {"x" * size: 1},
    "bytes": lambda size: b"x" * (size * 3 // 4),
    "a list of nothing": lambda size: [None] * (size // 8),
    "a list of lists": lambda size: [[] for _ in range(size // 8)],
    "a mapping of numbers": lambda size: {str(number): number for number in range(size // 12)},
}


@pytest.mark.parametrize("fill", _FILLED.values(), ids=_FILLED.keys())
def test_arguments_are_as_large_as_the_limit_and_no_larger(fill: Callable[[int], Any]) -> None:
    near = fill(MAX_BYTES * 9 // 10)
    assert _own(near) == near
    _refused(fill(MAX_BYTES + 1_000), "larger than 262144 bytes")
    _refused(fill(MAX_BYTES * 4), "larger than 262144 bytes")
