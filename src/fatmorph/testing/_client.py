"""A client made of memory: what a handler answers, without a server and without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fatmorph.errors import MomentError

__all__ = ("MemoryClient",)


class MemoryClient:
    """A client that keeps everything it is sent, and stops reading or leaves when it is told to.

    It is a `Transport`, so `fatmorph.adapters.respond()` answers it. Made anywhere; used in one
    event loop.

    Example:
        >>> import asyncio
        >>> from fatmorph import Context, Writer
        >>> from fatmorph.adapters import respond
        >>> async def hello(c: Context, w: Writer) -> None:
        ...     w.text(f"Hello from {c.path}")
        >>> client = MemoryClient()
        >>> asyncio.run(respond(hello, Context(method="GET", path="/"), client))
        >>> client.status, client.body, client.is_complete
        (200, b'Hello from /', True)
    """

    def __init__(self) -> None:
        self.status: int | None = None
        """The status; None before the response has begun."""
        self.headers: list[tuple[str, str]] = []
        """The headers, with names in lower case."""
        self.sent: list[bytes] = []
        """The parts of the body, as they were sent."""
        self.is_complete: bool = False
        """Whether the response is complete: an incomplete one makes Datastar connect again."""
        self.is_watched: bool = False
        """Whether the stream waits for the client to leave."""
        self.error: Exception | None = None
        """What every further part is answered with."""
        self._is_reading = asyncio.Event()
        self._is_reading.set()
        self._has_left = asyncio.Event()

    @property
    def body(self) -> bytes:
        """The body so far."""
        return b"".join(self.sent)

    def stop_reading(self) -> None:
        """Take no further part: the one that is sent next waits until `read_on()`."""
        self._is_reading.clear()

    def read_on(self) -> None:
        """Take back `stop_reading()`."""
        self._is_reading.set()

    def leave(self) -> None:
        """Close the connection."""
        self._has_left.set()

    def fail(self, error: Exception) -> None:
        """Raise an error from every part that is sent from now on."""
        self.error = error

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Keep the status and the headers; a stream calls it.

        Raises:
            MomentError: The response has begun already.
        """
        if self.status is not None:
            raise _order_error("begin a response twice")
        self.status = status
        self.headers = list(headers)

    async def send(self, data: bytes, *, more: bool) -> None:
        """Keep a part of the body; a stream calls it.

        Raises:
            MomentError: The response has not begun, or is complete.
        """
        if self.status is None or self.is_complete:
            raise _order_error("send a part before the head or after the last part")
        if self.error is not None:
            raise self.error
        self.sent.append(data)
        self.is_complete = not more
        await self._is_reading.wait()

    async def wait_closed(self) -> None:
        """Return when `leave()` was called; a stream calls it."""
        self.is_watched = True
        try:
            await self._has_left.wait()
        finally:
            self.is_watched = False


def _order_error(what: str) -> MomentError:
    return MomentError(
        f"cannot {what}",
        where="MemoryClient",
        why="a response is a head, then parts, then one last part",
        fix="await respond(handler, context, MemoryClient())  (one client for each response)",
    )
