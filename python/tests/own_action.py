"""An AgentKit action whose body a test gives, made by AgentKit's own decorator, and what such bodies do."""

# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False, disallow-untyped-decorators=False
import threading
from collections.abc import Callable
from typing import Any

from coinbase_agentkit import ActionProvider, create_action

from .patience import PATIENCE_S
from .world import ETHER

OWN_ACTION = "OwnActionProvider_run"
MILLI = ETHER // 1000


def own_action(body: Callable[[Any, Any], Any]) -> Any:
    """A provider of one action, OWN_ACTION, that runs the body with the kit's wallet and the arguments."""
    return OwnActionProvider(body)


class OwnActionProvider(ActionProvider):
    def __init__(self, body: Callable[[Any, Any], Any]) -> None:
        super().__init__("own", [])
        self._body = body

    @create_action(name="run", description="runs what a test gave it")
    def run(self, wallet_provider: Any, args: Any) -> Any:
        return self._body(wallet_provider, args)

    def supports_network(self, network: Any) -> bool:
        return True


def native_payment(wei: int, to: str) -> dict[str, str]:
    """What an action declares that pays somebody, as an effect of the contract."""
    return {
        "kind": "transfer",
        "asset": "eip155:84532/slip44:60",
        "amount": str(wei),
        "counterparty": f"eip155:84532:{to.lower()}",
        "basis": "declared",
    }


def declaring(wei: int, to: str) -> dict[str, Any]:
    """The option that says of OWN_ACTION what it will pay."""
    return {"describe": {OWN_ACTION: lambda args: [native_payment(wei, to)]}}


def paying(*amounts: int, to: str) -> Any:
    """An action that sends these amounts, and says what came of each."""

    def body(wallet: Any, args: Any) -> str:
        lines = []
        for wei in amounts:
            try:
                lines.append(pay(wallet, to, wei))
            except Exception as error:
                lines.append(f"{type(error).__name__}: {error}")
        return "\n".join(lines)

    return own_action(body)


def pay(wallet: Any, to: str, wei: int) -> str:
    wallet.wait_for_transaction_receipt(wallet.send_transaction({"to": to, "value": wei}))
    return f"sent {wei}"


def said(call: Callable[[], Any]) -> str:
    """What came of a call, an error as text."""
    try:
        return str(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def in_thread(call: Callable[[], Any]) -> None:
    """Runs a call in a thread of its own, to its end."""
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
