"""Keeps the demo on this machine: AgentKit posts analytics at every wallet and every action."""

from typing import Any
from urllib.parse import urlsplit

import requests

_ANALYTICS = "cca-lite.coinbase.com"

_request = requests.Session.request


def _guarded_request(session: requests.Session, method: str, url: str, *args: Any, **named: Any) -> requests.Response:
    host = urlsplit(url).hostname
    if host == _ANALYTICS:
        answer = requests.Response()
        answer.status_code, answer._content = 200, b"{}"
        return answer
    if host not in ("127.0.0.1", "localhost"):
        raise requests.ConnectionError(f"network guard: {host} is not this machine")
    return _request(session, method, url, *args, **named)


def guard_network() -> None:
    """Answers the analytics itself and refuses every other host. Call it before AgentKit makes a wallet."""
    requests.Session.request = _guarded_request  # type: ignore[assignment,method-assign]
