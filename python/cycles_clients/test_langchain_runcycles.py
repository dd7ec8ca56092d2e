"""The published middleware for LangChain, in a real agent, against our test server."""

import asyncio
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langchain_runcycles import CyclesFanOutGate, CyclesModelGate, CyclesToolGate
from runcycles import AsyncCyclesClient, CyclesClient

from .conftest import ACTION, ALLOCATED, Server, money
from .scripted_model import QUESTION, model_that_pays


def _operations(server: Server) -> list[str]:
    return [request["operation"] for request in server.requests()]


@pytest.mark.parametrize(
    ("mode", "operations"),
    [("decide", ["decide"]), ("reserve", ["reserve", "commit"]), ("decide+reserve", ["decide", "reserve", "commit"])],
)
def test_tool_gate_lets_a_tool_run_and_settles_it(server: Server, mode: Any, operations: list[str]) -> None:
    ran = []

    @tool
    def pay() -> str:
        """Pays."""
        ran.append(1)
        return "paid"

    with CyclesClient(server.config()) as client:
        gate = CyclesToolGate(
            client,
            subject=server.subject,
            action=ACTION,
            mode=mode,
            estimate=money(100),
            cost_fn=lambda _request, _result: money(70),
        )
        answer = create_agent(model_that_pays(), [pay], middleware=[gate]).invoke(QUESTION)
    assert ran == [1]
    assert answer["messages"][-1].content == "done"
    assert _operations(server) == operations
    assert server.balance() == ((0, 0) if mode == "decide" else (70, 0))


@pytest.mark.parametrize("mode", ["decide", "reserve", "decide+reserve"])
def test_tool_gate_denies_beyond_the_budget(server: Server, mode: Any) -> None:
    ran = []

    @tool
    def pay() -> str:
        """Pays."""
        ran.append(1)
        return "paid"

    with CyclesClient(server.config()) as client:
        gate = CyclesToolGate(client, subject=server.subject, action=ACTION, mode=mode, estimate=money(ALLOCATED + 1))
        answer = create_agent(model_that_pays(), [pay], middleware=[gate]).invoke(QUESTION)
    assert ran == []
    denials = [message.content for message in answer["messages"] if isinstance(message, ToolMessage)]
    assert len(denials) == 1
    assert "denied" in denials[0]
    assert server.balance() == (0, 0)


def test_tool_gate_releases_what_a_failed_tool_did_not_spend(server: Server) -> None:
    @tool
    def pay() -> str:
        """Pays."""
        raise RuntimeError("nothing left")

    with CyclesClient(server.config()) as client:
        gate = CyclesToolGate(client, subject=server.subject, action=ACTION, mode="reserve", estimate=money(100))
        with pytest.raises(RuntimeError, match="nothing left"):
            create_agent(model_that_pays(), [pay], middleware=[gate]).invoke(QUESTION)
    assert _operations(server) == ["reserve", "release"]
    assert server.balance() == (0, 0)


def test_all_gates_together_in_an_async_agent(server: Server) -> None:
    @tool
    async def pay() -> str:
        """Pays."""
        return "paid"

    async def run() -> Any:
        async with AsyncCyclesClient(server.config()) as client:
            of: Any = {"subject": server.subject, "action": ACTION}
            agent = create_agent(
                model_that_pays(),
                [pay],
                middleware=[
                    CyclesFanOutGate(5, client=client, **of),
                    CyclesModelGate(client, mode="reserve", estimate=money(10), **of),
                    CyclesToolGate(client, mode="reserve", estimate=money(100), **of),
                ],
            )
            return await agent.ainvoke(QUESTION)

    assert asyncio.run(run())["messages"][-1].content == "done"
    assert server.balance() == (120, 0)


def test_fan_out_gate_halts_an_agent_whose_budget_is_gone(server: Server) -> None:
    with CyclesClient(server.config()) as client:
        client.create_event(
            {
                "idempotency_key": "all",
                "subject": {"tenant": server.tenant},
                "action": {"kind": ACTION.kind, "name": ACTION.name},
                "actual": {"unit": "USD_MICROCENTS", "amount": ALLOCATED},
            }
        )
        gate = CyclesFanOutGate(5, client=client, subject=server.subject, action=ACTION)
        answer = create_agent(model_that_pays(), [], middleware=[gate]).invoke(QUESTION)
    assert "BUDGET_EXCEEDED" in answer["messages"][-1].content
