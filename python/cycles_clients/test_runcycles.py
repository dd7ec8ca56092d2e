"""The published Python client, through its whole life against our test server: what it reads is the protocol."""

import asyncio
import threading
from typing import Any

import pytest
from runcycles import (
    AsyncCyclesClient,
    BudgetExceededError,
    CommitRequest,
    CommitResponse,
    CyclesClient,
    DecisionRequest,
    DecisionResponse,
    EventCreateRequest,
    EventCreateResponse,
    ReleaseRequest,
    ReleaseResponse,
    ReservationCreateRequest,
    ReservationCreateResponse,
    ReservationExtendRequest,
    ReservationExtendResponse,
    cycles,
)

from .conftest import ACTION, ALLOCATED, Server, money


def _reserve(server: Server, key: str, amount: int, **more: Any) -> ReservationCreateRequest:
    return ReservationCreateRequest(idempotency_key=key, subject=server.subject, action=ACTION, estimate=money(amount), **more)


def test_reserves_extends_and_commits(server: Server) -> None:
    with CyclesClient(server.config()) as client:
        reserved = client.create_reservation(_reserve(server, "a", 1000))
        assert reserved.status == 200
        reservation = ReservationCreateResponse.model_validate(reserved.body)
        assert reservation.is_allowed()
        assert reservation.reservation_id is not None
        extended = client.extend_reservation(
            reservation.reservation_id, ReservationExtendRequest(idempotency_key="x", extend_by_ms=5_000)
        )
        assert ReservationExtendResponse.model_validate(extended.body).expires_at_ms == (reservation.expires_at_ms or 0) + 5_000
        committed = client.commit_reservation(reservation.reservation_id, CommitRequest(idempotency_key="c", actual=money(700)))
        commit = CommitResponse.model_validate(committed.body)
        assert (commit.charged, commit.released) == (money(700), money(300))
        found = client.get_reservation(reservation.reservation_id)
        assert found.get_body_attribute("status") == "COMMITTED"
        listed = client.list_reservations(idempotency_key="a")
        assert [row["reservation_id"] for row in listed.get_body_attribute("reservations")] == [reservation.reservation_id]
        assert listed.request_id
        assert listed.rate_limit_remaining == -1
        assert listed.cycles_tenant == server.tenant
    assert server.balance() == (700, 0)


def test_reserves_and_releases(server: Server) -> None:
    with CyclesClient(server.config()) as client:
        body = client.create_reservation(_reserve(server, "a", 1000)).body
        reservation = ReservationCreateResponse.model_validate(body)
        released = client.release_reservation(reservation.reservation_id or "", ReleaseRequest(idempotency_key="r"))
        assert ReleaseResponse.model_validate(released.body).released == money(1000)
    assert server.balance() == (0, 0)


def test_decides_and_books_an_event(server: Server) -> None:
    with CyclesClient(server.config()) as client:
        decided = client.decide(
            DecisionRequest(idempotency_key="d", subject=server.subject, action=ACTION, estimate=money(ALLOCATED + 1))
        )
        assert DecisionResponse.model_validate(decided.body).is_denied()
        event = client.create_event(
            EventCreateRequest(idempotency_key="e", subject=server.subject, action=ACTION, actual=money(40))
        )
        assert event.status == 201
        assert EventCreateResponse.model_validate(event.body).charged is None
    assert server.balance() == (40, 0)


def test_is_refused_with_a_code_that_it_knows(server: Server) -> None:
    with CyclesClient(server.config()) as client:
        refused = client.create_reservation(_reserve(server, "a", ALLOCATED + 1))
        assert (refused.status, refused.get_body_attribute("error")) == (409, "BUDGET_EXCEEDED")


def test_async_reserves_and_commits(server: Server) -> None:
    async def run() -> None:
        async with AsyncCyclesClient(server.config()) as client:
            body = (await client.create_reservation(_reserve(server, "a", 1000))).body
            reservation = ReservationCreateResponse.model_validate(body)
            commit = CommitRequest(idempotency_key="c", actual=money(9))
            committed = await client.commit_reservation(reservation.reservation_id or "", commit)
            assert CommitResponse.model_validate(committed.body).charged == money(9)

    asyncio.run(run())
    assert server.balance() == (9, 0)


def test_decorator_commits_what_was_spent(server: Server) -> None:
    with CyclesClient(server.config()) as client:

        @cycles(estimate=100, actual=lambda spent: spent, client=client)
        def pay() -> int:
            return 70

        assert pay() == 70
    assert server.balance() == (70, 0)
    assert [request["operation"] for request in server.requests()][:2] == ["reserve", "commit"]


def test_decorator_releases_what_failed(server: Server) -> None:
    with CyclesClient(server.config()) as client:

        @cycles(estimate=100, client=client)
        def pay() -> int:
            raise ValueError("nothing left")

        with pytest.raises(ValueError, match="nothing left"):
            pay()
    assert server.balance() == (0, 0)


def test_decorator_is_denied_beyond_the_budget(server: Server) -> None:
    ran = False
    with CyclesClient(server.config()) as client:

        @cycles(estimate=ALLOCATED + 1, client=client)
        def pay() -> None:
            nonlocal ran
            ran = True

        with pytest.raises(BudgetExceededError):
            pay()
    assert not ran


def test_async_decorator_commits_what_was_spent(server: Server) -> None:
    async def run() -> int:
        async with AsyncCyclesClient(server.config()) as client:

            @cycles(estimate=100, actual=lambda spent: spent, client=client)
            async def pay() -> int:
                return 70

            return await pay()

    assert asyncio.run(run()) == 70
    assert server.balance() == (70, 0)


def test_decorator_extends_a_hold_that_is_needed_longer(server: Server) -> None:
    with CyclesClient(server.config()) as client:

        @cycles(estimate=100, ttl_ms=4_000, client=client)
        def pay() -> None:
            while all(request["operation"] != "extend" for request in server.requests()):
                threading.Event().wait(0.05)

        pay()
    assert server.balance() == (100, 0)


@pytest.mark.parametrize("kind", ["lost_answer", "malformed", "refused"])
def test_a_commit_that_went_wrong_is_repeated_with_its_key(server: Server, kind: str) -> None:
    with CyclesClient(server.config()) as client:
        server.fault("commit", kind)
        with client.stream_reservation(action=ACTION, estimate=money(100), subject=server.subject) as reservation:
            reservation.usage.set_actual_cost(70)
        while len(keys := _keys_of_commits(server)) < 2:
            threading.Event().wait(0.05)
    assert server.balance() == (70, 0)
    assert len(set(keys)) == 1


def _keys_of_commits(server: Server) -> list[str]:
    return [request["idempotencyKey"] for request in server.requests() if request["operation"] == "commit"]
