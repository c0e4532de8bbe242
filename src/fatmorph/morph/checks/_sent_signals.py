"""Findings about signals that a page's stream sends, although a user can make them any length.

The GET of a stream carries its signals in its URL, whose length servers limit. Once it is too long,
every attempt to open the stream fails, and the page shows old data for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fatmorph.errors import short_repr
from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("ANY_REQUEST", "NOTHING_SENT", "created_signal", "is_sent", "report_sent_signals")

PATTERN = r"{}: /((?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\[])+)/"
INCLUDE = re.compile(PATTERN.format("include"))
EXCLUDE = re.compile(PATTERN.format("exclude"))
A_FILE = "a file"
LOCAL = r"(^|\.)_"  # what no request sends, unless it says otherwise
ANY_REQUEST = re.compile(r"@(?:get|post|put|patch|delete|query)\(")
NOTHING_SENT = re.compile(r"\bpayload: |contentType: 'form'")
BOUND_TYPES = frozenset(
    {
        *("button", "checkbox", "color", "date", "datetime-local", "hidden", "image", "month"),
        *("number", "radio", "range", "reset", "submit", "time", "week"),
    }
)


def report_sent_signals(survey: Survey, is_subscription: Callable[[str], bool]) -> None:
    """Add a finding for each bound file or unbounded text that a subscription sends.

    Args:
        survey: The page.
        is_subscription: Whether a `data-init` keeps a stream open.
    """
    sent = [
        text
        for _, _, text in survey.inits
        if is_subscription(text) and not NOTHING_SENT.search(text)
    ]
    if not sent:
        return
    for spot in survey.spots:
        what = _unbounded(spot)
        signal = _bound_signal(spot) if what else ""
        if signal and any(is_sent(signal, expression) for expression in sent):
            limit = "" if what == A_FILE else f"h.{spot.element.tag}(…, maxlength=200), or "
            words = {"what": what, "signal": short_repr(signal), "limit": limit}
            survey.report("stream-sends-input", spot, **words)


def _unbounded(spot: Spot) -> str:
    """Return what the user can put into an element without a limit; empty for nothing."""
    attributes, tag = spot.element.attributes, spot.element.tag
    kind = str(attributes.get("type") or "text").lower()
    if tag == "input" and kind == "file":
        return A_FILE
    is_text = tag == "textarea" or (tag == "input" and kind not in BOUND_TYPES)
    return "text of any length" if is_text and not attributes.get("maxlength") else ""


def _bound_signal(spot: Spot) -> str:
    """Return the signal that an element is bound to; empty for none."""
    for name, value in spot.element.attributes.items():
        if name.startswith("data-bind") and name[9:10] in ("", ":", "_"):
            return created_signal(name, str(value))
    return ""


def created_signal(name: str, value: str) -> str:
    """Return the signal that an attribute names by its key, or else by its value."""
    words = name.partition("__")[0].partition(":")[2].split("-")
    return words[0] + "".join(map(str.capitalize, words[1:])) if words[0] else value


def is_sent(signal: str, expression: str) -> bool:
    """Return whether an expression's request sends a signal."""
    include, exclude = INCLUDE.search(expression), EXCLUDE.search(expression)
    try:
        if re.search(exclude[1] if exclude else LOCAL, signal):
            return False
        return include is None or re.search(include[1], signal) is not None
    except re.error:
        return False  # JavaScript's own syntax
