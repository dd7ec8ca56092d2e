"""A chain that mines when a test says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from .world import World


@contextmanager
def mining_by_hand(world: World) -> Iterator[None]:
    """In its block a transaction waits until ``evm_mine``; at its end all that waits is mined."""
    world.rpc("evm_setAutomine", False)
    try:
        yield
    finally:
        world.rpc("evm_mine")
        world.rpc("evm_setAutomine", True)
