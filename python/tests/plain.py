"""Small kits, and policies that remember: for what the hook does under any kit and for any policy."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agentkit_policy import ActionContext, allow


@dataclass
class Action:
    """An action as AgentKit makes them anew at every look."""

    name: str
    invoke: Callable[[Any], Any]
    description: str = "Pays somebody."
    args_schema: Any = dict


class Kit:
    """A kit of one action without a wallet, which remembers what its body was given."""

    def __init__(self, body: Callable[[Any], Any] = lambda _: "paid", name: str = "pay") -> None:
        self.body, self.name = body, name
        self.given: list[Any] = []

    def get_actions(self) -> list[Action]:
        return [Action(self.name, self._run)]

    def _run(self, args: Any) -> Any:
        self.given.append(args)
        return self.body(args)


def run(kit: Kit, args: Any = None) -> Any:
    """Runs the action of a kit."""
    (action,) = kit.get_actions()
    return action.invoke({"amount": "1"} if args is None else args)


@dataclass
class Network:
    protocol_family: str = "evm"
    network_id: str = "base-sepolia"
    chain_id: str = "84532"


class Wallet:
    """A wallet that no chain stands behind: what it is asked to send counts as sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.before_send: Callable[[], Any] = lambda: None

    def get_address(self) -> str:
        return "0x" + "Ab" * 20

    def get_network(self) -> Network:
        return Network()

    def get_balance(self) -> int:
        return 10**18

    def send_transaction(self, transaction: dict[str, Any]) -> str:
        self.before_send()
        self.sent.append(transaction)
        return "0x" + f"{len(self.sent):064x}"


class WalletKit(Kit):
    """A kit whose action has the kit's wallet, as AgentKit's own actions do; its body gets both."""

    def __init__(self, body: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.wallet_provider = Wallet()
        self._wallet_body = body

    def get_actions(self) -> list[Action]:
        wallet = self.wallet_provider
        return [Action(self.name, lambda args: self._wallet_body(wallet, args))]


@dataclass
class Told:
    """One call to a hook of a policy, with whatever came second: nothing, a result or an error."""

    policy: str
    hook: str
    context: ActionContext
    value: Any = None
    outcome: Any = None


@dataclass
class Policy:
    """A policy of plain methods that gives one answer, or the answers of a function, and remembers. Logs can be shared."""

    answer: Any = field(default_factory=allow)
    name: str = "policy"
    log: list[Told] = field(default_factory=list)

    def before_action(self, context: ActionContext) -> Any:
        self.log.append(Told(self.name, "before_action", context))
        return self.answer(context) if callable(self.answer) else self.answer

    def after_action(self, context: ActionContext, result: Any, outcome: Any) -> None:
        self.log.append(Told(self.name, "after_action", context, result, outcome))

    def on_action_error(self, context: ActionContext, error: Any, outcome: Any) -> None:
        self.log.append(Told(self.name, "on_action_error", context, error, outcome))

    @property
    def hooks(self) -> list[str]:
        return [told.hook for told in self.log]

    @property
    def endings(self) -> list[Told]:
        """What it was told after it had been asked."""
        return [told for told in self.log if told.hook != "before_action"]


class Gate:
    """Holds up whoever passes until it is opened, by the end of its block at the latest: what hangs there, hangs not for ever."""

    def __init__(self) -> None:
        self.reached, self._opened = threading.Event(), threading.Event()

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_: object) -> None:
        self.open()

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        self.reached.set()
        self._opened.wait(60)


def code_of(text: Any) -> str:
    """The code in the text of a denial; an empty one for any other result."""
    head, _, rest = str(text).partition("Error: denied by policy (")
    return "" if head else rest.partition("): ")[0]
