"""The fields of a server-sent event, checked and written as bytes.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re

from fatmorph.errors import EncodingError, EventError, plain_text, short_repr
from fatmorph.http._content_security_policy import is_nonce
from fatmorph.http._last_event_id import UNSUBSCRIBED_ID

__all__ = ("checked_nonce", "checked_option", "id_and_retry", "required_text", "utf8")

LINE_BREAK_OR_NUL = re.compile(r"[\r\n\0]")
# Characters that `fetch` or a server refuses in a header: the id comes back in a header.
UNFIT_FOR_HEADER = re.compile(r"[^\x20-\x7e\xa0-\xff]")
MAX_RETRY_MS = 2**31 - 1  # a browser's timer takes what is longer for zero


def id_and_retry(event_id: object, retry_ms: object) -> bytes:
    """Return the lines of an event's id and retry interval, nothing for None.

    Raises:
        EventError: An id that no header can carry, or an interval without a pause.
    """
    fields = b""
    if event_id is not None:
        fields = b"id: " + _event_id(event_id) + b"\n"
    if retry_ms is None:
        return fields
    return fields + b"retry: %d\n" % _retry(retry_ms)


def _retry(retry_ms: object) -> int:
    is_number = isinstance(retry_ms, int) and not isinstance(retry_ms, bool)
    if isinstance(retry_ms, int) and is_number and 1 <= retry_ms <= MAX_RETRY_MS:
        return retry_ms
    raise EventError(
        f"cannot wait {short_repr(retry_ms)} ms before a retry",
        where="retry_ms",
        why=f"a whole number from 1 to {MAX_RETRY_MS}; with any other the client may connect "
        "again without a pause",
        fix="retry_ms=250",
    )


def _event_id(value: object) -> bytes:
    event_id = required_text(value, "event_id=", "an event id")
    if UNFIT_FOR_HEADER.search(event_id):
        raise EventError(
            f"cannot use {short_repr(event_id)} as an event id",
            where="event_id=",
            why="the client sends it back in a header: no line breaks, no controls, only Latin-1",
            fix=f"event_id={UNFIT_FOR_HEADER.sub('-', event_id)!r}",
        )
    if event_id.strip() == UNSUBSCRIBED_ID:
        raise EventError(
            f"cannot use {UNSUBSCRIBED_ID!r} as an event id",
            where="event_id=",
            why="it is reserved: a page that sends it back gets a 204 and stays away",
            fix="w.unsubscribe()",
        )
    return event_id.encode()


def checked_option(name: str, value: object) -> str:
    """Return the value of one of Datastar's options.

    Raises:
        EventError: A value that is blank, not text, or more than one line.
        EncodingError: Text with a lone surrogate.
    """
    if not isinstance(value, str) or not value.strip() or LINE_BREAK_OR_NUL.search(value):
        raise EventError(
            f"cannot use {short_repr(value)} as a {name}",
            where=name,
            why="it is one line of text; a line break would begin another field of the event",
            fix=f'{_python_name(name)}="#target"',
        )
    utf8(value, name)
    return value


def _python_name(name: str) -> str:
    return "view_transition_selector" if name == "viewTransitionSelector" else name


def checked_nonce(value: object) -> str:
    """Return a value that a Content-Security-Policy can name as a nonce.

    Raises:
        EventError: It is anything else; the message is silent about the value, a secret.
    """
    nonce = required_text(value, "nonce=", "a nonce")
    if is_nonce(nonce):
        return nonce
    raise EventError(
        "cannot use text that is not Base64 as a nonce",
        where="nonce=",
        why="no Content-Security-Policy could name it, so the browser would not run the script",
        fix="nonce=secrets.token_urlsafe()  (once per page: the one in its policy)",
    )


def required_text(value: object, where: str, name: str) -> str:
    """Return a value that is text.

    Raises:
        EventError: It is anything else.
    """
    if isinstance(value, str):
        return value
    raise EventError(
        f"cannot use {type(value).__name__} as {name}",
        where=where,
        why="it is text",
        fix=f"{where}{plain_text(value)!r}"
        if where.endswith("=")
        else f"{where.rstrip(')')}str(value))",
    )


def utf8(text: str, where: str) -> bytes:
    """Return text as UTF-8.

    Raises:
        EncodingError: A lone surrogate.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise EncodingError(
            "cannot encode a lone surrogate as UTF-8",
            where=f"{where}, character {error.start}",
            why="it is half of a character, and events are UTF-8",
            fix='text.encode("utf-8", "replace").decode()',
        ) from None
