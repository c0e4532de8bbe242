r"""Lines of HTML in a server-sent event, each after the name of its field.

Only CR, LF and CRLF end a line. Lines are the only way to encode `\n` in an event; there is no way
to encode `\r`.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re

__all__ = ("LINE_END", "event_bytes")

LINE_END = re.compile(rb"\r\n|\r|\n")


def event_bytes(head: bytes, line: bytes, payload: bytes) -> bytes:
    r"""Return an event with each line of the payload on a separate line.

    Args:
        head: The event's other lines, each with its line end; may be empty.
        line: The prefix of each line of the payload.
        payload: UTF-8; if empty, the event consists of the head and its final empty line.

    Example:
        >>> event_bytes(b"event: note\n", b"data: ", b"a\r\nb")
        b'event: note\ndata: a\ndata: b\n\n'
    """
    if not payload:
        return head + b"\n"
    if b"\r" in payload:
        payload = LINE_END.sub(b"\n", payload)
    # replace() does not copy a payload of one line, such as the pages of our renderer.
    return b"".join((head, line, payload.replace(b"\n", b"\n" + line), b"\n\n"))
