"""What holds for every snapshot, over trees that nobody chose."""

import base64
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentkit_policy.snapshot import SnapshotError, take_snapshot

_often = settings(max_examples=60 * max(1, int(float(os.environ.get("TEST_SCALE", "1")))), deadline=None, database=None)

_SAFE = 2**53 - 1
_FORBIDDEN = ("__proto__", "constructor", "prototype")

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_names = st.one_of(_texts, st.sampled_from(["$", "$int", "$$bytes", "amount"])).filter(lambda name: name not in _FORBIDDEN)
_json_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-_SAFE, _SAFE), st.floats(-_SAFE, _SAFE, allow_nan=False, allow_infinity=False), _texts
)
_other_scalars = st.one_of(
    st.binary(max_size=20),
    st.decimals(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number.adjusted()) <= 512),
)


def _trees(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_names, inner, max_size=5), max_leaves=20
    )


_json_trees = _trees(_json_scalars)
_all_trees = _trees(_json_scalars | _other_scalars | st.tuples(_json_scalars, _other_scalars))


def _containers(tree: Any) -> Iterator[Any]:
    if isinstance(tree, (list, tuple, dict)):
        # An empty tuple is one and the same object everywhere, and a tuple cannot be changed.
        if not isinstance(tree, tuple):
            yield tree
        for member in tree.values() if isinstance(tree, dict) else tree:
            yield from _containers(member)


def _types(tree: Any) -> Any:
    """The same tree of the types of what it holds: to tell True from 1 and 1 from 1.0, which are equal."""
    if isinstance(tree, dict):
        return {name: _types(member) for name, member in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [type(tree), *map(_types, tree)]
    return type(tree)


def _restored(plain: Any) -> Any:
    """The value that a plain form stands for."""
    if isinstance(plain, list):
        return [_restored(member) for member in plain]
    if not isinstance(plain, dict):
        return plain
    match list(plain.items()):
        case [("$decimal", text)]:
            return Decimal(text)
        case [("$bytes", text)]:
            return base64.b64decode(text, validate=True)
        case [("$int", text)]:
            return int(text)
    return {name.removeprefix("$"): _restored(member) for name, member in plain.items()}


def _as_lists(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _as_lists(member) for name, member in tree.items()}
    return [_as_lists(member) for member in tree] if isinstance(tree, (list, tuple)) else tree


@_often
@given(_all_trees)
def test_the_own_copy_equals_what_was_given_and_shares_nothing_that_can_change(tree: Any) -> None:
    plain, own = take_snapshot(tree)
    assert own == tree
    assert _types(own) == _types(tree)
    given_ones = {id(container) for container in _containers(tree)}
    plain_ones = {id(container) for container in _containers(plain)}
    own_ones = {id(container) for container in _containers(own)}
    assert not given_ones & own_ones
    assert not given_ones & plain_ones
    assert not plain_ones & own_ones


@_often
@given(_all_trees)
def test_the_plain_form_is_json_from_which_the_value_comes_back(tree: Any) -> None:
    plain = take_snapshot(tree)[0]
    read = json.loads(json.dumps(plain, allow_nan=False, ensure_ascii=False).encode())
    assert read == plain
    assert _restored(read) == _as_lists(tree)


@_often
@given(_json_trees)
def test_the_plain_form_of_json_is_itself_but_for_names_with_a_dollar(tree: Any) -> None:
    plain = take_snapshot(tree)[0]
    assert _types(_restored(plain)) == _types(tree)
    if "$" not in json.dumps(tree):
        assert plain == tree


@_often
@given(_all_trees)
def test_a_plain_form_that_somebody_writes_as_arguments_is_not_taken_for_what_it_stands_for(tree: Any) -> None:
    plain = take_snapshot(tree)[0]
    # Else a policy could be shown the one and the action be given the other.
    assert (take_snapshot(plain)[0] == plain) == (plain == _as_lists(tree))


@_often
@given(st.integers())
def test_a_whole_number_is_plain_or_tagged_or_refused_and_never_rounded(number: int) -> None:
    try:
        assert take_snapshot(number)[0] == number
        assert abs(number) <= _SAFE
    except SnapshotError:
        assert abs(number) > _SAFE
    tagged, own = take_snapshot(number, big_integers=True)
    assert own == number
    assert (int(tagged["$int"]) if isinstance(tagged, dict) else tagged) == number


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals() | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none(), inner) | st.frozensets(st.integers()),
    max_leaves=10,
)


@_often
@given(_anything, st.booleans())
def test_whatever_it_is_given_it_answers_with_json_or_refuses(value: Any, big_integers: bool) -> None:
    try:
        plain = take_snapshot(value, big_integers=big_integers)[0]
    except SnapshotError:
        return
    assert json.loads(json.dumps(plain, allow_nan=False).encode()) == plain
