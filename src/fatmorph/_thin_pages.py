"""Thin pages: of a page that a stream shows, only the parts that have changed are sent.

A stream remembers the last page that it sent. Numbered rules:

1. The first page is sent whole, and so is the next one after any other event: that event may have
   changed the page in the browser. So is a change if the last whole page is a minute old.
2. A whole page of a live view leaves its id in the browser, so that it is recognised when the
   browser comes back. With a thin page the browser forgets it, and gets a whole page then.
3. A page that drifts is noticed by the number of its ids, which the last event of each change has:
   `connection_state()` compares it with the browser's, and asks for the stream again, which begins
   with a whole page. The client itself ignores the field.
4. Streams that go from the same page to the same page, one after the other, share the event. So do
   streams of other pages with the same part, as from a memoised view, if it alone has changed.
"""

from __future__ import annotations

import weakref
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from fatmorph.counters import COUNTERS
from fatmorph.datastar.events._elements import patch_elements
from fatmorph.datastar.events._event import identified
from fatmorph.markup._element import Element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fatmorph._streaming.stream import Stream
    from fatmorph.morph.difference import Difference, Patch, ShownPage
    from fatmorph.types import HasHtml

__all__ = ("ThinPages",)

# A whole page now and then mends what scripts and other handlers have changed in the browser.
WHOLE_AFTER_SECONDS = 60.0
# A larger page is always sent whole: a stream would hold its tree, of several times its size.
MAX_PAGE_BYTES = 4 * 1024 * 1024


class _Change(NamedTuple):
    """A change of a page: its events, and the page that is shown after them.

    Args:
        event: The events, as bytes; empty if nothing has changed.
        page_id: The id that a whole page leaves in the browser; None for none.
        is_whole: Whether it is the whole page.
        ids: As in `ShownPage`, and so are the others.
    """

    event: bytes
    page_id: str | None
    is_whole: bool
    ids: frozenset[str] | None
    size: int
    has_pinned: bool


class _Shared(NamedTuple):
    """The last change that any stream has sent; it is dropped with the page that it leads to."""

    before: Element | None
    after: weakref.ref[Element]
    is_named: bool
    change: _Change


class _Part(NamedTuple):
    """The last part of a page that was sent by itself; it is dropped with the part."""

    view: weakref.ref[Element]
    is_named: bool
    event: bytes


class _Last:
    """The last change and part, replaced as a whole: streams may live in several threads."""

    def __init__(self) -> None:
        self.shared: _Shared | None = None
        self.part: _Part | None = None


_last = _Last()


