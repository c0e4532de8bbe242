"""A client as a stream sees it, made of memory: it reads, it stops reading, it leaves.

transport = FakeTransport()
writer = Writer(transport)
...
assert transport.body == b"..."
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

__all__ = ("Clock", "FakeTransport", "Source", "turns")


class FakeTransport:
    """Be one client; what it got is kept as it came."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.sent: list[bytes] = []
        self.is_complete = False
        self.is_waited_for = False
        self.error: Exception | None = None
        self._is_reading = asyncio.Event()
        self._is_reading.set()
        self._has_left = asyncio.Event()

    @property
    def body(self) -> bytes:
        return b"".join(self.sent)

    def stop_reading(self) -> None:
        """Take nothing from now on: the next send waits."""
        self._is_reading.clear()

    def read_on(self) -> None:
        self._is_reading.set()

    def leave(self) -> None:
        self._has_left.set()

    def fail(self, error: Exception) -> None:
        """Raise from every send from now on."""
        self.error = error

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        assert self.status is None, "the head is sent once"
        self.status = status
        self.headers = list(headers)

    async def send(self, data: bytes, *, more: bool) -> None:
        assert self.status is not None, "the head comes first"
        assert not self.is_complete, "nothing comes after the last part"
        if self.error is not None:
            raise self.error
        self.sent.append(data)
        self.is_complete = not more
        await self._is_reading.wait()

    async def wait_closed(self) -> None:
        self.is_waited_for = True
        try:
            await self._has_left.wait()
        finally:
            self.is_waited_for = False


class Clock:
    """Be the time of the running event loop; it stands still until it is advanced."""

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
