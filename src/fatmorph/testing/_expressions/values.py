"""JavaScript's values in Python: how they turn into text, numbers and booleans.

`undefined` and `null` are both None here, a number is an int or a float.

Source: https://tc39.es/ecma262/#sec-type-conversion
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ("equals", "escaped_text", "is_true", "number_of", "text_of", "type_name")

ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|(\r\n|.))", re.DOTALL
)
NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
LINE_BREAKS = frozenset({"\n", "\r", "\r\n", "\u2028", "\u2029"})
# Integers of at least this size are written with an exponent.
LARGEST_PLAIN = 1e21


# Any, in all functions: a value of JavaScript.
def is_true(value: Any) -> bool:
    """Return whether JavaScript takes a value for true.

    Example:
        >>> is_true([]), is_true("0"), is_true(0), is_true("")
        (True, True, False, False)
    """
    if isinstance(value, float) and math.isnan(value):
        return False
    return isinstance(value, list | dict) or bool(value) or _is_object(value)


def text_of(value: Any) -> str:
    """Return `String(value)`.

    Example:
        >>> text_of(1.0), text_of(True), text_of([1, [2, None]]), text_of({})
        ('1', 'true', '1,2,', '[object Object]')
    """
    if value is None:
        return "undefined"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, list):
        return ",".join("" if item is None else text_of(item) for item in value)
    return "[object Object]"


def number_of(value: Any) -> float:
    """Return `Number(value)`.

    Example:
        >>> number_of(" 12 "), number_of(""), number_of("a")
        (12, 0, nan)
    """
    if value is None:
        return math.nan
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = text_of(value).strip()
    if not text:
        return 0
    try:
        return int(text, 0) if re.fullmatch(r"0[xX][0-9a-fA-F]+|[+-]?\d+", text) else float(text)
    except ValueError:
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else math.nan


def equals(left: Any, right: Any, *, is_strict: bool) -> bool:
    """Return `left === right`, or `left == right`.

    Example:
        >>> equals("1", 1, is_strict=True), equals("1", 1, is_strict=False)
        (False, True)
    """
    if left is None or right is None:
        return left is right
    if _is_object(left) or _is_object(right) or isinstance(left, list | dict):
        return left is right
    if type_name(left) == type_name(right):
        return bool(left == right)
    return not is_strict and number_of(left) == number_of(right)


def type_name(value: Any) -> str:
    """Return `typeof value`."""
    if value is None:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "function" if callable(value) else "object"


def escaped_text(text: str) -> str:
    r"""Return the value of the text between the quotes of a literal.

    Example:
        >>> escaped_text(r"it\x27s")
        "it's"
    """
    return ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16))
    return "" if match[4] in LINE_BREAKS else NAMED_ESCAPES.get(match[4], match[4])


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < LARGEST_PLAIN:
        return str(int(value))
    return re.sub(r"e([+-])0*", r"e\1", repr(float(value)))


def _is_object(value: Any) -> bool:
    return not isinstance(value, str | int | float | list | dict | None)
