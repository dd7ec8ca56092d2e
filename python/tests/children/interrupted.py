"""A program whose only action waits for something when Ctrl-C comes: its decision, its own body, or its settlement."""

import atexit
import threading
from typing import Any

from ..patience import until
from ..world import World, fresh_address, invoke
from .program import say, wait_for_go
from .scripted import ACT, act, scripted_kit, send
from .sidecars import questions_pending, sidecar_pid, stop_sidecar


def main(mode: str, rpc_url: str, token: str, policy: str, name: str, ends: str = "") -> None:
    """decision: when told to go on, it asks, and its test sees to it that no answer comes. body: it never returns.
    settlement: its sidecar is stopped when the body is done. ``ends``: it ends of the interrupt, as most programs do."""

    def body(wallet: Any, args: dict[str, Any]) -> str:
        send(wallet, args)
        if mode == "body":
            say("waiting")
            threading.Event().wait()
        if mode == "settlement":
            stop_sidecar(policy)
            threading.Thread(target=say_when_asking, daemon=True).start()
        return "returned"

    def say_when_asking() -> None:
        until(lambda: questions_pending(policy) == 1)
        say("waiting")

    kit = scripted_kit(World(rpc_url, token), name, policy, body, decision_deadline_s=60.0, settle_deadline_s=60.0)
    if ends:
        # Registered after all that the hook has registered, so that it is the first to run.
        atexit.register(say, "ending")
    say(sidecar_pid(policy))
    if mode == "decision":
        wait_for_go()
        threading.Thread(target=say_when_asking, daemon=True).start()
    try:
        say(invoke(kit, ACT, act(fresh_address(f"{name}, to"), "0.001")))
    except KeyboardInterrupt:
        say("interrupted")
        if ends:
            raise
    wait_for_go()
