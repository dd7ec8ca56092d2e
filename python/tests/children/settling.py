"""A program with one action, which sends and then does to its sidecar, or to itself, what the mode says."""

import threading
from pathlib import Path
from typing import Any

import agentkit_policy.sidecar as hook_sidecar

from ..patience import until
from ..world import World, fresh_address, invoke
from .program import say, wait_for_go
from .scripted import ACT, act, scripted_kit, send
from .sidecars import entry_states, kill_sidecar, sidecar_pid, stop_sidecar


def main(mode: str, rpc_url: str, token: str, policy: str, name: str) -> None:
    """idle: nothing. killed, stopped: it does so to its sidecar once it has sent. forever: its body never returns.
    hopeless: it does several times what killed does, and then its sidecar cannot start any more; it says when it waits at
    its end.
    """

    def body(wallet: Any, args: dict[str, Any]) -> str:
        send(wallet, args)
        if mode in ("killed", "hopeless"):
            kill_sidecar(policy)
        if mode == "stopped":
            stop_sidecar(policy)
        if mode == "forever":
            say("sent")
            threading.Event().wait()
        return "returned"

    if mode == "hopeless":
        _say_when_it_waits()
    kit = scripted_kit(World(rpc_url, token), name, policy, body, settle_deadline_s=0.3)
    if mode == "idle":
        say(sidecar_pid(policy))
        wait_for_go()
    for _ in range(3 if mode == "hopeless" else 0):
        invoke(kit, ACT, act(fresh_address(f"{name}, to"), "0.001"))
        until(lambda: entry_states(Path(policy).parent)["armed"] == 0)
    if mode == "hopeless":
        Path(policy).write_text("rules: [", encoding="utf-8")
    say(invoke(kit, ACT, act(fresh_address(f"{name}, to"), "0.001")))
    if mode == "idle":
        wait_for_go()


def _say_when_it_waits() -> None:
    end = hook_sidecar._end

    def waiting(*arguments: Any) -> None:
        say("waits for what is to be told")
        end(*arguments)

    setattr(hook_sidecar, "_end", waiting)  # noqa: B010 as an assignment, it would need the same signature
