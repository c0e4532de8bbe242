"""Retries: how long a client waits before it asks for its stream again.

A page with `at.subscribe()` waits longer after each failure, and forgets its failures after a
stream has lived. A `retry:` line replaces that with a number, so it is written only in these cases:

1. A stream fails, or ends within seconds although it is a subscription. The wait grows with the
   number of recent cases of its handler in this process, because no request carries a count. It
   is never shorter than a second: clients before Datastar 1.0.2 wait as long after each 4xx and
   5xx that follows.
2. A stream has lived for some seconds, and its client may have been told to wait, by 1 or 3. It
   gets the fast value back. After a restart it is unknown what the process before has told its
   clients.
3. The server stops. A stream that has not lived, which is a failure to its page, gets the fast
   value. Many streams that end together, here or by their key, get different values, so that they
   do not all come back at the same moment, unless they end one after the other.

The event `datastar-stop` tells a page that its server stops, so that it looks for the next one more
often at first than after a failure.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import random
from collections import deque
from weakref import WeakKeyDictionary

from fatmorph._functions import full_name, unwrapped
from fatmorph.counters import PageRecord
from fatmorph.http._subscription import Mark

__all__ = ("Retries",)

RECENT_SECONDS = 60.0
LIVED_SECONDS = 5.0
SLOW_MS, MAX_SLOW_MS, SLOW_SCALER = 1000, 8000, 1.6
FAST_MS = 100  # as at.subscribe() does
PLAIN_MS = 1000  # the client's own default, for actions that are not marked
JITTER = 0.2
# A millisecond for each stream: more than a thousand requests a second are slow to answer.
SPREAD_MS = 1
MAX_SPREAD_MS = 10_000
FEW_STREAMS = 40  # which the jitter of the pages themselves spreads as far
# A handler's first streams may have clients of the process before.
YOUNG_SECONDS = 30.0
SETTLE_YOUNG_SECONDS = 15.0
STOPPED = b"event: datastar-stop\n\n"
MAX_TROUBLES = 8  # more do not lengthen the wait


class _Troubles:
    """The recent failures of one handler, in all event loops of the process."""

    def __init__(self, now: float, page: PageRecord) -> None:
        self.begun_at = now
        self.page = page
        self.spread_at = -RECENT_SECONDS
        """When pages were last told to come back at different moments."""
        self._times: deque[float] = deque(maxlen=MAX_TROUBLES)

    def note(self, now: float) -> None:
        self._times.append(now)

    def count(self, now: float) -> int:
        return sum(now - time < RECENT_SECONDS for time in self._times)


_troubles: WeakKeyDictionary[object, _Troubles] = WeakKeyDictionary()


class Retries:
    """When the client of one stream should ask again.

    Args:
        handler: The function that answers; its failures are counted.
        mark: The page that subscribes; None for any other request.
        now: The event loop's time, as in all methods.
    """

    __slots__ = ("_chosen_ms", "_troubles", "page_id")

    def __init__(self, handler: object, mark: Mark | None, now: float) -> None:
        self.page_id: str | None = None if mark is None else mark.page_id
        """The page that subscribes; None for any other request."""
        self._chosen_ms = None if mark is None else mark.retry_ms
        function = unwrapped(handler)
        key = getattr(function, "__code__", type(function))
        known = _troubles.get(key)
        self._troubles = known or _troubles.setdefault(
            key, _Troubles(now, PageRecord(full_name(function)))
        )

    @property
    def page(self) -> PageRecord:
        """The handler's name and its last error."""
        return self._troubles.page

    def seconds_to_settle(self, now: float) -> float | None:
        """Return when the stream has lived long enough to get the fast value back, if ever."""
        if self._troubles.count(now) or now - self._troubles.spread_at < RECENT_SECONDS:
            return LIVED_SECONDS
        is_young = now - self._troubles.begun_at < YOUNG_SECONDS
        return SETTLE_YOUNG_SECONDS if is_young and self.page_id is not None else None

    def settled(self) -> bytes:
        """Return the line with the fast value."""
        return _line(self._fast_ms())

    def failed(self, now: float) -> bytes:
        """Count a failure; return the line with the slow value."""
        self._troubles.note(now)
        scale = SLOW_SCALER ** (self._troubles.count(now) - 1)
        return _line(max(_jittered(min(SLOW_MS * scale, MAX_SLOW_MS)), self._chosen_ms or 0))

    def ended(self, now: float, lived_seconds: float, stream_count: int = 1) -> bytes:
        """Return the line for a stream of a server that goes on; perhaps none."""
        is_early = lived_seconds < LIVED_SECONDS and self.page_id is not None
        if is_early and self._chosen_ms is None:
            return self.failed(now)
        if stream_count <= FEW_STREAMS:
            return b""
        self._troubles.spread_at = now
        return self._spread(_spread_ms(stream_count))

    def stopped(
        self, now: float, lived_seconds: float, stream_count: int, drained_seconds: float
    ) -> bytes:
        """Return the event and the line for a stream of a server that stops; perhaps none.

        Args:
            now: The event loop's time.
            lived_seconds: How long the stream was open.
            stream_count: How many streams end.
            drained_seconds: How long that takes; they come back at different moments anyway.
        """
        spread_ms = _spread_ms(stream_count) - 1000 * drained_seconds
        is_crowd = stream_count > FEW_STREAMS and spread_ms > 0
        line = self._spread(spread_ms) if is_crowd else b""
        if self.page_id is None:
            return line
        is_slow = lived_seconds < LIVED_SECONDS or self._troubles.count(now) > 0
        return STOPPED + (line or (self.settled() if is_slow else b""))

    def _spread(self, spread_ms: float) -> bytes:
        return _line(self._fast_ms() + random.random() * spread_ms)  # noqa: S311 - no secret

    def _fast_ms(self) -> float:
        if self._chosen_ms is not None:
            return self._chosen_ms
        return PLAIN_MS if self.page_id is None else _jittered(FAST_MS)


def _spread_ms(stream_count: int) -> float:
    return min(SPREAD_MS * stream_count, MAX_SPREAD_MS)


def _jittered(milliseconds: float) -> float:
    return milliseconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret


def _line(milliseconds: float) -> bytes:
    return b"retry: %d\n\n" % milliseconds
