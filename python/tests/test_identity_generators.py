"""Generators and other contexts than the one in which a block was entered: nobody acts as somebody else."""

import asyncio
import contextvars
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from agentkit_policy import PolicySetupError, policy_context, with_policy

from .plain import Kit, Policy, run


def _who() -> str | None:
    """As whom an action runs here."""
    policy = Policy()
    run(with_policy(Kit(), policy))
    return policy.log[0].context.user_id


def _steps() -> Iterator[str | None]:
    yield _who()


async def _async_steps() -> AsyncIterator[str | None]:
    yield _who()


class _Callable:
    def __call__(self) -> Iterator[str | None]:
        yield _who()


_GENERATORS: list[Callable[[], Any]] = [_steps, _async_steps, functools.partial(_steps), _Callable()]


@pytest.mark.parametrize("function", _GENERATORS, ids=["plain", "async", "a partial", "a callable object"])
def test_a_generator_function_is_neither_decorated_nor_bound(function: Callable[[], Any]) -> None:
    for wrap in (policy_context(user_id="u1"), policy_context.bind):
        with pytest.raises(TypeError, match="iterate it inside of a block, with policy_context"):
            wrap(function)


def test_a_generator_that_is_iterated_inside_of_a_block_acts_as_its_identity() -> None:
    with policy_context(user_id="u1"):
        assert list(_steps()) == ["u1"]


def _holding(user: str) -> Iterator[None]:
    with policy_context(user_id=user, run_id=f"run of {user}"):
        yield


def test_blocks_that_overlap_end_each_by_itself() -> None:
    first, second = _holding("u1"), _holding("u2")
    next(first)
    next(second)
    assert _who() == "u2"
    first.close()  # type: ignore[attr-defined]
    assert _who() == "u2"
    second.close()  # type: ignore[attr-defined]
    assert _who() is None


def test_of_a_block_that_ends_below_another_nothing_stays() -> None:
    first = _holding("u1")
    next(first)
    policy = Policy()
    with policy_context(user_id="u2"):
        first.close()  # type: ignore[attr-defined]
        run(with_policy(Kit(), policy))
    assert (policy.log[0].context.user_id, policy.log[0].context.run_id) == ("u2", None)
    assert _who() is None


def test_a_block_that_another_task_ends_has_ended_here_too() -> None:
    async def dependency() -> AsyncIterator[None]:
        with policy_context(user_id="of the dependency"):
            yield

    async def main() -> list[str | None]:
        with policy_context(user_id="of the task"):
            opened = dependency()
            await opened.__anext__()
            before = _who()
            await asyncio.create_task(opened.aclose())  # type: ignore[attr-defined]
            return [before, _who()]

    assert asyncio.run(main()) == ["of the dependency", "of the task"]


def test_a_block_that_was_entered_elsewhere_ends_without_an_error_and_changes_nothing_here() -> None:
    context = policy_context(user_id="elsewhere")
    contextvars.copy_context().run(context.__enter__)
    with policy_context(user_id="here"):
        context.__exit__(None, None, None)
        assert _who() == "here"


def test_a_task_keeps_the_identity_of_a_block_that_was_left_where_it_was_entered() -> None:
    async def main() -> str | None:
        with policy_context(user_id="u1"):
            task = asyncio.create_task(_who_later())
        return await task

    assert asyncio.run(main()) == "u1"


async def _who_later() -> str | None:
    await asyncio.sleep(0)
    return _who()


@pytest.mark.parametrize("labels", [{"a": "x" * 65_536}, {"é" * 32_768: "x"}, {str(number): "x" * 9 for number in range(7_000)}])
def test_labels_that_weigh_more_than_a_question_should_are_refused(labels: dict[str, str]) -> None:
    for refuse in (lambda: policy_context(labels=labels), lambda: with_policy(Kit(), Policy(), context={"labels": labels})):
        with pytest.raises(PolicySetupError, match="labels are longer than 65536 bytes") as raised:
            refuse()
        assert raised.value.code == "invalid_option"


def test_labels_at_their_limit_are_taken() -> None:
    with policy_context(labels={"a": "x" * 65_535}):
        assert _who() is None
