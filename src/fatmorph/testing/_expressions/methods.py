"""The methods and properties of JavaScript's texts, lists, numbers and global objects.

Only those that pages use in expressions; any other raises `NotUnderstoodError`.

Source: https://tc39.es/ecma262/#sec-ecmascript-standard-built-in-objects
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, urljoin

from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import equals, is_true, number_of, text_of

__all__ = ("GLOBALS", "HostObject", "member_of")

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# As many digits as a fraction of a double has in base 36.
FRACTION_DIGITS = 11
UNRESERVED = "!~*'()"


class HostObject:
    """An object of the browser, such as an element or an event."""

    def has(self, name: str) -> bool:
        """Return whether a property exists.

        Raises:
            NotUnderstoodError: Only a browser knows.
        """
        raise NotUnderstoodError(f"`'{name}' in`")

    def read(self, name: str) -> Any:  # Any: a value of JavaScript
        """Return a property.

        Raises:
            NotUnderstoodError: Only a browser has it.
        """
        raise NotUnderstoodError(f"`.{name}`")

    def write(self, name: str, value: Any) -> None:  # Any: a value of JavaScript
        """Set a property.

        Raises:
            NotUnderstoodError: Only a browser can.
        """
        raise NotUnderstoodError(f"`.{name} = {text_of(value)[:20]}`")


class _Namespace(HostObject):
    """A global object with functions, such as `Math`."""

    def __init__(self, members: Mapping[str, Any]) -> None:  # Any: functions and numbers
        self._members = members

    def read(self, name: str) -> Any:  # Any: a value of JavaScript
        return self._members[name] if name in self._members else super().read(name)


def member_of(value: Any, name: Any) -> Any:  # Any: values of JavaScript
    """Return `value[name]`.

    Raises:
        NotUnderstoodError: The value is undefined, or has the member only in a browser.

    Example:
        >>> member_of(" a ", "trim")(), member_of([1, 2], "length"), member_of({"a": 3}, "a")
        ('a', 2, 3)
    """
    if value is None:
        raise NotUnderstoodError(f"`.{text_of(name)}` of undefined")
    if isinstance(value, HostObject):
        return value.read(text_of(name))
    if isinstance(value, dict):
        return value.get(text_of(name))
    if isinstance(value, str | list) and isinstance(name, int | float):
        index = int(name)
        return value[index] if 0 <= index < len(value) else None
    if isinstance(value, str) and name == "length":
        return len(value.encode("utf-16-le", "surrogatepass")) // 2
    if isinstance(value, list) and name == "length":
        return len(value)
    methods = _methods_of(value)
    if name not in methods:
        raise NotUnderstoodError(f"`.{text_of(name)}`")
    method = methods[name]
    return lambda *arguments: method(value, *arguments)


def _methods_of(value: Any) -> Mapping[str, Callable[..., Any]]:
    if isinstance(value, str):
        return TEXT_METHODS
    if isinstance(value, list):
        return LIST_METHODS
    return NUMBER_METHODS if isinstance(value, int | float) else {}


def _slice(value: Any, start: Any = 0, end: Any = None) -> Any:
    return value[_index(start, value) : len(value) if end is None else _index(end, value)]


def _index(position: Any, value: Any) -> int:
    whole = int(position)
    return max(len(value) + whole, 0) if whole < 0 else whole


def _replaced(text: str, old: Any, new: Any, *, count: int) -> str:
    if isinstance(old, re.Pattern):
        raise NotUnderstoodError("`.replace()` with a regular expression")
    return text.replace(text_of(old), text_of(new), count)


def _includes(items: list[Any], value: Any) -> bool:
    return any(equals(item, value, is_strict=True) for item in items)


def _index_of(items: list[Any], value: Any) -> int:
    found = (index for index, item in enumerate(items) if equals(item, value, is_strict=True))
    return next(found, -1)


def _in_base(number: Any, base: Any = 10) -> str:
    if base == 10:
        return text_of(number)
    whole, fraction = int(number), number - int(number)
    digits = ""
    while whole:
        whole, digit = divmod(whole, int(base))
        digits = DIGITS[digit] + digits
    text = f"{digits or '0'}."
    for _ in range(FRACTION_DIGITS):
        fraction *= base
        text += DIGITS[int(fraction)]
        fraction -= int(fraction)
    return text.rstrip("0").rstrip(".")


def _rounded(value: Any) -> float:
    number = number_of(value)
    return math.floor(number + 0.5) if math.isfinite(number) else number


def _whole(rounding: Callable[[float], int]) -> Callable[[Any], float]:
    def rounded(value: Any) -> float:
        number = number_of(value)
        return rounding(number) if math.isfinite(number) else number

    return rounded


def _parsed_number(pattern: str, kind: Callable[[str], float]) -> Callable[..., float]:
    def parsed(text: Any, _base: Any = 10) -> float:
        match = re.match(pattern, text_of(text).strip())
        return math.nan if match is None else kind(match[0])

    return parsed


def _json_text(value: Any, _replacer: Any = None, indent: Any = None) -> str:
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        value, ensure_ascii=False, separators=separators, indent=indent, default=_plain
    )


def _plain(_: object) -> object:
    return {}  # as an element of the page, which has no members of its own


TEXT_METHODS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "trim": lambda text: text.strip(),
        "toLowerCase": lambda text: text.lower(),
        "toUpperCase": lambda text: text.upper(),
        "includes": lambda text, part: text_of(part) in text,
        "startsWith": lambda text, part: text.startswith(text_of(part)),
        "endsWith": lambda text, part: text.endswith(text_of(part)),
        "indexOf": lambda text, part: text.find(text_of(part)),
        "split": lambda text, part: text.split(part) if part else list(text),
        "replace": lambda text, old, new: _replaced(text, old, new, count=1),
        "replaceAll": lambda text, old, new: _replaced(text, old, new, count=-1),
        "slice": _slice,
        "charAt": lambda text, index=0: text[int(index) : int(index) + 1],
        "padStart": lambda text, length, fill=" ": text.rjust(int(length), fill),
        "repeat": lambda text, count: text * int(count),
        "concat": lambda text, *others: text + "".join(map(text_of, others)),
        "toString": lambda text: text,
    }
)
LIST_METHODS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "includes": _includes,
        "indexOf": _index_of,
        "join": lambda items, part=",": part.join("" if i is None else text_of(i) for i in items),
        "slice": _slice,
        "concat": lambda items, *others: [*items, *(item for other in others for item in other)],
        "map": lambda items, call: [call(item, index) for index, item in enumerate(items)],
        "filter": lambda items, call: [i for n, i in enumerate(items) if is_true(call(i, n))],
        "find": lambda items, call: next((item for item in items if is_true(call(item))), None),
        "some": lambda items, call: any(is_true(call(item)) for item in items),
        "every": lambda items, call: all(is_true(call(item)) for item in items),
        "toString": text_of,
    }
)
NUMBER_METHODS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "toFixed": lambda number, digits=0: f"{number:.{int(digits)}f}",
        "toString": _in_base,
    }
)
GLOBALS: Mapping[str, Any] = MappingProxyType(
    {
        "Math": _Namespace(
            {
                "PI": math.pi,
                "abs": lambda value: abs(number_of(value)),
                "ceil": _whole(math.ceil),
                "floor": _whole(math.floor),
                "max": lambda *values: max(map(number_of, values)),
                "min": lambda *values: min(map(number_of, values)),
                "random": random.random,
                "round": _rounded,
                "trunc": _whole(math.trunc),
            }
        ),
        "JSON": _Namespace({"stringify": _json_text, "parse": json.loads}),
        "Object": _Namespace({"keys": list, "values": lambda value: list(value.values())}),
        "console": _Namespace(dict.fromkeys(("debug", "error", "log", "warn"), lambda *_: None)),
        "crypto": _Namespace(
            {"getRandomValues": lambda items: [random.getrandbits(32) for _ in items]}
        ),
        "URL": lambda url, base="": _Namespace({"href": urljoin(text_of(base), text_of(url))}),
        "Uint32Array": lambda length: [0] * int(length),
        "Number": lambda value=0: number_of(value),
        "String": lambda value="": text_of(value),
        "Boolean": lambda value=None: is_true(value),
        "parseInt": _parsed_number(r"[+-]?\d+", int),
        "parseFloat": _parsed_number(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", float),
        "isNaN": lambda value: math.isnan(number_of(value)),
        "encodeURIComponent": lambda value: quote(text_of(value), safe=UNRESERVED),
        "decodeURIComponent": lambda value: unquote(text_of(value)),
    }
)
