"""A wallet's turn to send, interrupted wherever Python lets a signal in."""

import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError
from agentkit_policy.send_turn import take_turn
from agentkit_policy.timing import Deadline

from .interrupts import interrupted_at

_OWN_FILES = ("send_turn.py", "contextlib.py", "timing.py", __file__)


def _wallet(name: str) -> dict[str, str]:
    return {"chainId": "eip155:84532", "walletAddress": name}


def _send(wallet: dict[str, str], body: Callable[[], Any] = lambda: None) -> None:
    with take_turn(wallet, Deadline(0.05)):
        body()


def _from_another_thread(wallet: dict[str, str]) -> list[str]:
    came: list[str] = []

    def send() -> None:
        try:
            _send(wallet)
        except ActionDeniedError as error:
            came.append(error.code)

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()
    return came


def test_an_interrupt_at_any_place_gives_the_turn_back() -> None:
    number, interrupts = 0, []
    while True:
        number += 1
        wallet = _wallet(f"interrupted at {number}")
        error = interrupted_at(number, functools.partial(_send, wallet, lambda: len("")), *_OWN_FILES)
        if error is None:
            break
        # It is kept, with all that it refers to: as a console does, or a framework that reports it later.
        interrupts.append(error)
        assert _from_another_thread(wallet) == [], f"the turn was kept by the interrupt at place {number}"
        _send(wallet)
    assert len(interrupts) >= 5


def test_a_turn_that_was_waited_for_in_vain_stays_with_who_has_it() -> None:
    wallet = _wallet("busy")

    def meanwhile() -> None:
        assert _from_another_thread(wallet) == ["queue_timeout"]
        assert _from_another_thread(wallet) == ["queue_timeout"]

    _send(wallet, meanwhile)
    assert _from_another_thread(wallet) == []


def test_a_send_from_inside_ones_own_sending_is_refused_and_leaves_the_turn_where_it_is() -> None:
    wallet = _wallet("inside")

    def inside() -> None:
        with pytest.raises(ActionDeniedError, match="inside its own sending"):
            _send(wallet)
        assert _from_another_thread(wallet) == ["queue_timeout"]

    _send(wallet, inside)
    assert _from_another_thread(wallet) == []


def test_what_a_send_raises_is_raised_and_the_next_one_goes() -> None:
    wallet = _wallet("raises")

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        _send(wallet, fail)
    assert _from_another_thread(wallet) == []
