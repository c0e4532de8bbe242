"""Escaping by context: text, attributes, and JavaScript literals.

Elements escape their text; these functions are for HTML and JavaScript that is written by hand.

Departures from the standards, cited by number in the code:
1. In JavaScript strings `<` and `&` are written as escapes, so that a literal means the same in
   an attribute, in a script, and in SVG, where references in a script are decoded.
2. Every character that the Datastar client searches for in expressions is also written as an
   escape. The client finds statements, signals and actions with regular expressions. A division, a
   comment or a regular expression in the author's code can make these match inside text. They do
   not match in escaped text.
"""

# The types of items in mappings and lists are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from datastar_py.attributes import JSExpression

from fatmorph.errors import AttributeValueError, short_repr
from fatmorph.markup._core import escape_attribute, escape_text
from fatmorph.markup._objects import target_of
from fatmorph.markup._template_parts import is_template
from fatmorph.markup._template_strings import template_code
from fatmorph.markup._values import text_of
from fatmorph.types import SignalValue, TemplateString

__all__ = ("JSExpression", "escape_attribute", "escape_text", "js", "url_literal")

BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# Special in a string of JavaScript, in HTML (1) or for the client (2), which marks its own escapes
# with U+1F595.
UNSAFE = "\\x00-\\x1f\\x7f\"&');<\\\\`{}\u2028\u2029\ud800-\udfff\U0001f595"
UNSAFE_NAME = "[$](?=[A-Za-z0-9_])|@(?=[A-Za-z_$])"
UNSAFE_IN_URL = re.compile(f"[{UNSAFE}]|{UNSAFE_NAME}")
UNSAFE_IN_STRING = re.compile(f"[{UNSAFE}/]|{UNSAFE_NAME}")
# A quote is never \', because the client miscounts quotes after a backslash. U+1F595 is never
# \u{…}, because the braces would end a `${…}` around it.
ESCAPES = {
    **{chr(code): f"\\x{code:02x}" for code in range(0x80)},
    "\n": "\\n",
    "\U0001f595": r"\ud83d\udd95",
}
# The browser rounds larger integers without an error.
# https://tc39.es/ecma262/#sec-number.max_safe_integer
MAX_SAFE_INTEGER = 2**53 - 1


def js(
    value: SignalValue
    | JSExpression
    | TemplateString
    | Mapping[str, SignalValue | JSExpression | TemplateString],
) -> str:
    r"""Return a JavaScript literal for a value, safe in an attribute and in a script.

    The code around it in a Datastar expression cannot change its value.

    Args:
        value: None, a bool, number or string, or lists and mappings of these;
            `JSExpression("…")` is written unchanged, UNESCAPED. A template string is code with
            values: its texts are written unchanged, UNESCAPED, and its values as literals.

    Raises:
        AttributeValueError: JSON cannot hold the value, the browser would round an integer, or a
            structure contains itself. NaN and infinity are not in JSON. A value of a template
            string is inside a string, a comment, a regular expression or a word.

    Example:
        >>> js({"name": "O'Hara", "tags": ["a/b", None], "data-id": 7})
        "{name: 'O\\x27Hara', tags: ['a\\x2fb', null], 'data-id': 7}"

    Source: https://tc39.es/ecma262/#sec-literals-string-literals
    """
    try:
        return _literal(value, "")
    except RecursionError:
        raise AttributeValueError(
            f"cannot write {type(value).__name__} as a JavaScript literal",
            where=f"js({short_repr(value)})",
            why="it holds itself, or is nested too deep",
            fix="js(value_without_cycles)",
        ) from None


def url_literal(url: str) -> str:
    r"""Return a JavaScript string for a URL, whose slashes stay readable.

    A slash can make the client misread an expression with several statements.

    Example:
        >>> url_literal("/search?q=a&b=2")
        "'/search?q=a\\x26b=2'"
    """
    return f"'{UNSAFE_IN_URL.sub(_string_escape, str.__str__(url))}'"


# Any: the type decides, not `__class__`, and a method of a plain type is called with the value.
def _literal(value: Any, place: str) -> str:
    kind = type(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if issubclass(kind, str):
        return f"'{UNSAFE_IN_STRING.sub(_string_escape, str.__str__(value))}'"
    if issubclass(kind, int):
        if int.__abs__(value) > MAX_SAFE_INTEGER:
            fix = "str(value)" if text_of(value) else "hex(value)"
            raise _literal_error(value, place, "the browser would round it", fix)
        return int.__repr__(value)
    if issubclass(kind, float):
        if not math.isfinite(value):
            raise _literal_error(value, place, "JSON has no such number", "None  (null)")
        return float.__repr__(value)
    if isinstance(value, JSExpression):
        return value.value
    if is_template(value):
        return template_code(value, _literal)
    if isinstance(value, Mapping):
        return "{" + ", ".join(_members(value, place)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(v, f"{place}[{i}]") for i, v in enumerate(value)) + "]"
    if (target := target_of(value)) is not value:
        return _literal(target, place)
    fix = "value.isoformat()" if hasattr(value, "isoformat") else "str(value)"
    raise _literal_error(value, place, "a literal is made of what JSON can hold", fix)


def _members(mapping: Mapping[Any, object], place: str) -> Iterator[str]:
    for given, value in mapping.items():
        if not issubclass(type(given), str):
            raise _literal_error(given, place, "the keys of an object are strings", "str(key)")
        key = str.__str__(given)  # a str that is an Enum can have another text in an f-string
        if key == "__proto__":
            # As a bare or quoted key it would set the prototype, not a property.
            name = "['__proto__']"
        else:
            name = key if BARE_KEY.fullmatch(key) else _literal(key, place)
        yield f"{name}: {_literal(value, f'{place}.{key}')}"


def _string_escape(found: re.Match[str]) -> str:
    return ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


def _literal_error(value: object, place: str, why: str, fix: str) -> AttributeValueError:
    return AttributeValueError(
        f"cannot write {type(value).__name__} as a JavaScript literal",
        where=f"{place.lstrip('.') or 'js(…)'}: {short_repr(value)}",
        why=why,
        fix=fix,
    )