class ThinPages:
    """The page that a stream shows, and the events that lead to the next ones.

    Args:
        stream: The stream.
        is_named: Whether whole pages leave their id in the browser.
        last_id: The id of the page that the browser has; None if unknown.
    """

    __slots__ = (
        *("_difference", "_events", "_is_lost", "_is_named", "_last_id", "_shown", "_stream"),
        "_whole_at",
    )

    def __init__(
        self, stream: Stream, *, is_named: bool = False, last_id: str | None = None
    ) -> None:
        self._stream = stream
        self._is_named = is_named
        self._last_id = last_id
        self._shown: ShownPage | None = None  # None before the first page
        self._events = stream.events
        self._is_lost = False  # whether an unsafe page has left unknown remains in the browser
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
            shown = self._last_id = None  # something else was sent
        elif monotonic() > self._whole_at + WHOLE_AFTER_SECONDS:
            shown = self._mended(shown, view)
        change = self._shared(shown, view) or self._made(shown, view)
        if self._is_lost:
            change = change._replace(ids=None)
        self._is_lost = change.ids is None
        event = change.event
        if change.page_id is not None and change.page_id == self._last_id:
            # The browser has it, from this stream or an earlier one; the next page is whole.
            event, self._shown = b"", None
        else:
            self._shown = None
            if change.size <= MAX_PAGE_BYTES:
                self._shown = self._difference.ShownPage(view, *change[3:])
        self._stream.note_kept_page(None if self._shown is None else view, change.size)
        self._note(event, change)
        return event

    def _note(self, event: bytes, change: _Change) -> None:
        self._events = self._stream.events + bool(event)
        if not event:
            return
        self._last_id = change.page_id
        if change.is_whole:
            self._whole_at = monotonic()
            COUNTERS.whole_pages += 1
        else:
            COUNTERS.thin_pages += 1

    def _mended(self, shown: ShownPage | None, view: Element | HasHtml) -> ShownPage | None:
        """Return None, so that a whole page is sent; or the page that is shown, if it is equal."""
        is_same = shown is not None and isinstance(view, Element) and shown.view == view
        return shown if is_same else None

    def _shared(self, shown: ShownPage | None, view: Element | HasHtml) -> _Change | None:
        last = _last.shared
        if last is None or last.after() is not view or last.is_named is not self._is_named:
            return None
        if self._is_lost and not last.change.is_whole:
            return None
        # Streams that were opened one by one show equal pages, which were drawn one by one.
        return last.change if last.before == (None if shown is None else shown.view) else None

    def _made(self, shown: ShownPage | None, view: Element | HasHtml) -> _Change:
        if shown is None:
            after: ShownPage = self._difference.shown_page(view, 0)
            change = self._whole(view, after)
        else:
            change = self._thin(shown, view)
        before = None if shown is None else shown.view
        if self._is_lost or not isinstance(view, Element):
            return change
        if before is None or isinstance(before, Element):
            now = weakref.ref(view, _forget)
            _last.shared = _Shared(before, now, self._is_named, change)
        return change

    def _whole(self, view: Element | HasHtml, after: ShownPage) -> _Change:
        event_id = "" if self._is_named else None
        event, page_id = _counted(patch_elements(view, event_id=event_id), after.ids), None
        size = len(event)
        if self._is_named:
            event, page_id = identified(event)
        return _Change(event, page_id, True, after.ids, size, after.has_pinned)

    def _thin(self, shown: ShownPage, view: Element | HasHtml) -> _Change:
        regions = self._difference.safe_regions(shown, view)
        if regions is not None:
            event, after = self._region_event(regions), shown
        else:
            found: Difference = self._difference.unit_difference(shown, view)
            after = found.shown
            if found.is_whole:
                return self._whole(view, after)
            event = b"".join(self._patches(found.patches))
        if self._difference.is_small(len(event), after):
            return _Change(_counted(event, after.ids), None, False, *after[1:])
        return self._whole(view, after)

    def _region_event(self, regions: list[Element]) -> bytes:
        # hot: as tests/benchmarks/fan_out.py shows.
        is_one = len(regions) == 1
        last = _last.part if is_one else None
        if last is not None and last.view() is regions[0] and last.is_named is self._is_named:
            return last.event
        event = b"".join(self._patches(self._difference.region_patches(regions)))
        if is_one:
            _last.part = _Part(weakref.ref(regions[0], _forget), self._is_named, event)
        return event

    def _patches(self, patches: Iterable[Patch]) -> Iterator[bytes]:
        """Yield the events; before the first of them, the browser forgets the id of its page."""
        event_id = "" if self._is_named else None
        for each in patches:
            yield patch_elements(
                each.view,
                selector=each.selector,
                mode=each.mode,
                namespace=each.namespace,
                event_id=event_id,
            )
            event_id = None


def _counted(event: bytes, ids: frozenset[str] | None) -> bytes:
    """Return events of which the last one says how many ids the page has, if that is known."""
    if ids is None or not event:
        return event
    return b"%bdata: ids %d\n\n" % (event[:-1], len(ids))


def _forget(view: weakref.ref[Element]) -> None:
    """Let the event go with its page, or with its part."""
    shared, part = _last.shared, _last.part
    if shared is not None and shared.after is view:
        _last.shared = None
    if part is not None and part.view is view:
        _last.part = None
