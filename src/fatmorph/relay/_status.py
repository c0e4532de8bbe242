"""The state of a relay, for health checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ("RelayState", "RelayStatus")

RelayState = Literal["idle", "connecting", "connected", "disconnected", "closed"]


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """The state of a relay at one moment, as a value; it has no secrets.

    Args:
        broker: The address, without a user and a password; `memory://` for one process.
        state: `idle` before the first use, `connecting` until the first connection, then
            `connected` or `disconnected`, and `closed` at the end.
        error: Why the last attempt or the last connection failed; empty while connected.
        waiting: Messages that wait to be sent, or to be confirmed by the broker.
        dropped: Messages of this process that may not have reached the broker: there was no more
            room for them, the connection broke before the broker had confirmed them, or the broker
            refused them.
        refused: Messages from the broker that did not have the type of the relay.
        connections: How often the relay was connected.
    """

    broker: str
    state: RelayState
    error: str = ""
    waiting: int = 0
    dropped: int = 0
    refused: int = 0
    connections: int = 0

    @property
    def is_connected(self) -> bool:
        """Whether messages reach the other processes now."""
        return self.state == "connected"
