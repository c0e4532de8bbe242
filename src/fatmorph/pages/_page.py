"""One open page: its state, and the way to say that it changed."""

from __future__ import annotations

import threading
from typing import Generic, NamedTuple, TypeVar

from fatmorph.errors import PageError
from fatmorph.pages._changes import Bell, Changes
from fatmorph.pages._line import Line
from fatmorph.pages._messages import PageMessage

__all__ = ("Page", "Visitor", "stolen_error")

State = TypeVar("State")


class Visitor(NamedTuple):
    """The page of a request, as the request names it."""

    page_id: str
    owner: str | None
    """The session that it belongs to; None if unknown."""
    client: str
    """The address that the request came from."""


class Page(Generic[State]):
    """The state of one open page; made by `Pages`.

    Args:
        state: An object of your class.
        visitor: The first request of the page.
        guard: As for `Line`.
    """

    __slots__ = (
        "_bell",
        "claim",
        "client",
        "id",
        "is_moved",
        "left_at",
        "line",
        "opened_at",
        "owner",
        "state",
        "to_refill",
        "users",
        "was_changed",
    )

    def __init__(self, state: State, visitor: Visitor, *, guard: threading.RLock) -> None:
        self.state: State = state
        """Your object; it may be replaced."""
        self.id: str = visitor.page_id
        self.owner: str | None = visitor.owner
        self.client: str = visitor.owner or visitor.client
        """The client that began it, for its fair share of the room."""
        self.line: Line = Line(guard)
        self.users: int = 0
        """How many streams and actions of the page are running."""
        self.left_at: float = 0.0
        self.to_refill: frozenset[str] | None = None
        """The fields that may still come from signals; None before the state is ready."""
        self.was_changed: bool = False
        """Whether the state is more than a new one: an action ran, or it came from elsewhere."""
        self.is_moved: bool = False
        """Whether another process has the state now."""
        self.opened_at: int = 0
        """When its latest stream began here, by the clock of all processes."""
        self.claim: PageMessage | None = None
        """The message about its latest stream elsewhere, to which the state will move."""
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


def stolen_error(where: str) -> PageError:
    """Return the error for an action of another session's page.

    Args:
        where: The request.
    """
    return PageError(
        "cannot give the state of a page to another session",
        where=where,
        why="the page belongs to the session that began it",
        fix='w.navigate("")  (which loads the page again, after a login for example)',
    )
