"""Settings: what a route allows its clients, in one value that every adapter takes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ("Settings",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a client may cost before its stream is cut.

    Args:
        max_buffered_bytes: Written but not taken by the socket, before one more write.
        max_stalled_seconds: How long the socket may take nothing.

    Example:
        route("/subscribe", subscribe, settings=Settings(max_stalled_seconds=10))
    """

    max_buffered_bytes: int = 8 * 1024 * 1024  # some hundred pages; a reader is never so late
    max_stalled_seconds: float = 30.0  # a phone in a tunnel comes back within this or not at all
