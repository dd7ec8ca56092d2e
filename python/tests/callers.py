"""The ways in which an agent's program comes to run an action."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def from_sync_code(work: Callable[[], Any]) -> Any:
    return work()


def from_a_running_loop(work: Callable[[], Any]) -> Any:
    async def main() -> Any:
        return work()

    return asyncio.run(main())


def from_a_thread(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def from_to_thread(work: Callable[[], Any]) -> Any:
    async def main() -> Any:
        return await asyncio.to_thread(work)

    return asyncio.run(main())
