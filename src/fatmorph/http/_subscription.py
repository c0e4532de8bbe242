"""The marks of a subscription's request: which page asks, and which signals it sends along.

`at.subscribe()` writes them. A request without them is not a subscription, or one that was
written by hand, and is treated as any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from fatmorph.errors import SignalsError, short_repr
from fatmorph.http._signal_shapes import declared_names

__all__ = ("PAGE_HEADER", "SIGNALS_HEADER", "Mark", "check_sent", "page_mark")

PAGE_HEADER = "Fatmorph-Page"
SIGNALS_HEADER = "Fatmorph-Signals"

# The result of `Math.random().toString(36).slice(2)`, and the page's own interval.
PAGE_MARK = re.compile(r"([0-9a-z]{1,16})(?: ([0-9]{1,8}))?")


class Mark(NamedTuple):
    """The page that asks for a stream."""

    page_id: str
    retry_ms: int | None
    """How long it waits before it asks again, if its author has chosen."""


def page_mark(headers: Mapping[str, str]) -> Mark | None:
    """Return the page that asks, or None if the request does not say so.

    Example:
        >>> page_mark({"Fatmorph-Page": "k3j2 500"})
        Mark(page_id='k3j2', retry_ms=500)
    """
    found = PAGE_MARK.fullmatch(headers.get(PAGE_HEADER, ""))
    return None if found is None else Mark(found[1], int(found[2]) if found[2] else None)


def check_sent(header: str, raw: bytes, shape: type[Any], path: str) -> None:
    """Refuse to read signals that a subscription does not send.

    Args:
        header: The request's `Fatmorph-Signals`.
        raw: The signals that were sent, as JSON.
        shape: As for `Context.signals()`.
        path: The request's, for the error.

    Raises:
        SignalsError: The shape has a name that was not sent, and that `include=` does not match.
    """
    name, _, include = header.partition("=")
    if name != "include":
        return
    pattern = unquote(include)
    # A page never sends its local signals, whose names start with an underscore.
    fields = [names for names in declared_names(shape) if not names[0].startswith("_")]
    if not (pattern or fields):
        raise _unsent_error("any signals", "^name$", path)
    sent = _sent_names(raw)
    missing = [
        names[0]
        for names in fields
        if sent.isdisjoint(names) and not any(_may_match(pattern, name) for name in names)
    ]
    if missing:
        every = [names[0] for names in fields]
        include = f"^({'|'.join(every)})$" if len(every) > 1 else f"^{every[0]}$"
        raise _unsent_error(f"the signal {missing[0]}", include, path)


def _sent_names(raw: bytes) -> frozenset[str]:
    with suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return frozenset(msgspec.json.decode(raw or b"{}", type=dict[str, msgspec.Raw]))
    return frozenset()  # and is refused as such


def _may_match(pattern: str, name: str) -> bool:
    """Return whether a pattern may match the path of a signal, or of one inside it."""
    if not pattern:
        return False
    try:
        return name in pattern or re.search(pattern, name) is not None
    except re.error:
        return True  # JavaScript's, which only the browser can read


def _unsent_error(what: str, include: str, path: str) -> SignalsError:
    return SignalsError(
        f"cannot read {what}, which the page's stream does not send",
        where=f"GET {short_repr(path)}",
        why="at.subscribe() sends only the signals that include= names",
        fix=f'at.subscribe({short_repr(path)}, include="{include}")',
    )
