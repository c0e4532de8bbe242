r"""Lines of HTML as a server-sent event carries them: each after the name of its field.

Only CR, LF and CRLF end a line; an event knows no other way to say `\n`, and no way to say `\r`.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re

__all__ = ("LINE_END", "event_bytes")

LINE_END = re.compile(rb"\r\n|\r|\n")


def event_bytes(head: bytes, line: bytes, payload: bytes) -> bytes:
    r"""Return an event with each line of the payload on a line of its own.

    Args:
        head: The event's other lines, each with its line end; may be empty.
        line: What each line of the payload begins with.
        payload: UTF-8; nothing at all leaves the head and the empty line that ends an event.

    Example:
        >>> event_bytes(b"event: note\n", b"data: ", b"a\r\nb")
        b'event: note\ndata: a\ndata: b\n\n'
    """
    if not payload:
        return head + b"\n"
    if b"\r" in payload:
        payload = LINE_END.sub(b"\n", payload)
    # Nothing is copied here for a payload of one line, as our own renderer writes pages.
    return b"".join((head, line, payload.replace(b"\n", b"\n" + line), b"\n\n"))
