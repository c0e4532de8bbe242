"""One open page: its state, and the way to say that it changed."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from fatmorph.pages._line import Line
from fatmorph.relay._memory import Relay, Subscription

__all__ = ("Page",)

State = TypeVar("State")


class Page(Generic[State]):
    """The state of one open page; made by `Pages`.

    Args:
        state: An object of your class.
        owner: The session that the page belongs to; None if unknown.
        client: The client that began it, for its fair share of the room.
        subject: The page's own subject on the relay.
        relay: Wakes the page's streams.
        guard: As for `Line`.
    """

    __slots__ = (
        "_relay",
        "_subject",
        "client",
        "left_at",
        "line",
        "owner",
        "state",
        "to_refill",
        "users",
    )

    def __init__(
        self,
        state: State,
        *,
        owner: str | None,
        client: str,
        subject: str,
        relay: Relay[None],
        guard: threading.RLock,
    ) -> None:
        self.state = state
        """Your object; it may be replaced."""
        self.owner = owner
        self.client = client
        self.line = Line(guard)
        self.users = 0
        """How many streams and actions of the page are running."""
        self.left_at = 0.0
        self.to_refill: frozenset[str] | None = None
        """The fields that may still come from signals; None before the state is ready."""
        self._subject = subject
        self._relay = relay

    def changed(self) -> None:
        """Draw this page again, and no other; from any thread.

        The end of `async with pages.of(c)` does this by itself.
        """
        self._relay.publish(self._subject, None)

    @property
    def changes(self) -> Subscription[None]:
        """A new source for `w.live()`, with an item for each change of this page."""
        return self._relay.subscribe(self._subject, latest=True)
