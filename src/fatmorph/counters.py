"""Counters: the work of this process's streams since it started.

The counters are plain numbers, without a lock, a task or a dependency. Each response counts its
own events and bytes; reading the counters adds those of open streams. The numbers are exact if
all streams live in one event loop. Several loops in threads of one process may occasionally lose
a count. Each worker process has its own counters.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (the text)
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace

__all__ = (
    "COUNTERS",
    "Counters",
    "OpenStream",
    "PageRecord",
    "Traffic",
    "open_streams",
    "prometheus",
    "snapshot",
)


@dataclass(slots=True)
class Counters:
    """Numbers since the process started.

    Args:
        streams_open: Open event streams.
        streams: Event streams that were opened.
        events: Events written to them.
        bytes_written: Bytes of all bodies, before compression.
        bytes_sent: Bytes of bodies that sockets have accepted, after compression.
        dropped: Messages that no reader took in time, and pages that newer ones replaced.
        cut: Clients that were cut off because they did not read.
        page_states: States of pages, open or left, that `fatmorph.Pages` keeps.
        page_states_dropped: Such states that were dropped early, because there was no more room.
        thin_pages: Pages of which only the parts that had changed were sent.
        whole_pages: Pages of the same streams that were sent whole: the first ones, and those of
            which no part was safe to send.
        render_seconds: Time spent turning views into bytes.
    """

    streams_open: int = 0
    streams: int = 0
    events: int = 0
    bytes_written: int = 0
    bytes_sent: int = 0
    dropped: int = 0
    cut: int = 0
    page_states: int = 0
    page_states_dropped: int = 0
    thin_pages: int = 0
    whole_pages: int = 0
    render_seconds: float = 0.0


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

# A gauge may fall. Counters get the suffix _total.
HELP = {
    "streams_open": "Open event streams.",
    "streams": "Event streams that were opened.",
    "events": "Events written to event streams.",
    "bytes_written": "Bytes of bodies before compression.",
    "bytes_sent": "Bytes of bodies after compression, accepted by sockets.",
    "dropped": "Messages and pages that were dropped because a reader was too slow.",
    "cut": "Clients that were cut off because they did not read.",
    "page_states": "States of pages, open or left.",
    "page_states_dropped": "States of pages that were dropped because there was no more room.",
    "thin_pages": "Pages of which only the changed parts were sent.",
    "whole_pages": "Pages that were sent whole, by streams that send thin ones.",
    "render_seconds": "Seconds spent rendering views.",
}
GAUGES = frozenset({"page_states", "streams_open"})


def snapshot() -> Counters:
    """Return the current values of all counters; the result does not change later.

    Example:
        >>> from fatmorph import counters
        >>> counters.snapshot().streams_open >= 0
        True
    """
    now = replace(COUNTERS)
    for traffic in tuple(_open):
        traffic.add_to(now)
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
    streams = sorted(_open, key=lambda traffic: traffic.begun_at)
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


def prometheus() -> str:
    """Return all counters as text for Prometheus and OpenTelemetry.

    Serve it on a route, as `text/plain; version=0.0.4`.

    Example:
        >>> from fatmorph import counters
        >>> counters.prometheus().splitlines()[-1].partition(" ")[0]
        'fatmorph_render_seconds_total'
    """
    now = snapshot()
    lines: list[str] = []
    for field in fields(now):
        is_gauge = field.name in GAUGES
        name = f"fatmorph_{field.name}" + ("" if is_gauge else "_total")
        lines.append(f"# HELP {name} {HELP[field.name]}")
        lines.append(f"# TYPE {name} {'gauge' if is_gauge else 'counter'}")
        lines.append(f"{name} {getattr(now, field.name)}")
    return "\n".join([*lines, ""])


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

    def open_stream(self) -> None:
        """Count a stream of events."""
        self.is_stream = True
        _open.add(self)
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

    def add_to(self, counters: Counters) -> None:
        """Add these numbers to those of a process."""
        counters.events += self.events
        counters.bytes_written += self.written
        counters.bytes_sent += self.sent

    def end(self) -> bool:
        """Stop counting; return whether an event stream has ended by that, and not before."""
        if self._is_over:
            return False
        self._is_over = True
        self.add_to(COUNTERS)
        if self.is_stream:
            _open.discard(self)
            COUNTERS.streams_open -= 1
        return self.is_stream


_open: set[Traffic] = set()
