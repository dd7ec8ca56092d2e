"""Programs that guard a kit first and fork afterwards, each in a way of its own."""

import multiprocessing
import os
import re
import threading
from pathlib import Path
from typing import Any

from agentkit_policy import with_policy

from ..patience import until
from ..world import NATIVE_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer
from .program import say, wait_for_go
from .scripted import ACT, act, scripted_kit, send
from .sidecars import entry_states, is_known_to_have_ended, kill_sidecar, pipes, sidecar_pid, sidecars_in

_context = multiprocessing.get_context("fork")
#: The kits of the parent, and what its children need to know of it: a fork's copy of all that was there before.
_kits: list[Any] = []
_parents_sidecar = 0
_policy = ""
_together = _context.Barrier(4)


def main(mode: str, rpc_url: str, token: str, policy: str, name: str) -> None:
    global _parents_sidecar, _policy
    _policy = policy
    world = World(rpc_url, token)
    _kits[:] = [
        with_policy(make_kit(make_wallet(world, f"{name}, {number}")), policy) for number in range(5 if mode == "pool" else 2)
    ]
    _parents_sidecar = sidecar_pid(policy)
    programs = {"pool": _pool, "killed": _killed, "memory": _memory, "middle": _middle, "exit": _exit}
    programs[mode](world, name)


def _spend(number: int, times: int) -> list[str]:
    """What so many transfers of a kit came to, in one word each: the code of a denial, or what the action says first."""
    to = fresh_address("spent by forks")
    said = [invoke(_kits[number], NATIVE_TRANSFER, transfer(to, "0.002")) for _ in range(times)]
    return [re.split(r"[(): ]+", text.removeprefix("Error: denied by policy ("))[0] for text in said]


def _child_of_pool(number: int) -> dict[str, Any]:
    # Every process of the pool takes one of the four.
    _together.wait(60)
    inherited = len(pipes() & _pipes_of_parents_sidecar())
    said = _spend(number, 2)
    _together.wait(60)
    return {"process": os.getpid(), "sidecar": sidecar_pid(_policy), "inherited": inherited, "said": said}


def _pipes_of_parents_sidecar() -> set[str]:
    return {os.readlink(f"/proc/{_parents_sidecar}/fd/{number}") for number in (0, 1)}


def _pool(_: World, name: str) -> None:
    before = pipes()
    said_before = _spend(4, 1)
    assert len(before & _pipes_of_parents_sidecar()) == 2
    pool = _context.Pool(4)
    children = pool.map_async(_child_of_pool, range(4), chunksize=1).get(120)
    # A pool that is left by its with statement kills its processes; one that is closed lets them end.
    pool.terminate() if name.endswith("terminated") else pool.close()
    pool.join()
    del pool
    until(lambda: sidecars_in(Path(_policy).parent) == {_parents_sidecar})
    until(lambda: pipes() == before)
    said_after = _spend(4, 1)
    say({"sidecar": sidecar_pid(_policy), "before": said_before, "children": children, "after": said_after})


def _killed(*_: Any) -> None:
    for number in range(2):
        child = os.fork()
        if child == 0:
            said = _spend(number, 1)
            say({"process": os.getpid(), "sidecar": sidecar_pid(_policy), "said": said})
            threading.Event().wait()
    threading.Event().wait()


def _memory(*_: Any) -> None:
    said_before = _spend(0, 1)
    child = os.fork()
    if child == 0:
        say(_spend(0, 2))
        os._exit(0)
    os.waitpid(child, 0)
    say(said_before + _spend(0, 1))


def _middle(world: World, name: str) -> None:
    parent = os.getpid()

    def send_and_fork(wallet: Any, args: dict[str, Any]) -> str:
        half = {**args, "wei": str(int(args["wei"]) // 2)}
        send(wallet, half)
        child = os.fork()
        if child == 0:
            send(wallet, half)
            return "the child's result"
        os.waitpid(child, 0)
        say(entry_states(Path(_policy).parent))
        return "the parent's result"

    kit = scripted_kit(world, name, _policy, send_and_fork)
    say(invoke(kit, ACT, act(fresh_address(f"{name}, to"), "0.004")))
    if os.getpid() == parent:
        wait_for_go()


def _exit(*_: Any) -> None:
    """A child that ends as an interpreter ends, of a program whose sidecar is not its first one."""
    kill_sidecar(_policy)
    until(lambda: is_known_to_have_ended(_policy))
    said_before = _spend(0, 1)
    restarted = sidecar_pid(_policy)
    child = os.fork()
    if child == 0:
        return
    os.waitpid(child, 0)
    assert sidecar_pid(_policy) == restarted
    say(said_before + _spend(0, 1))
