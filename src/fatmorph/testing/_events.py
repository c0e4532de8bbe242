"""Read server-sent events, as the standard describes them.

It is written from the standard, independently of the encoder, so that tests compare the two. The
names of the fields in `data:` lines are Datastar's.

Sources: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
and https://data-star.dev/reference/sse_events
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ("Event", "EventReader", "events_of")

LINE_END = re.compile(r"\r\n|\n|\r")
ELEMENTS = "datastar-patch-elements"
SIGNALS = "datastar-patch-signals"


@dataclass(frozen=True)
class Event:
    """One event of a stream.

    Args:
        name: `datastar-patch-elements`, `datastar-patch-signals` or another name.
        data: The lines of its data, joined by line breaks.
        id: The id that the stream had at this event; empty if there was none.
    """

    name: str
    data: str
    id: str = ""

    def field(self, key: str) -> str | None:
        r"""Return the values of a Datastar field, joined by line breaks; None without any.

        Example:
            >>> Event("datastar-patch-elements", "elements <p>\nelements </p>").field("elements")
            '<p>\n</p>'
        """
        pairs = (line.partition(" ") for line in self.data.split("\n"))
        values = [value for name, _, value in pairs if name == key]
        return "\n".join(values) if values else None

    @property
    def elements(self) -> str | None:
        """The HTML of a patch of elements; None for other events."""
        return (self.field("elements") or "") if self.name == ELEMENTS else None

    @property
    def signals(self) -> Any:  # Any: JSON
        """The JSON of a patch of signals; None for other events."""
        text = self.field("signals") if self.name == SIGNALS else None
        return None if text is None else json.loads(text)


class EventReader:
    """Turns the bytes of a stream into events, in whatever parts they arrive."""

    def __init__(self) -> None:
        self.retry_ms: int | None = None
        """The time of the last `retry:` line."""
        self.last_id = ""
        """The id of the last `id:` line."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest = ""
        self._is_after_return = False
        self._name = ""
        self._data: list[str] = []

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that end in these bytes."""
        text = self._decoder.decode(data)
        if text:
            ends_in_return = text.endswith("\r")
            if self._is_after_return:
                text = text.removeprefix("\n")  # the other half of a line end
            self._is_after_return = ends_in_return
        text, start = self._rest + text, 0
        for end in LINE_END.finditer(text):
            if (event := self._take(text[start : end.start()])) is not None:
                yield event
            start = end.end()
        self._rest = text[start:]

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        field, colon, value = line.partition(":")
        if not field and colon:
            return None  # a comment
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry_ms = int(value)
        return None

    def _dispatch(self) -> Event | None:
        name, data = self._name, self._data
        self._name, self._data = "", []
        if not data:
            return None
        return Event(name or "message", "\n".join(data), self.last_id)


def events_of(body: bytes) -> tuple[Event, ...]:
    r"""Return the events of a whole body; one that has no blank line at its end is not among them.

    Example:
        >>> events_of(b'event: datastar-patch-signals\ndata: signals {"n":1}\n\n')[0].signals
        {'n': 1}
    """
    return tuple(EventReader().feed(body))
