"""One open page: its state, and the way to say that it changed."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from fatmorph.pages._changes import Bell, Changes
from fatmorph.pages._line import Line

__all__ = ("Page",)

State = TypeVar("State")


class Page(Generic[State]):
    """The state of one open page; made by `Pages`.

    Args:
        state: An object of your class.
        page_id: The id that the browser made.
        owner: The session that the page belongs to; None if unknown.
        client: The client that began it, for its fair share of the room.
        guard: As for `Line`.
    """

    __slots__ = (
        "_bell",
        "client",
        "id",
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
        page_id: str,
        *,
        owner: str | None,
        client: str,
        guard: threading.RLock,
    ) -> None:
        self.state: State = state
        """Your object; it may be replaced."""
        self.id: str = page_id
        self.owner: str | None = owner
        self.client: str = client
        self.line: Line = Line(guard)
        self.users: int = 0
        """How many streams and actions of the page are running."""
        self.left_at: float = 0.0
        self.to_refill: frozenset[str] | None = None
        """The fields that may still come from signals; None before the state is ready."""
        self._bell = Bell(guard)

    def changed(self) -> None:
        """Draw this page again, and no other; from any thread.

        The end of `async with pages.of(c)` does this by itself.
        """
        self._bell.ring()

    @property
    def changes(self) -> Changes:
        """A new source for `w.live()`, with an item for each change of this page."""
        return Changes(self._bell)
