"""The contract of this room: how a server shows that it stops, and what it logs needlessly.

A server that has served as many requests as it may stops by itself: it accepts no more
connections, and waits for its responses to end. ASGI has no message for that, but the coroutine of
a server is among the tasks of the event loop, and the object that it belongs to knows.

A server logs an error for each response that its application leaves incomplete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ("IncompleteLog", "ServerCoroutine", "is_closed")


class ServerCoroutine(NamedTuple):
    """A coroutine that a server runs for as long as it serves."""

    module: str
    """The module that defines the coroutine."""
    variable: str
    """The variable of the coroutine with the object that knows whether the server stops."""
    is_stopping: Callable[[Any], bool]  # Any: objects of servers, without types of ours
    """Asks that object."""


class IncompleteLog(NamedTuple):
    """The error that a server logs for an incomplete response."""

    package: str
    """The package of the server."""
    logger: str
    """The name of its logger."""
    message: str
    """The text, without its arguments."""


def is_closed(server: Any) -> bool:
    """Return whether an object with `servers`, those of asyncio, has closed all of them."""
    listening = getattr(server, "servers", None) or ()
    return bool(listening) and not any(each.is_serving() for each in listening)
