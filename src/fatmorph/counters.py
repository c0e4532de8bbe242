"""Counters: what the streams of this process have done since it started.

Plain numbers, counted where things happen and read whenever somebody asks: no lock, no task, no
dependency. Each response counts what it carries; streams that are open are added when somebody
asks. The numbers are exact where all streams live in one event loop. Several loops in threads of
one process may lose a count now and then. Each worker process counts for itself.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (the text)
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields, replace

__all__ = ("COUNTERS", "Counters", "Traffic", "prometheus", "snapshot")

logger = logging.getLogger("fatmorph.stream")


@dataclass(slots=True)
class Counters:
    """Numbers since the process started.

    Args:
        streams_open: Streams of events that are open now.
        streams: Streams of events that were opened.
        events: Events that were written to them.
        bytes_written: Bodies of all responses, before compression.
        bytes_sent: What the sockets have taken of them, after compression.
        dropped: Messages that no reader got in time, and pages that were overtaken.
        cut: Clients that were given up, because they did not read.
        render_seconds: Time spent in turning views into bytes.
    """

    streams_open: int = 0
    streams: int = 0
    events: int = 0
    bytes_written: int = 0
    bytes_sent: int = 0
    dropped: int = 0
    cut: int = 0
    render_seconds: float = 0.0


COUNTERS = Counters()
"""Where this process counts; only fatmorph writes to it."""

# A gauge may fall; counters end in _total, which is no part of the metric's name.
HELP = {
    "streams_open": "Streams of events that are open.",
    "streams": "Streams of events that were opened.",
    "events": "Events that were written.",
    "bytes_written": "Bytes of bodies before compression.",
    "bytes_sent": "Bytes of bodies after compression, taken by sockets.",
    "dropped": "Messages and pages that nobody got in time.",
    "cut": "Clients that were given up because they did not read.",
    "render_seconds": "Seconds spent in rendering views.",
}
GAUGES = frozenset({"streams_open"})
# https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
COMMENT = ord(":")


def snapshot() -> Counters:
    """Return all counters as they are now; the value changes no more.

    Example:
        >>> from fatmorph import counters
        >>> counters.snapshot().streams_open >= 0
        True
    """
    now = replace(COUNTERS)
    for traffic in tuple(_open):
        traffic.add_to(now)
    return now


def prometheus() -> str:
    """Return all counters in the text that Prometheus and OpenTelemetry read.

    Answer with it from a route of your own, as `text/plain; version=0.0.4`.

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
    """What one response has carried; the process's counters grow with it.

    Args:
        now: The event loop's time, as in all methods.
    """

    __slots__ = ("_begin", "_is_over", "_is_stream", "events", "last_event", "sent", "written")

    def __init__(self, now: float) -> None:
        self._begin = now
        self._is_stream = False
        self._is_over = False
        self.events = 0
        self.last_event = now
        """When the last event was written; a comment, such as a heartbeat, is none."""
        self.written = 0
        """Bytes before compression."""
        self.sent = 0
        """Bytes after compression that the socket has taken."""

    def open_stream(self) -> None:
        """Count a stream of events."""
        self._is_stream = True
        _open.add(self)
        COUNTERS.streams += 1
        COUNTERS.streams_open += 1

    def add_written(self, data: bytes, now: float) -> None:
        """Count what was written: one event, a comment, or a part of a body."""
        self.written += len(data)
        if self._is_stream and data and data[0] != COMMENT:
            self.events += 1
            self.last_event = now

    def add_sent(self, size: int) -> None:
        """Count what the socket has taken."""
        self.sent += size

    def add_to(self, counters: Counters) -> None:
        """Add what was carried to the numbers of a process."""
        counters.events += self.events
        counters.bytes_written += self.written
        counters.bytes_sent += self.sent

    def end(self, ending: str, now: float) -> None:
        """Count nothing more, and log the one line about a stream, if it is one; idempotent."""
        if self._is_over:
            return
        self._is_over = True
        self.add_to(COUNTERS)
        if not self._is_stream:
            return
        _open.discard(self)
        COUNTERS.streams_open -= 1
        seconds = now - self._begin
        logger.info(
            "stream ended: %s after %.1f s, %d events, %d bytes written, %d sent",
            ending,
            seconds,
            self.events,
            self.written,
            self.sent,
            extra={
                "ending": ending,
                "seconds": seconds,
                "events": self.events,
                "bytes_written": self.written,
                "bytes_sent": self.sent,
            },
        )


_open: set[Traffic] = set()
