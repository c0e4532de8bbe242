"""Findings about signals that a page creates after the first request that needs them.

The client applies the attributes of an element in their order, and elements in document order. A
request that starts then takes the signals that exist. An expression that reads another one creates
it as an empty text, which a later `data-bind` or `__ifmissing` keeps.

Source: https://data-star.dev/reference/attributes#attribute-evaluation-order
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fatmorph.errors import short_repr
from fatmorph.http._page_id import ID_SIGNAL
from fatmorph.morph._matching.runs import plugin_name
from fatmorph.morph.checks._nesting import IN_TEMPLATE, UNKNOWN_TO_DATASTAR
from fatmorph.morph.checks._sent_signals import ANY_REQUEST, NOTHING_SENT, created_signal, is_sent
from fatmorph.morph.checks._survey import Row, Spot, Survey

__all__ = ("created_signals", "report_signal_order")

TEXT = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
TEXTS = re.compile(TEXT)
READ = re.compile(r"\$(\w+(?:[.-]\w+)*)")
PIECE = re.compile(rf"{TEXT}|`(?:\\.|[^`\\])*`|[\w$.-]+|[{{}}()\[\],:]")
VALUED = (
    "computed",
    "match-media",
    "signals",
)  # they give a signal its value; others take that of an element
CLOSING = {"{": "}", "[": "]", "(": ")"}


def report_signal_order(survey: Survey) -> None:
    """Add a finding for each request that starts before a signal that it needs is created."""
    early = _EarlyRequests()
    created = set[str]()
    for spot, name, text in survey.applied:
        if spot.flags & (IN_TEMPLATE | UNKNOWN_TO_DATASTAR):
            continue
        if _starts_at_once(name):
            if ANY_REQUEST.search(text):
                early.add(_Request(spot, name, text))
            continue
        for signal in created_signals(name, text):
            if signal not in created:
                created.add(signal)
                for request in early.needing(signal, spot, plugin_name(name)):
                    _report(survey, request, signal, spot, name)


class _Request:
    """A request that starts when its attribute is applied."""

    def __init__(self, spot: Spot, name: str, expression: str) -> None:
        self.spot = spot
        self.name = name
        self.expression = expression
        self.reads = READ.findall(TEXTS.sub("", expression))
        self.is_reported = False


class _EarlyRequests:
    """The requests before a place in the page."""

    def __init__(self) -> None:
        self._readers: dict[str, list[_Request]] = {}  # by the first part of the signal
        self._senders: dict[Row | None, list[_Request]] = {None: []}  # all, and those of a row

    def add(self, request: _Request) -> None:
        for read in request.reads:
            self._readers.setdefault(read.partition(".")[0], []).append(request)
        if not NOTHING_SENT.search(request.expression):
            self._senders[None].append(request)
            if request.spot.row is not None:
                self._senders.setdefault(request.spot.row, []).append(request)

    def needing(self, signal: str, creator: Spot, plugin: str) -> list[_Request]:
        """Return the requests that read a signal, or send the value that it gets later."""
        readers = self._readers.get(signal.partition(".")[0], ())
        found = [each for each in readers if any(_overlap(signal, read) for read in each.reads)]
        if plugin in VALUED:
            # A signal of a row is for the requests of that row.
            senders = self._senders.get(creator.row, ())
            found += [
                each
                for each in senders
                if not each.is_reported and is_sent(signal, each.expression)
            ]
        return found


def _report(survey: Survey, request: _Request, signal: str, spot: Spot, name: str) -> None:
    if request.is_reported:
        return
    request.is_reported = True
    words = {
        "name": request.name,
        "signal": short_repr(signal),
        "creator": f"{name} of {survey.path(spot)}",
        "fix": _fix(signal, plugin_name(name)),
    }
    survey.report("signal-after-request", request.spot, **words)


def _fix(signal: str, plugin: str) -> str:
    if signal == ID_SIGNAL:
        return "data.page_id()"
    return "data.computed(…)" if plugin == "computed" else "data.signals({…})"


def _starts_at_once(name: str) -> bool:
    plugin = plugin_name(name)
    return (
        plugin == "effect"
        or (plugin == "init" and "__delay" not in name)
        or (plugin == "on-interval" and ".leading" in name)
    )


def created_signals(name: str, text: str) -> Iterator[str]:
    """Yield the paths of the signals that an attribute creates.

    Args:
        name: The attribute's name, such as `data-signals` or `data-bind:query`.
        text: Its value.
    """
    if plugin_name(name) in ("computed", "signals") and ":" not in name:
        yield from _names_of_object(text)
    elif signal := created_signal(name, text):
        yield signal


def _names_of_object(text: str) -> Iterator[str]:
    """Yield the paths of the values in a JavaScript object.

    Example:
        >>> list(_names_of_object("{query: a ? b : c, user: {name: '', tags: [{n: 1}]}}"))
        ['query', 'user.name', 'user.tags']
    """
    path: list[str] = []  # the keys of the objects around
    opened: list[str] = []  # the brackets of a value
    key = before = ""
    for piece in PIECE.findall(text):
        if opened:
            _follow(opened, piece)
        elif piece == ":" and not key:
            key = before.strip("'\"`")
        elif piece == "{" and before in ("", ":"):
            path.append(key)
            key = ""
        elif piece in CLOSING:
            opened.append(piece)
        elif piece in ("}", ","):
            if key:
                yield ".".join((*path[1:], key))
            key = ""
            if piece == "}" and path:
                path.pop()
        before = piece


def _follow(opened: list[str], piece: str) -> None:
    if piece in CLOSING:
        opened.append(piece)
    elif piece == CLOSING[opened[-1]]:
        opened.pop()


def _overlap(signal: str, other: str) -> bool:
    return signal == other or signal.startswith(f"{other}.") or other.startswith(f"{signal}.")
