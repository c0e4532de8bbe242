r"""Answers: one event as a whole response, where the client does the same with either.

The client reads `text/html` as elements and `application/json` as signals, with the options in
headers. Such a response has a length, ends the request, and needs no stream. It says less:
no id, no retry, no selector of a view transition, and headers are portable in ASCII only.

Source: https://data-star.dev/reference/actions#response-handling
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ("Answer", "whole_answer")

# What an event's lines but the content's become; a line that is not here needs an event.
ELEMENT_HEADERS = {
    b"data: selector": "datastar-selector",
    b"data: mode": "datastar-mode",
    b"data: namespace": "datastar-namespace",
    b"data: useViewTransition": "datastar-use-view-transition",
}
SIGNAL_HEADERS = {b"data: onlyIfMissing": "datastar-only-if-missing"}
# Servers do not agree on the encoding of anything else.
PORTABLE = re.compile(rb"[\x20-\x7e]*")


class Answer(NamedTuple):
    """The headers, content type first, and the body of a whole response."""

    headers: list[tuple[str, str]]
    body: bytes


def whole_answer(event: bytes) -> Answer | None:
    r"""Return one event as a whole response, or None where only an event can say it.

    Args:
        event: What `events.patch_elements()` or `events.patch_signals()` returned.

    Example:
        >>> from fatmorph.datastar.events import remove_elements
        >>> print(whole_answer(remove_elements("#a")).headers[1:])
        [('datastar-selector', '#a'), ('datastar-mode', 'remove')]
    """
    if event.startswith(b"event: datastar-patch-elements\n"):
        return _answer(event, b"data: elements ", "text/html; charset=utf-8", ELEMENT_HEADERS)
    if event.startswith(b"event: datastar-patch-signals\n"):
        return _answer(event, b"data: signals ", "application/json", SIGNAL_HEADERS)
    return None


def _answer(event: bytes, line: bytes, content_type: str, names: dict[bytes, str]) -> Answer | None:
    # The empty line that ends the event is no part of the content.
    head, _, content = event.removesuffix(b"\n\n").partition(b"\n" + line)
    headers = [("content-type", content_type)]
    for option in head.split(b"\n")[1:]:
        field, key, value = option.split(b" ", 2) if option.count(b" ") > 1 else (option, b"", b"")
        name = names.get(field + b" " + key)
        if name is None or PORTABLE.fullmatch(value) is None:
            return None
        headers.append((name, value.decode()))
    return Answer(headers, content.replace(b"\n" + line, b"\n"))
