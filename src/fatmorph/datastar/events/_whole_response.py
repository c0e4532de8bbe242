r"""Which event becomes a whole response, because the client does the same with either.

The client reads `text/html` as elements and `application/json` as signals, with the options in
headers. Such a response has a length, ends the request, and needs no stream. It says less:
no id, no retry, no selector of a view transition, and headers are portable in ASCII only.

Source: https://data-star.dev/reference/actions#response-handling
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ("WholeResponse", "whole_response")

CONTENT_TYPES = {"elements": "text/html; charset=utf-8", "signals": "application/json"}
# An option that is not here needs an event.
HEADERS = {
    "selector": "datastar-selector",
    "mode": "datastar-mode",
    "namespace": "datastar-namespace",
    "useViewTransition": "datastar-use-view-transition",
    "onlyIfMissing": "datastar-only-if-missing",
}
# Servers do not agree on the encoding of anything else.
PORTABLE = re.compile(r"[\x20-\x7e]*")
# In an event every line end is LF: a whole response means the same.
LINE_END = re.compile(rb"\r\n|\r")


class WholeResponse(NamedTuple):
    """The headers, content type first, and the body of a whole response."""

    headers: list[tuple[str, str]]
    body: bytes


def whole_response(
    content_key: str, options: Iterable[tuple[str, str]], content: bytes
) -> WholeResponse | None:
    r"""Return an event without an id as a whole response, or None where only an event can say it.

    Example:
        >>> whole_response("elements", (("selector", "#a"), ("mode", "remove")), b"").headers[1:]
        [('datastar-selector', '#a'), ('datastar-mode', 'remove')]
    """
    headers = [("content-type", CONTENT_TYPES[content_key])]
    for option, value in options:
        if option not in HEADERS or PORTABLE.fullmatch(value) is None:
            return None
        headers.append((HEADERS[option], value))
    return WholeResponse(headers, LINE_END.sub(b"\n", content))
