"""Counters: the work of this process's streams since it started.

The counters are plain numbers, without a task or a dependency. Each response counts its own events
and bytes; reading the counters adds those of open streams. Any thread may read them, so a lock
guards what streams add when they open and end. The numbers are exact if all streams live in one
event loop. Several loops in threads of one process may occasionally lose a count. Each worker
process has its own counters.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (the text)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from threading import RLock

from fatmorph._histogram import Histogram
from fatmorph._prometheus import checked_labels, family, histogram_family

__all__ = (
    "CHANGE_SECONDS",
    "COUNTERS",
    "DRAW_SECONDS",
    "Counters",
    "OpenStream",
    "PageCounters",
    "PageRecord",
    "Traffic",
    "endings",
    "note_draw",
    "note_ending",
    "note_refusal",
    "open_streams",
    "pages",
    "prometheus",
    "refusals",
    "snapshot",
)

# A program has fewer handlers; further names are counted together.
MAX_PAGES = 1000
OTHER_PAGES = "other"


@dataclass(slots=True)
class Counters:
    """Numbers since the process started.

    Args:
        streams_open: Open event streams.
        streams: Event streams that were opened.
        events: Events written to them.
        bytes_written: Bytes of all bodies, before compression.
        bytes_sent: Bytes of bodies that sockets have accepted, after compression.
        dropped: Messages that no reader took in time.
        overtaken: Changes that no page of their own showed, because a later page shows them too.
        cut: Clients that were cut off because they did not read.
        page_states: States of pages, open or left, that `fatmorph.Pages` keeps.
        page_states_dropped: Such states that were dropped early, because there was no more room.
        thin_pages: Pages of which only the parts that had changed were sent.
        whole_pages: Pages of the same streams that were sent whole: the first ones, and those of
            which no part was safe to send.
        thin_page_bytes: About how many bytes of HTML the pages have that open streams keep, to find
            what changes next; a page that several of them keep is counted once.
        render_seconds: Time spent turning views into bytes.
    """

    streams_open: int = 0
    streams: int = 0
    events: int = 0
    bytes_written: int = 0
    bytes_sent: int = 0
    dropped: int = 0
    overtaken: int = 0
    cut: int = 0
    page_states: int = 0
    page_states_dropped: int = 0
    thin_pages: int = 0
    whole_pages: int = 0
    thin_page_bytes: int = 0
    render_seconds: float = 0.0


@dataclass(slots=True)
class PageCounters:
    """Numbers of one handler since the process started.

    Args:
        streams_open: Its open event streams.
        streams: Its event streams that were opened.
        events: Events written to them.
        bytes_written: Bytes of these streams, before compression.
        bytes_sent: Bytes of these streams that sockets have accepted, after compression.
        draws: Pages of `w.live()` that were drawn. Streams with one `key` share a drawn page.
        draw_seconds: How long they took together, from the call of the view to the bytes.
    """

    streams_open: int = 0
    streams: int = 0
    events: int = 0
    bytes_written: int = 0
    bytes_sent: int = 0
    draws: int = 0
    draw_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class OpenStream:
    """One open event stream, as a value; it holds nothing that a user has sent.

    Args:
        page: The handler that serves it, as `main.subscribe`.
        seconds: Since its request.
        events: Events written to it, not counting heartbeats.
        bytes_written: Bytes of its body, before compression.
        bytes_sent: Bytes of its body that the socket has accepted, after compression.
        last_error: Class, file and line of the last error of this handler, for any of its
            clients; empty if there was none.
    """

    page: str
    seconds: float
    events: int
    bytes_written: int
    bytes_sent: int
    last_error: str


class PageRecord:
    """The name and the last error of one handler, for all of its streams.

    Args:
        name: The handler, as `main.subscribe`.
    """

    __slots__ = ("last_error", "name")

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.last_error: str = ""


COUNTERS = Counters()
"""The counters of this process; only fatmorph changes them."""
DRAW_SECONDS = Histogram()
"""How long the pages of `w.live()` took, from the call of the view to the bytes."""
CHANGE_SECONDS = Histogram()
"""How long after a change the page that shows it was written."""

# A gauge may fall. Counters get the suffix _total.
HELP = {
    "streams_open": "Open event streams.",
    "streams": "Event streams that were opened.",
    "events": "Events written to event streams.",
    "bytes_written": "Bytes of bodies before compression.",
    "bytes_sent": "Bytes of bodies after compression, accepted by sockets.",
    "dropped": "Messages that were dropped because a reader was too slow.",
    "overtaken": "Changes that a later page showed together with others.",
    "cut": "Clients that were cut off because they did not read.",
    "page_states": "States of pages, open or left.",
    "page_states_dropped": "States of pages that were dropped because there was no more room.",
    "thin_pages": "Pages of which only the changed parts were sent.",
    "whole_pages": "Pages that were sent whole, by streams that send thin ones.",
    "thin_page_bytes": "Bytes of HTML of the pages that streams keep, to send thin ones.",
    "render_seconds": "Seconds spent rendering views.",
}
GAUGES = frozenset({"page_states", "streams_open", "thin_page_bytes"})
IN_HISTOGRAM = frozenset({"draw_seconds", "draws"})  # its sum and its count


def snapshot() -> Counters:
    """Return the current values of all counters; the result does not change later.

    Example:
        >>> from fatmorph import counters
        >>> counters.snapshot().streams_open >= 0
        True
    """
    kept: dict[int, int] = {}
    with _lock:
        now = replace(COUNTERS)
        for traffic in list(_open):
            traffic.add_to(now)
            kept[traffic.kept_page] = traffic.kept_bytes
    now.thin_page_bytes = sum(kept.values())
    return now


def open_streams() -> tuple[OpenStream, ...]:
    """Return the event streams that are open now, the oldest first.

    There are as many as `snapshot().streams_open`; for thousands of streams, ask rarely.

    Example:
        >>> from fatmorph import counters
        >>> [stream.page for stream in counters.open_streams() if stream.last_error]
        []
    """
    now = time.monotonic()
    with _lock:
        streams = list(_open)
    streams.sort(key=lambda traffic: traffic.begun_at)
    return tuple(
        OpenStream(
            page=traffic.page.name,
            seconds=max(now - traffic.begun_at, 0.0),
            events=traffic.events,
            bytes_written=traffic.written,
            bytes_sent=traffic.sent,
            last_error=traffic.page.last_error,
        )
        for traffic in streams
    )


def pages() -> dict[str, PageCounters]:
    """Return the counters of each handler by its name, as `main.subscribe`.

    After a thousand names, further handlers are counted together as `other`.

    Example:
        >>> from fatmorph import counters
        >>> [name for name, page in counters.pages().items() if page.streams_open > 1000]
        []
    """
    with _lock:
        found = {name: replace(page) for name, page in _pages.items()}
        for traffic in list(_open):
            traffic.add_to(found[_page_key(traffic.page.name)])
        for name, histogram in _draws.items():
            found[name].draws = histogram.count
            found[name].draw_seconds = histogram.total
    return found


def endings() -> dict[str, int]:
    """Return how many event streams have ended in each way, as `client left`."""
    with _lock:
        return dict(_endings)


def refusals() -> dict[tuple[str, int], int]:
    """Return how many requests were refused, by the code of the error and the status.

    Example:
        >>> from fatmorph import counters
        >>> counters.refusals().get(("origin", 403), 0) >= 0
        True
    """
    with _lock:
        return dict(_refusals)


def note_draw(page: PageRecord, seconds: float) -> None:
    """Count a live page that was drawn for a handler."""
    with _lock:
        DRAW_SECONDS.add(seconds)
        name = _page_key(page.name)
        draws = _draws.get(name)
        if draws is None:
            _pages.setdefault(name, PageCounters())
            draws = _draws.setdefault(name, Histogram())
        draws.add(seconds)


def note_ending(ending: str) -> None:
    """Count the end of an event stream."""
    with _lock:
        _endings[ending] += 1


def note_refusal(code: str, status: int) -> None:
    """Count a request that was refused."""
    with _lock:
        _refusals[code, status] += 1


def prometheus(labels: Mapping[str, str | int] | None = None) -> str:
    """Return all counters as text for Prometheus and OpenTelemetry.

    Serve it on a route, as `text/plain; version=0.0.4`.

    Args:
        labels: Labels of every number, such as `{"worker": "1"}`; by default none.

    Raises:
        LabelError: Prometheus could not read a label, or the counters have one of this name.

    Example:
        >>> from fatmorph import counters
        >>> counters.prometheus({"worker": "1"}).splitlines()[2].rpartition(" ")[0]
        'fatmorph_streams_open{worker="1"}'

    Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    own = checked_labels(labels)
    now = snapshot()
    lines: list[str] = []
    for field in fields(now):
        values = [(own, getattr(now, field.name))]
        is_gauge = field.name in GAUGES
        lines += family(field.name, HELP[field.name], values, is_gauge=is_gauge)
    lines += _by_page(own)
    ended = [({**own, "ending": ending}, count) for ending, count in endings().items()]
    help_text = "Event streams that have ended, by their ending."
    lines += family("endings", help_text, ended, is_gauge=False)
    refused = [
        ({**own, "reason": code, "status": str(status)}, count)
        for (code, status), count in refusals().items()
    ]
    lines += family("refusals", "Requests that were refused.", refused, is_gauge=False)
    help_text = "Seconds to draw a live page."
    lines += histogram_family("draw_seconds", help_text, [(own, DRAW_SECONDS)])
    help_text = "Seconds from a change to the page that shows it."
    lines += histogram_family("change_seconds", help_text, [(own, CHANGE_SECONDS)])
    return "\n".join([*lines, ""])


