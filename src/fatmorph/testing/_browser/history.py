"""The session history of a page: its addresses, between which back and forward go.

Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fatmorph.errors import StepError
from fatmorph.testing._server import Request

__all__ = ("Entry", "History", "Way")

Way = Literal["new", "replaced", "same"]


@dataclass
class Entry:
    """One address.

    Args:
        request: The request that loads it.
        page: The number of the page that shows it, which entries without a load share.
        state: The state that a script has given to it.
    """

    request: Request
    page: int
    state: Any = None  # Any: JavaScript's


class History:
    """The entries of one tab."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.wanted = 0
        """How many steps a script wants to go."""
        self._position = -1
        self._pages = 0

    @property
    def current(self) -> Entry:
        """The entry of the page."""
        return self.entries[self._position]

    def load(self, request: Request, way: Way) -> None:
        """Note that a page was loaded.

        Args:
            request: The last one, after all redirects.
            way: `new` adds an entry, `replaced` takes over the current one, and `same` loads the
                page of the current one again.
        """
        if way != "same":
            self._pages += 1
        page = self.current.page if way == "same" else self._pages
        self._put(Entry(request, page), is_new=way == "new")

    def show(self, url: str, state: Any, *, is_new: bool) -> None:
        """Note that the page has another address, without being loaded."""
        self._put(Entry(Request("GET", url), self.current.page, state), is_new=is_new)

    def go(self, steps: int) -> Entry | None:
        """Move to another entry, and return it if another page shows it, which must be loaded.

        Raises:
            StepError: There is none; or it is the response to a form.
        """
        before, position = self.current, self._position + steps
        way = "back" if steps < 0 else "forward"
        if not 0 <= position < len(self.entries):
            raise StepError(
                f"cannot go {way}",
                where=before.request.url,
                why=f"it is entry {self._position + 1} of {len(self.entries)} in the history",
                fix='await page.goto("/")',
            )
        found = self.entries[position]
        if found.page != before.page and found.request.method not in ("GET", "HEAD"):
            raise StepError(
                f"cannot go {way} to {found.request.method} {found.request.url}",
                where=before.request.url,
                why="it is the response to a form, and a browser asks before it sends it again",
                fix='w.redirect("/")  (in the handler of the form)',
            )
        self._position = position
        return None if found.page == before.page else found

    def _put(self, entry: Entry, *, is_new: bool) -> None:
        if is_new or not self.entries:
            self._position += 1
            del self.entries[self._position :]
            self.entries.append(entry)
        else:
            self.entries[self._position] = entry
