r"""One event as a value: an instruction for the client, before it is framed as lines.

Sources: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
and https://data-star.dev/reference/sse_events
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from datastar_py.sse import DatastarEvent

from fatmorph.datastar.events._fields import utf8
from fatmorph.datastar.events._whole_response import WholeResponse, whole_response
from fatmorph.markup._lines import LINE_END, event_bytes

__all__ = (
    "DatastarEvent",
    "Event",
    "Options",
    "as_text",
    "comment",
    "identified",
    "option_lines",
)

# 96 bits make a collision practically impossible, and add few bytes, which cannot be compressed.
# For 35 kB, SHA-256 takes 20 µs on a processor with instructions for it, BLAKE2b 38, MD5 47
# (Xeon, Python 3.11); a checksum would take 9, but can be forged.
ID_BYTES = 12

Options: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values of Datastar's options, such as `(("mode", "inner"),)`; none has a line end."""


class Event(NamedTuple):
    r"""An event for the Datastar client, whose parts have been checked.

    Args:
        name: `datastar-patch-elements` or `datastar-patch-signals`.
        options: Datastar's options, without those that have their default value.
        content_key: The client's name of the content: `elements` or `signals`.
        content: HTML or JSON in UTF-8, with any number of lines; may be empty.
        id_and_retry: The lines of the event's id and retry interval; may be empty.

    Example:
        >>> Event("datastar-patch-signals", (), "signals", b'{"a":1}').framed()
        b'event: datastar-patch-signals\ndata: signals {"a":1}\n\n'
    """

    name: str
    options: Options
    content_key: str
    content: bytes
    id_and_retry: bytes = b""

    def framed(self) -> bytes:
        """Return the event as it is sent."""
        head = b"event: %b\n%b%b" % (
            self.name.encode(),
            self.id_and_retry,
            option_lines(self.options),
        )
        return event_bytes(head, b"data: %b " % self.content_key.encode(), self.content)

    def whole(self) -> WholeResponse | None:
        """Return the event as a whole response, or None if headers cannot express it."""
        if self.id_and_retry:
            return None
        return whole_response(self.content_key, self.options, self.content)


def option_lines(options: Options) -> bytes:
    r"""Return the lines of options, in their order.

    Example:
        >>> option_lines((("selector", "#cart"), ("mode", "inner")))
        b'data: selector #cart\ndata: mode inner\n'
    """
    return b"".join(b"data: %b %b\n" % (key.encode(), value.encode()) for key, value in options)


def identified(event: bytes) -> tuple[bytes, str]:
    r"""Return an event that leaves the client with an id made of it, and that id.

    Args:
        event: Framed; with an empty id, so that the client has none while it reads the event.

    Example:
        >>> identified(b"id: \n\n")
        (b'id: \n\nid: S2vpAjSzm8tJx9Iy\n\n', 'S2vpAjSzm8tJx9Iy')

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage: an id
    by itself is an event that does nothing
    """
    digest = urlsafe_b64encode(sha256(event, usedforsecurity=False).digest()[:ID_BYTES])
    return b"%bid: %b\n\n" % (event, digest), digest.decode()


def comment(text: str = "") -> bytes:
    r"""Return a comment, which the client skips: a heartbeat, or a note for a reader of the log.

    Args:
        text: Any text; each line of it becomes a line of the comment.

    Raises:
        EncodingError: Text with a lone surrogate.

    Example:
        >>> comment(), comment("still here")
        (b':\n\n', b': still here\n\n')
    """
    if not text:
        return b":\n\n"
    lines = LINE_END.split(utf8(text, "comment()"))
    return b"".join(b": " + line + b"\n" for line in lines) + b"\n"


def as_text(event: bytes) -> DatastarEvent:
    r"""Return an event in the form that datastar-py's responses take.

    Args:
        event: The result of a function of `fatmorph.datastar.events`.

    Example:
        >>> as_text(comment("still here"))
        ': still here\n\n'
    """
    return DatastarEvent(event, "utf-8")
