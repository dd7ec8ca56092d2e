"""What is judged is what runs, whatever the arguments are made of."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel, Field, RootModel, field_serializer

from agentkit_policy import ActionContext, allow, with_policy
from agentkit_policy.snapshot import SnapshotError, take_snapshot

from .patience import PATIENCE_S
from .plain import Gate, Kit, Policy, run


def _plain(value: Any, **named: Any) -> Any:
    return take_snapshot(value, **named)[0]


def _own(value: Any, **named: Any) -> Any:
    return take_snapshot(value, **named)[1]


def _refused(value: Any, match: str, **named: Any) -> None:
    started = time.monotonic()
    with pytest.raises(SnapshotError, match=match):
        take_snapshot(value, **named)
    assert time.monotonic() - started < PATIENCE_S, "a refusal ends, whatever it refuses"


def _nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = wrap(value)
    return value


class _Text(str):
    """Says something else to whoever turns it into text."""

    def __str__(self) -> str:
        return "1000000"

    def __format__(self, _: str) -> str:
        return "1000000"


class _Changing(Mapping[str, Any]):
    """Another amount at every look."""

    def __init__(self) -> None:
        self.looks = 0

    def __getitem__(self, name: str) -> Any:
        self.looks += 1
        return str(self.looks)

    def __iter__(self) -> Iterator[str]:
        return iter(["amount"])

    def __len__(self) -> int:
        return 1


class _TwoFaced(dict[str, Any]):
    """Says one thing to who looks a member up, and holds another."""

    def __getitem__(self, name: str) -> Any:
        return "1000000"

    def get(self, name: str, default: Any = None) -> Any:
        return "1000000"


class _ChangingList(list[Any]):
    def __init__(self) -> None:
        super().__init__(["0"])
        self.looks = 0

    def __iter__(self) -> Iterator[Any]:
        self.looks += 1
        return iter([str(self.looks)])

    def __getitem__(self, index: Any) -> Any:
        return "1000000"


_TRICKS: dict[str, Callable[[], Any]] = {
    "a mapping that changes": _Changing,
    "a mapping with two faces": lambda: _TwoFaced(amount="1"),
    "a text with two faces": lambda: {"amount": _Text("1")},
    "a list that changes": lambda: {"amounts": _ChangingList()},
}


@pytest.mark.parametrize("make", _TRICKS.values(), ids=_TRICKS.keys())
def test_data_of_two_faces_shows_one_to_the_policy_and_to_the_action(make: Callable[[], Any]) -> None:
    bare, policy = Kit(), Policy()
    assert run(with_policy(bare, policy), make()) == "paid"
    (given,), judged = bare.given, policy.log[0].context.args
    assert given == judged
    for name, value in given.items():
        one = value[0] if isinstance(value, list) else value
        assert (type(one), f"{one}") == (str, judged[name][0] if isinstance(value, list) else judged[name])
    assert "1000000" not in f"{given}"


class _Endless(Mapping[str, Any]):
    """A mapping that has always one more."""

    def __getitem__(self, name: str) -> Any:
        return name

    def __iter__(self) -> Iterator[str]:
        number = 0
        # An end all the same: without one, a failure of this test would take all the machine's memory.
        while number < 5_000_000:
            number += 1
            yield str(number)

    def __len__(self) -> int:
        return 1


class _Failing(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("it is gone")

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


def test_a_mapping_without_end_is_refused_quickly() -> None:
    _refused(_Endless(), "larger than 262144 bytes")


def test_a_mapping_that_cannot_be_read_is_refused_and_honest_ones_are_read() -> None:
    _refused(_Failing(), "cannot be read")
    for mapping in (MappingProxyType({"a": 1}), OrderedDict(a=1), {"a": 1}):
        plain, own = take_snapshot(mapping)
        assert plain == own == {"a": 1}
        assert type(own) is type(plain) is dict


def test_arguments_that_change_while_the_policy_decides_change_nothing() -> None:
    args: dict[str, Any] = {"amount": "1", "to": ["a"], "raw": bytearray(b"a")}
    bare, policy = Kit(), Policy()
    with Gate() as gate:

        def decide(_: ActionContext) -> Any:
            gate.wait()
            return allow()

        policy.answer = decide
        kit = with_policy(bare, policy)
        results: list[Any] = []
        asking = threading.Thread(target=lambda: results.append(run(kit, args)))
        asking.start()
        assert gate.reached.wait(PATIENCE_S)
        args["amount"] = "1000000"
        args["to"].append("thief")
        args["raw"][0] = 0
        gate.open()
        asking.join(PATIENCE_S)
    assert results == ["paid"]
    assert bare.given == [{"amount": "1", "to": ["a"], "raw": b"a"}]
    assert policy.log[1].context.args == {"amount": "1", "to": ["a"], "raw": {"$bytes": "YQ=="}}


def test_an_action_may_change_its_arguments_and_the_callers_stay_as_they_were() -> None:
    def body(args: Any) -> Any:
        args["to"].append("0x1")
        args["amount"] = "0x" + args["amount"]
        return args

    args = {"amount": "1", "to": ["a"]}
    policy = Policy()
    assert run(with_policy(Kit(body), policy), args) == {"amount": "0x1", "to": ["a", "0x1"]}
    assert args == {"amount": "1", "to": ["a"]}
    assert policy.log[1].context.args == {"amount": "1", "to": ["a"]}


# Models


class _Color(Enum):
    RED = "red"


class _Option(BaseModel):
    asset: str
    amount: Decimal
    note: bytes = b""


class _Payment(BaseModel):
    option: _Option
    color: _Color = _Color.RED


class _Hiding(BaseModel):
    """Its dump is not what its attributes are: the amount is left out, and the receiver is another."""

    amount: str = Field(exclude=True)
    to: str

    @field_serializer("to")
    def _shorten(self, to: str) -> str:
        return to[:4]


def test_a_model_reaches_the_action_as_a_model_of_its_own_and_the_policy_as_data() -> None:
    payment = _Payment(option=_Option(asset="usdc", amount=Decimal("1.5"), note=b"n"))
    bare, policy = Kit(), Policy()
    assert run(with_policy(bare, policy), {"payment": payment, "others": [payment.option]}) == "paid"
    (given,) = bare.given
    assert given["payment"] == payment
    assert type(given["payment"]) is _Payment
    assert type(given["payment"].option) is _Option
    assert given["payment"] is not payment
    assert given["payment"].option is not payment.option
    option = {"asset": "usdc", "amount": {"$decimal": "1.5"}, "note": {"$bytes": "bg=="}}
    assert policy.log[0].context.args == {"payment": {"option": option, "color": "red"}, "others": [option]}


def test_the_policy_sees_what_the_actions_own_model_holds_whatever_its_dump_says() -> None:
    plain, own = take_snapshot({"payment": _Hiding(amount="1000000", to="0x1111")})
    assert (own["payment"].amount, own["payment"].to) == ("1000000", "0x1111")
    assert plain == {"payment": {"amount": "1000000", "to": "0x1111"}}


def test_a_model_of_one_list_and_a_model_with_more_than_its_fields_are_dumped_whole() -> None:
    class Loose(BaseModel, extra="allow"):
        amount: str

    assert _plain(RootModel[list[int]]([1, 2])) == [1, 2]
    assert _plain(Loose.model_validate({"amount": "1", "to": "a"})) == {"amount": "1", "to": "a"}


def test_a_model_keeps_the_limits() -> None:
    class Node(BaseModel):
        value: Any = None

    _refused(Node(value=math.nan), "not finite")
    _refused(Node(value=object()), "not data")
    _refused(Node(value="x" * 300_000), "larger")
    _refused(_nested(40, lambda value: Node(value=value)), "deeper")
    assert _plain(_nested(10, lambda value: Node(value=value))) == _nested(10, lambda value: {"value": value})