def _by_page(own: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the numbers of each handler."""
    by_page = pages()
    for field in fields(PageCounters):
        if field.name in IN_HISTOGRAM:
            continue
        values = [({**own, "page": n}, getattr(p, field.name)) for n, p in by_page.items()]
        help_text = f"{HELP[field.name][:-1]}, by handler."
        is_gauge = field.name in GAUGES
        yield from family(f"page_{field.name}", help_text, values, is_gauge=is_gauge)
    with _lock:
        draws = [({**own, "page": name}, histogram) for name, histogram in _draws.items()]
    help_text = "Seconds to draw a live page, by handler."
    yield from histogram_family("page_draw_seconds", help_text, draws)


class Traffic:
    """The events and bytes of one response, which are added to the process's counters.

    Args:
        now: The event loop's time, as in all methods.
        page: The record of its handler; None if it is unknown.
    """

    __slots__ = (
        "_is_over",
        "begun_at",
        "events",
        "is_stream",
        "kept_bytes",
        "kept_page",
        "last_event",
        "last_write",
        "page",
        "sent",
        "written",
    )

    def __init__(self, now: float, page: PageRecord | None = None) -> None:
        self.page: PageRecord = page or PageRecord("")
        self.begun_at: float = now
        """When the response began."""
        self.is_stream: bool = False
        """Whether it is a stream of events."""
        self._is_over = False
        self.events: int = 0
        self.last_event: float = now
        """When the last event was written; a heartbeat is not an event."""
        self.last_write: float = now
        """When anything was written last."""
        self.written: int = 0
        """Bytes before compression."""
        self.sent: int = 0
        """Bytes that the socket has accepted, after compression."""
        self.kept_page: int = 0
        """The address of the page that the stream keeps; 0 if none."""
        self.kept_bytes: int = 0
        """About how many bytes of HTML it has."""

    def open_stream(self) -> None:
        """Count a stream of events."""
        self.is_stream = True
        with _lock:
            _open.add(self)
            page = _pages.setdefault(_page_key(self.page.name), PageCounters())
            page.streams += 1
            page.streams_open += 1
            COUNTERS.streams += 1
            COUNTERS.streams_open += 1

    def add_written(self, size: int, now: float, *, is_event: bool) -> None:
        """Count bytes that were written.

        Args:
            size: How many bytes.
            now: The time of the event loop.
            is_event: Whether they are an event, and not a comment or the end of a body.
        """
        self.written += size
        self.last_write = now
        if is_event:
            self.events += 1
            self.last_event = now

    def add_sent(self, size: int) -> None:
        """Count bytes that the socket has accepted."""
        self.sent += size

    def add_to(self, counters: Counters | PageCounters) -> None:
        """Add these numbers to those of a process, or of a handler."""
        counters.events += self.events
        counters.bytes_written += self.written
        counters.bytes_sent += self.sent

    def end(self) -> bool:
        """Stop counting; return whether an event stream has ended by that, and not before."""
        if self._is_over:
            return False
        self._is_over = True
        with _lock:
            self.add_to(COUNTERS)
            if self.is_stream:
                _open.discard(self)
                page = _pages[_page_key(self.page.name)]
                self.add_to(page)
                page.streams_open -= 1
                COUNTERS.streams_open -= 1
        return self.is_stream


def _page_key(name: str) -> str:
    is_known = name in _pages or len(_pages) < MAX_PAGES
    return name if is_known else OTHER_PAGES


# Reentrant: any allocation can run a finaliser, which may end a stream.
_lock = RLock()
_open: set[Traffic] = set()
_pages: dict[str, PageCounters] = {}
_draws: dict[str, Histogram] = {}
_endings: Counter[str] = Counter()
_refusals: Counter[tuple[str, int]] = Counter()
