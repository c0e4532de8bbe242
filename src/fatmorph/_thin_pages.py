"""Thin pages: of a page that a stream shows, only the parts that have changed are sent.

A stream remembers the last page that it sent. Numbered rules:

1. The first page is sent whole, and so is the next one after any other event: that event may have
   changed the page in the browser. The client reports nothing of a patch without a target, so a
   change is also sent whole if the last whole page is a minute old.
2. The browser forgets the id of its last event with the first page, and learns no other: a thin
   page has none, so that a stream always begins with a whole page.
3. Streams that go from the same page to the same page, one after the other, share the event.
"""

from __future__ import annotations

import weakref
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from fatmorph.counters import COUNTERS
from fatmorph.datastar.events._elements import patch_elements
from fatmorph.markup._element import Element

if TYPE_CHECKING:
    from fatmorph._streaming.stream import Stream
    from fatmorph.morph.difference import Difference, ShownPage
    from fatmorph.types import HasHtml

__all__ = ("ThinPages",)

# A whole page now and then mends what scripts and other handlers have changed in the browser.
WHOLE_AFTER_SECONDS = 60.0
# A larger page is always sent whole: a stream would hold its tree, of several times its size.
MAX_PAGE_BYTES = 4 * 1024 * 1024


class _Shared(NamedTuple):
    """The last change that any stream has sent, without keeping its pages alive."""

    before: weakref.ref[Element] | None
    after: weakref.ref[Element]
    event: bytes
    ids: frozenset[str] | None
    size: int
    has_pinned: bool


class _Last:
    """The last change; replaced as a whole: streams may live in the loops of several threads."""

    def __init__(self) -> None:
        self.change: _Shared | None = None


_last = _Last()


class ThinPages:
    """The page that a stream shows, and the events that lead to the next ones.

    Args:
        stream: The stream.
    """

    __slots__ = ("_difference", "_events", "_shown", "_stream", "_whole_at")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._shown: ShownPage | None = None  # None before the first page
        self._events = 0
        self._whole_at = 0.0
        # Imported late: a program without thin pages starts faster. Any: a module.
        self._difference: Any = import_module("fatmorph.morph.difference")

    def event(self, view: Element | HasHtml) -> bytes:
        """Return the event or events after which the browser shows a page; none if it does.

        Write it at once, and nothing before it.

        Args:
            view: The page.

        Raises:
            EventError: If a view cannot be patched.
            EncodingError: If a text contains a lone surrogate.
        """
        shown = self._shown
        if self._stream.events != self._events:
            shown = None  # something else was sent, or nothing yet
        elif monotonic() > self._whole_at + WHOLE_AFTER_SECONDS:
            shown = self._mended(shown, view)
        event, self._shown = self._shared(shown, view) or self._made(shown, view)
        self._events = self._stream.events + bool(event)
        return event

    def _mended(self, shown: ShownPage | None, view: Element | HasHtml) -> ShownPage | None:
        """Return None, so that a whole page is sent; or the page that is shown, if it is equal."""
        is_same = shown is not None and isinstance(view, Element) and shown.view == view
        return shown if is_same else None

    def _shared(
        self, shown: ShownPage | None, view: Element | HasHtml
    ) -> tuple[bytes, ShownPage] | None:
        last = _last.change
        if last is None or last.after() is not view or not isinstance(view, Element):
            return None
        if (last.before is None) != (shown is None):
            return None
        if last.before is not None and shown is not None and last.before() is not shown.view:
            return None
        is_whole = shown is None
        if is_whole:
            self._whole_at = monotonic()
        _count(last.event, is_whole=is_whole)
        return last.event, self._difference.ShownPage(view, *last[3:])

    def _made(
        self, shown: ShownPage | None, view: Element | HasHtml
    ) -> tuple[bytes, ShownPage | None]:
        event, after = self._whole(view) if shown is None else self._thin(shown, view)
        if after.size > MAX_PAGE_BYTES:
            return event, None
        if isinstance(view, Element):
            before = weakref.ref(shown.view) if shown and isinstance(shown.view, Element) else None
            if shown is None or before is not None:
                now = weakref.ref(view, _forget)
                _last.change = _Shared(before, now, event, *after[1:])
        return event, after

    def _whole(self, view: Element | HasHtml) -> tuple[bytes, ShownPage]:
        event = patch_elements(view, event_id="")
        self._whole_at = monotonic()
        _count(event, is_whole=True)
        return event, self._difference.shown_page(view, len(event))

    def _thin(self, shown: ShownPage, view: Element | HasHtml) -> tuple[bytes, ShownPage]:
        found: Difference = self._difference.difference(shown, view)
        event = b"".join(
            patch_elements(
                each.view, selector=each.selector, mode=each.mode, namespace=each.namespace
            )
            for each in found.patches
        )
        if not self._difference.is_worth(len(event), found):
            event, after = patch_elements(view), found.shown
            _count(event, is_whole=True)
            return event, after._replace(size=len(event))
        _count(event, is_whole=found.is_whole)
        after = found.shown
        return event, after._replace(size=len(event)) if found.is_whole else after


def _forget(view: weakref.ref[Element]) -> None:
    """Let the event go with its page."""
    change = _last.change
    if change is not None and change.after is view:
        _last.change = None


def _count(event: bytes, *, is_whole: bool) -> None:
    if is_whole:
        COUNTERS.whole_pages += 1
    elif event:
        COUNTERS.thin_pages += 1
