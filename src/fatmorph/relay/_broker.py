"""The contract of a broker: the few things that a relay needs of NATS and of Redis.

All methods run in the event loop of the relay's own thread. None waits without end, because the
relay sets a limit for each call; and a connection that fails is never used again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fatmorph.relay._address import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("LOST", "Broker", "Connection", "Receiver")

# Instead of a message that was lost; MessagePack has no empty value.
LOST = b""


class Receiver(Protocol):
    """The relay, as a connection sees it."""

    def received(self, pattern: str, subject: str, payload: bytes) -> None:
        """Take a message that arrived for a pattern; called once for each pattern."""
        ...

    def missed(self, pattern: str) -> None:
        """Note that messages for a pattern were lost before they could be read."""
        ...

    def objected(self, reason: str, *, is_message: bool) -> None:
        """Note that the broker refused a command, and that the connection goes on.

        Args:
            reason: The words of the broker.
            is_message: Whether the command was a message, which is lost.
        """
        ...


class Connection(Protocol):
    """One open connection."""

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """Ask for the messages of some patterns."""
        ...

    async def unsubscribe(self, pattern: str) -> None:
        """Ask for no more messages of a pattern."""
        ...

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Send subjects with their payloads, after all that was asked for before."""
        ...

    async def confirm(self) -> None:
        """Wait until the broker has taken everything that was sent before."""
        ...

    async def ended(self) -> str:
        """Wait for the end of the connection, and return its reason."""
        ...

    async def close(self) -> None:
        """Close the connection, which may be broken."""
        ...


class Broker(Protocol):
    """A broker at an address, under a prefix of its subjects."""

    @property
    def address(self) -> Address:
        """Return where it is."""
        ...

    async def open(self, receiver: Receiver) -> Connection:
        """Open a connection with one attempt; if it fails, leave nothing open."""
        ...
