"""AgentKit's x402 action pays by a signature of its signer's, which the guard judges like any other."""

# mypy: disable-error-code="import-untyped"
import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from coinbase_agentkit import x402_action_provider

from agentkit_policy import deny, with_policy

from .conftest import PolicyFile
from .judge import Judge
from .world import World, fresh_address, invoke, make_kit, make_wallet

ACTION = "x402ActionProvider_make_http_request_with_x402"
PAY_TO = fresh_address("x402 to")


class Shop:
    """Wants 1,000 atomic tokens for its goods, and keeps what it was paid with."""

    def __init__(self, token: str) -> None:
        self.token, self.url, self.payments = token, "", list[dict[str, Any]]()

    def answer(self, payment: str | None) -> tuple[int, dict[str, Any]]:
        if payment is not None:
            self.payments.append(json.loads(base64.b64decode(payment)))
            return 200, {"goods": "a weather report"}
        offer = {
            "scheme": "exact",
            "network": "base-sepolia",
            "maxAmountRequired": "1000",
            "resource": self.url,
            "description": "",
            "mimeType": "application/json",
            "payTo": PAY_TO,
            "maxTimeoutSeconds": 60,
            "asset": self.token,
            "extra": {"name": "USDC", "version": "2"},
        }
        return 402, {"x402Version": 1, "accepts": [offer], "error": "payment required"}


@pytest.fixture
def shop(world: World) -> Iterator[Shop]:
    shop = Shop(world.token)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, answer = shop.answer(self.headers.get("X-PAYMENT"))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_address[1]}/weather"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def buy(kit: Any, shop: Shop) -> str:
    return str(invoke(kit, ACTION, {"url": shop.url, "method": "GET", "headers": None, "body": None}))


def guarded(world: World, name: str, policy: Any) -> Any:
    return with_policy(make_kit(make_wallet(world, name), [x402_action_provider()]), policy)


def test_a_payment_that_is_allowed_is_signed_as_it_was_judged(world: World, shop: Shop) -> None:
    judge = Judge()
    assert "a weather report" in buy(guarded(world, "x402 allowed", judge), shop)
    assert judge.methods == [("sign_typed_data", "sign_typed_data")]
    message = judge.calls[0].args["unread"]["typed_data"]["message"]
    (payment,) = shop.payments
    paid = payment["payload"]["authorization"]
    assert (paid["to"], paid["value"]) == (message["to"], str(message["value"])) == (PAY_TO, "1000")
    assert payment["payload"]["signature"].startswith("0x")


def test_a_payment_that_is_denied_is_not_signed(world: World, shop: Shop) -> None:
    judge = Judge(call=lambda context: deny("nothing is bought today", code="closed"))
    text = buy(guarded(world, "x402 denied", judge), shop)
    assert text.startswith("Error: denied by policy (closed): nothing is bought today")
    assert shop.payments == []
    assert len(judge.calls) == 1


def test_a_payment_that_nobody_can_read_yet_is_denied_by_a_file(
    world: World, shop: Shop, policy_file: Callable[..., PolicyFile]
) -> None:
    policy = policy_file('{ id: eth, limit: native, max: "1", window: day }')
    assert buy(guarded(world, "x402 file", policy), shop).startswith("Error: denied by policy (unknown_effect)")
    assert shop.payments == []
