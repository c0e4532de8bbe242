"""Transport: the connection to one client, for servers that have no adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

__all__ = ("Transport",)


class Transport(Protocol):
    """A connection to one client; write one for a server that has no adapter.

    The methods are never called concurrently, except `wait_closed()`, which waits while the
    others are used. Each call may be cancelled when the stream has ended.

    If a server raises anything but an OSError when the client is gone, the transport has an
    attribute `is_left` that is true from then on.
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
            data: Any number of bytes, including none.
            more: False completes the response.

        Raises:
            OSError: The client is gone.
        """
        ...

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        ...
