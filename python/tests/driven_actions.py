"""AgentKit's own actions, driven on a chain and servers of which every call from a given one on fails."""

# mypy: disable-error-code="import-untyped"
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import coinbase_agentkit
import requests

from agentkit_policy import allow, with_policy

from .patience import PATIENCE_S
from .world import ETHER, World, make_kit, make_wallet

#: It opens shells and writes to its user's own files.
LEFT_OUT = {"ssh_action_provider"}
_MADE_UP = [
    {"api_key": "made-up"},
    {"project_id": "made-up"},
    {"api_key": "a", "api_secret": "b", "access_token": "c", "access_token_secret": "d", "bearer_token": "e"},
]
_ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
_HINTS = [
    (re.compile("token(_address)?$|contract|asset_address"), "0x036CbD53842c5426634e7929541eC2318f3dCF7e"),
    (re.compile("amount|value|quantity|assets|rate|token_id|tokenId|count"), "1"),
    (re.compile("symbol"), "USDC"),
    (re.compile("url|uri"), "https://example.com/"),
    (re.compile("network|chain"), "base-sepolia"),
    (re.compile("basename"), "alice.base.eth"),
]


@dataclass
class Line:
    """The calls of one run: from ``fails_at`` on, counted from 1, every one fails."""

    fails_at: int
    calls: int = 0
    sent: list[str] = field(default_factory=list)

    def count(self) -> bool:
        """Whether the next call fails."""
        self.calls += 1
        return self.calls >= self.fails_at


@dataclass
class Driven:
    """What came of one run of an action."""

    action: str
    line: Line
    outcome: dict[str, Any] | None
    result: Any = None
    raised: BaseException | None = None


@contextmanager
def _counted(line: Line) -> Iterator[None]:
    """Within its block, what does not go to this machine's node is a server that answers with nothing of use."""
    request, lookup = requests.Session.request, socket.getaddrinfo

    def counting(session: requests.Session, method: str, url: str, *args: Any, **named: Any) -> requests.Response:
        if "cca-lite.coinbase.com" in url:
            return request(session, method, url, *args, **named)
        fails = line.count()
        if not url.startswith("http://127.0.0.1:"):
            if fails:
                raise requests.ConnectionError("the server is down")
            return _answer({})
        body = json.loads(named["data"])
        if fails:
            error = {"jsonrpc": "2.0", "error": {"code": -32_000, "message": "upstream is down"}}
            return _answer(
                [{**error, "id": each["id"]} for each in body] if isinstance(body, list) else {**error, "id": body["id"]}
            )
        if isinstance(body, dict) and body["method"] == "eth_sendRawTransaction":
            line.sent.append(body["params"][0])
        return request(session, method, url, *args, **named)

    def refusing(host: Any, *args: Any, **named: Any) -> Any:
        if host in ("127.0.0.1", "localhost", b"127.0.0.1", b"localhost"):
            return lookup(host, *args, **named)
        line.count()
        raise socket.gaierror(f"{host} is not this machine")

    requests.Session.request = counting  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = refusing
    try:
        yield
    finally:
        requests.Session.request, socket.getaddrinfo = request, lookup  # type: ignore[method-assign]


def _answer(value: Any) -> requests.Response:
    answer = requests.Response()
    answer.status_code, answer._content = 200, json.dumps(value).encode()
    return answer


def every_provider() -> tuple[list[Any], list[str]]:
    """Every provider that constructs without credentials, or with some that are made up, and the factories that do not."""
    providers, refused = [], []
    kept = {name: os.environ.pop(name) for name in list(os.environ) if re.search(r"_(KEY|JWT|SECRET|TOKEN)(_|$)", name)}
    try:
        for name in sorted(name for name in dir(coinbase_agentkit) if name.endswith("_action_provider")):
            made = None if name in LEFT_OUT else _made(getattr(coinbase_agentkit, name))
            if made is None:
                refused.append(name)
                continue
            # Some serve other networks only. What counts is what the actions do, so that all of them take part.
            made.supports_network = lambda network: True
            providers.append(made)
    finally:
        os.environ.update(kept)
    return providers, refused


def _made(factory: Callable[..., Any]) -> Any:
    for options in [{}, *_MADE_UP]:
        try:
            return factory(**options)
        except Exception:
            continue
    return None


def sample_arguments(schema: Any) -> dict[str, Any] | None:
    """Arguments that a pydantic model takes, made up; None where none of the known values fit."""
    if schema is None:
        return {}
    described = schema.model_json_schema()
    for choice in range(6):
        args = {
            name: _sample(name, member, described.get("$defs", {}), choice)
            for name, member in described.get("properties", {}).items()
            if name in described.get("required", [])
        }
        try:
            schema(**args)
            return args
        except ValueError:
            continue
    return None


def _sample(name: str, member: dict[str, Any], definitions: dict[str, Any], choice: int) -> Any:
    if "$ref" in member:
        member = definitions[member["$ref"].rsplit("/")[-1]]
    if "anyOf" in member:
        member = member["anyOf"][0]
    if "enum" in member:
        return member["enum"][0]
    hinted = [text for names, text in _HINTS if names.search(name)]
    texts = [*hinted, _ADDRESS, "1", "0.1", "0x" + "ab" * 32, "base-sepolia", "alice"]
    kind = member.get("type", "string")
    if kind == "object":
        return {}
    if kind == "array":
        return [_sample(name, member.get("items", {}), definitions, choice)]
    return {"integer": 1, "number": 1, "boolean": True}.get(kind, texts[choice % len(texts)])


class Driver:
    """One guarded kit with all actions; its policy remembers the outcome."""

    def __init__(self, world: World, name: str) -> None:
        providers, self.refused = every_provider()
        self._outcome: dict[str, Any] | None = None
        wallet = make_wallet(world, f"driven {name}", wei=100 * ETHER)
        world.fund_token(wallet.get_address(), 10**12)
        kit = make_kit(wallet, providers)
        self.actions = {action.name: action for action in with_policy(kit, self).get_actions()}
        self.callable = [name for name, action in self.actions.items() if sample_arguments(action.args_schema) is not None]

    def before_action(self, _: Any) -> Any:
        return allow()

    def after_action(self, _: Any, __: Any, outcome: dict[str, Any]) -> None:
        self._outcome = outcome

    on_action_error = after_action

    def drive(self, name: str, fails_at: int) -> Driven:
        action, line = self.actions[name], Line(fails_at)
        self._outcome, ended = None, Driven(name, line, None)

        def run() -> None:
            try:
                ended.result = action.invoke(sample_arguments(action.args_schema))
            except BaseException as error:
                ended.raised = error

        with _counted(line):
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            thread.join(PATIENCE_S)
        assert not thread.is_alive(), f"{name} did not end"
        ended.outcome = self._outcome
        return ended
