"""Helpers for tests of streams: a stopped clock, a source, turns of the event loop."""

import asyncio
from collections.abc import AsyncIterator

__all__ = ("Clock", "Source", "turns")


class Clock:
    """The time of the running event loop; only `advance()` changes it."""

    def __init__(self) -> None:
        self._now = 1000.0

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let that much time pass; timers run in the next turn of the event loop."""
        self._now += seconds


class Source:
    """Be something to iterate over: what is put in comes out, and closing is remembered."""

    def __init__(self, *items: str) -> None:
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        for item in items:
            self.queue.put_nowait(item)
        self.is_closed = False

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await self.queue.get()

    async def aclose(self) -> None:
        self.is_closed = True


async def turns(count: int = 10) -> None:
    """Let the event loop turn, so that everything that can happen has happened."""
    for _ in range(count):
        await asyncio.sleep(0)
