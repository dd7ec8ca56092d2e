"""The generated checks say of every value what the schemas say of it."""

import copy
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from agentkit_policy.generated import checks

from .world import ROOT


def _definitions() -> dict[str, dict[str, Any]]:
    paths = sorted((ROOT / "schemas" / "v1").glob("*.schema.json"))
    return {name: schema for path in paths for name, schema in json.loads(path.read_text(encoding="utf-8"))["$defs"].items()}


def _check_of(name: str) -> Any:
    return getattr(checks, "is_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(), None)


_DEFINITIONS = _definitions()
_CHECKED = [name for name in _DEFINITIONS if _check_of(name) is not None]


def _pairs(key: str) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name} {number}")
        for name in _CHECKED
        for number, value in enumerate(_DEFINITIONS[name][key])
    ]


def test_there_are_checks_of_definitions_and_of_nothing_else() -> None:
    assert len(_CHECKED) >= 8
    assert {"PolicyDecision", "DecisionAnswer", "InitializeResult", "SettleResult"} <= set(_CHECKED)
    assert len([name for name in vars(checks) if name.startswith("is_")]) == len(_CHECKED)


@pytest.mark.parametrize(("name", "value"), _pairs("examples"))
def test_every_example_passes(name: str, value: Any) -> None:
    assert _check_of(name)(value) is True


@pytest.mark.parametrize(("name", "value"), _pairs("counterexamples"))
def test_every_counterexample_fails(name: str, value: Any) -> None:
    assert _check_of(name)(value) is False


@pytest.mark.parametrize("name", _CHECKED)
def test_every_definition_refuses_what_is_no_json_of_its_kind(name: str) -> None:
    check = _check_of(name)
    for value in (None, True, 5, math.nan, math.inf, b"allow", [], [[]], object(), _Undecided(), {"decision": None}):
        assert check(value) is False, value


class _Undecided:
    decision = "allow"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def _members(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every member of a value, however deep."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield (*path, key)
        yield from _members(member, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], replacement: Any) -> Any:
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = replacement
    return changed


def _without(value: Any, name: str) -> Any:
    return {other: member for other, member in value.items() if other != name}


_OBJECTS = [param for param in _pairs("examples") if isinstance(param.values[1], dict)]
_RECORDS = [param for param in _OBJECTS if "required" in _DEFINITIONS[param.values[0]]]


@pytest.mark.parametrize(("name", "example"), _RECORDS)
def test_an_example_without_a_member_that_is_required_fails(name: str, example: dict[str, Any]) -> None:
    required = _DEFINITIONS[name]["required"]
    for member in required:
        assert _check_of(name)(_without(example, member)) is False, member
    for member in set(example) & set(_DEFINITIONS[name]["properties"]) - set(required):
        assert _check_of(name)(_without(example, member)) is True, member


@pytest.mark.parametrize(("name", "example"), _RECORDS)
def test_an_example_with_more_than_the_contract_knows_passes(name: str, example: dict[str, Any]) -> None:
    assert _check_of(name)({**example, "somethingNew": {"of": [1]}}) is True


@pytest.mark.parametrize(("name", "example"), _OBJECTS)
def test_an_example_with_a_member_of_another_kind_fails(name: str, example: dict[str, Any]) -> None:
    for path in _members(example):
        if "settlement" not in path:  # Opaque, whatever it holds.
            assert _check_of(name)(_changed(example, path, _Undecided())) is False, path


_NO_WHOLE_NUMBERS = [-1, 0.5, math.nan, math.inf, -math.inf, 2**53, 10**400, True, "1", None, [1]]
_WHOLE_NUMBERS = [0, 0.0, -0.0, 1, 600_000.0, 2**53 - 1]


def test_whole_numbers_are_taken_in_either_form_and_nothing_else_is() -> None:
    for number in _NO_WHOLE_NUMBERS:
        assert not checks.is_policy_decision({"decision": "allow", "validForMs": number}), number
        assert not checks.is_policy_decision({"decision": "deny", "reason": "no", "retryAfterMs": number}), number
    for number in _WHOLE_NUMBERS:
        assert checks.is_policy_decision({"decision": "allow", "validForMs": number}), number
        assert checks.is_policy_decision({"decision": "deny", "reason": "no", "retryAfterMs": number}), number


def test_patterns_hold_from_the_first_character_to_the_last() -> None:
    assert checks.is_atomic_amount("70")
    assert checks.is_reason_code("over_limit")
    for odd in ("70\n", " 70", "7\u0660", "\uff170", "70 ", "\n70", "0" * 101, "1" * 101):
        assert not checks.is_atomic_amount(odd), odd
    for odd in ("over_limit\n", "\xf6ver", "over\nlimit", "a" * 65):
        assert not checks.is_reason_code(odd), odd
