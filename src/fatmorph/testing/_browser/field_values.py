"""The texts that each kind of `<input>` can hold, and its next value by an arrow key.

Departure: a color is written as `#rrggbb`; the other notations of CSS are unknown.

Source: https://html.spec.whatwg.org/multipage/input.html#value-sanitization-algorithm
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from fatmorph.morph._matching.nodes import Node

__all__ = ("accepted_value", "number_in", "step_mismatch", "stepped_value")

NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
COLOR = re.compile("#[0-9a-f]{6}")
MONTH = re.compile(r"(?!0000)\d{4,}-(?:0[1-9]|1[0-2])")
WEEK = re.compile(r"(?!0000)\d{4,}-W(?:0[1-9]|[1-4]\d|5[0-3])")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?")
MOMENT = re.compile(rf"({DATE.pattern})[T ]({TIME.pattern})")
LOWEST, HIGHEST = 0.0, 100.0  # of a range without `min` and `max`
# Two numbers are a whole number of steps apart, if it is not for the rounding of fractions.
ROUNDING = 1e-9


def accepted_value(node: Node, kind: str, text: str) -> str:
    """Return the value of an `<input>` that is given a text.

    Args:
        node: The element.
        kind: Its type.
        text: The text that the server, a signal or the user gives it.
    """
    accept = ACCEPTED.get(kind)
    return text if accept is None else accept(node, text)


def number_in(node: Node, name: str) -> float | None:
    """Return the number in an attribute, or None if there is none."""
    text = node.attributes.get(name, "").strip()
    return float(text) if NUMBER.fullmatch(text) else None


def step_mismatch(node: Node, value: float) -> bool:
    """Return whether a number is between two steps of its field."""
    step = _step(node)
    if step is None:
        return False
    base = next((n for n in map(number_in, [node] * 2, ("min", "value")) if n is not None), 0.0)
    steps = (value - base) / step
    return abs(steps - round(steps)) > ROUNDING


def stepped_value(node: Node, kind: str, text: str, steps: int) -> str:
    """Return the value of a number or a range after an arrow key.

    Args:
        node: The element.
        kind: Its type.
        text: Its value.
        steps: 1 or -1.
    """
    step, low, high = _step(node) or 1.0, number_in(node, "min"), number_in(node, "max")
    value = (float(text) if text else 0.0) + steps * step
    value = value if low is None else max(value, low)
    return accepted_value(node, kind, _number_text(value if high is None else min(value, high)))


def _step(node: Node) -> float | None:
    if node.attributes.get("step", "").strip().lower() == "any":
        return None
    step = number_in(node, "step")
    return step if step is not None and step > 0 else 1.0


def _line(_: Node, text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _address(node: Node, text: str) -> str:
    addresses = _line(node, text).strip()
    if "multiple" not in node.attributes:
        return addresses
    return ",".join(each.strip() for each in addresses.split(","))


def _number(_: Node, text: str) -> str:
    return text if NUMBER.fullmatch(text) and math.isfinite(float(text)) else ""


def _range(node: Node, text: str) -> str:
    low, high = number_in(node, "min"), number_in(node, "max")
    low, high = LOWEST if low is None else low, HIGHEST if high is None else high
    is_number = NUMBER.fullmatch(text) is not None
    value = float(text) if is_number else low + max(high - low, 0) / 2
    value, step = max(low, min(value, high)), _step(node)
    if step is not None and abs((value - low) / step % 1) > ROUNDING:
        value = low + math.floor((value - low) / step + 0.5) * step
        value = value if value <= high else value - step
    return text if is_number and float(text) == value else _number_text(value)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 10))


def _color(_: Node, text: str) -> str:
    color = text.strip().lower()
    return color if COLOR.fullmatch(color) else "#000000"


def _moment(_: Node, text: str) -> str:
    found = MOMENT.fullmatch(text)
    if found is None or not _is_real(date, found[1]) or not _is_real(time, found[2]):
        return ""
    return f"{found[1]}T{found[2]}"


def _matching(
    pattern: re.Pattern[str], kind: Any = None
) -> Callable[[Node, str], str]:  # Any: below
    """Return the rule that keeps texts of a pattern, which name a real date or time."""

    def rule(_: Node, text: str) -> str:
        is_whole = pattern.fullmatch(text) is not None
        return text if is_whole and (kind is None or _is_real(kind, text)) else ""

    return rule


def _is_real(kind: type[date | datetime | time], text: str) -> bool:
    whole, dot, fraction = text.partition(".")
    try:
        kind.fromisoformat(whole + dot + fraction.ljust(3, "0") if dot else whole)
    except ValueError:
        return False
    return True


ACCEPTED: Mapping[str, Callable[[Node, str], str]] = MappingProxyType(
    {
        "color": _color,
        "date": _matching(DATE, date),
        "datetime-local": _moment,
        "email": _address,
        "month": _matching(MONTH),
        "number": _number,
        "password": _line,
        "range": _range,
        "search": _line,
        "tel": _line,
        "text": _line,
        "time": _matching(TIME, time),
        "url": _address,
        "week": _matching(WEEK),
    }
)
