"""Transport: the connection to one client, as a server without an adapter gives it to fatmorph."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

__all__ = ("Transport",)


class Transport(Protocol):
    """A connection to one client; thirty lines for a server that has no adapter yet.

    The three methods are never called at the same time but for `wait_closed()`, which waits
    while the others are used. Each may be cancelled when the stream is over.
    """

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers; called once, first.

        Raises:
            OSError: The client is gone.
        """
        ...

    def send(self, data: bytes, *, more: bool) -> Awaitable[None]:
        """Send a part of the body and wait until the socket can take more.

        Args:
            data: Any number of bytes, perhaps none.
            more: False completes the response; nothing is sent after it.

        Raises:
            OSError: The client is gone.
        """
        ...

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        ...
