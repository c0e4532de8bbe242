"""CSS in `style` attributes: property names, and values that stay in their declaration.

Knows of CSS only where a value ends: strings, brackets, comments, escapes and `url(`.

Source: https://drafts.csswg.org/css-syntax-3/#tokenization
"""

from __future__ import annotations

import re

__all__ = ("is_one_value", "is_property_name", "meant_property")

PROPERTY_NAME = re.compile(r"--[-\w]*|-?[a-zA-Z][-a-zA-Z0-9]*")
# What Python and JavaScript call background-color.
FOREIGN_NAME = re.compile(r"_|(?<=[a-z])(?=[A-Z])")

# Words, numbers and colours, which most values are: nothing in them opens anything.
QUIET_VALUE = re.compile(r"(?:[-\w\s#%.,+*!]|(?<![-\w])(?:rgb|hsl)a?\([-\w\s%.,+/]*\))*", re.ASCII)
TOKEN = re.compile(
    r"""
      (?P<name>(?:
          [-0-9A-Za-z_] | [^\x00-\x7f]
        | \\(?:[0-9A-Fa-f]{1,6}(?:\r\n|[ \t\n\r\f])? | [^\n\r\f0-9A-Fa-f])
      )+)
    | "(?:[^"\\\n\r\f]|\\(?s:.))*"             # a whole string
    | '(?:[^'\\\n\r\f]|\\(?s:.))*'
    | /(?!\*)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | [^;{}\\"'()\[\]/]
    """,
    re.VERBOSE,
)
URL_STRING = re.compile(r"""\([ \t\n\r\f]*["']""")
# Unquoted, a url is one token that ends at the first `)`, quotes and all. Accepted is what reads
# the same whether it is such a token or a bracket, as after `#`.
UNQUOTED_URL = re.compile(
    r"""\([ \t\n\r\f]*(?:[^\x00-\x20\x7f"'()\\{}\[\]/]|/(?!\*))*[ \t\n\r\f]*\)"""
)


def is_property_name(text: str) -> bool:
    """Return whether a text is a property's name as CSS writes it, or a custom property's."""
    return PROPERTY_NAME.fullmatch(text) is not None and (
        text.startswith("--") or FOREIGN_NAME.search(text) is None
    )


def meant_property(text: str) -> str:
    """Return the property name that was meant by `background_color` or `backgroundColor`."""
    name = FOREIGN_NAME.sub("-", text).lower()
    if name.startswith(("webkit-", "moz-", "ms-")):
        name = "-" + name
    return name if is_property_name(name) else "background-color"


def is_one_value(text: str) -> bool:
    """Return whether a text, as a property's value, ends where its declaration does.

    It does not if it begins another declaration, or leaves a string, bracket, comment or
    escape open that would swallow the next one. Braces and comments are refused outright.
    """
    return QUIET_VALUE.fullmatch(text) is not None or _is_closed(text)


def _is_closed(text: str) -> bool:
    position = 0
    closers: list[str] = []
    while position < len(text):
        token = TOKEN.match(text, position)
        if token is None:
            return False
        position = token.end()
        if name := token["name"]:
            if text.startswith("(", position) and (position := _argument(name, text, position)) < 0:
                return False
        elif opener := token["open"]:
            closers.append(")" if opener == "(" else "]")
        elif (closer := token["close"]) and (not closers or closers.pop() != closer):
            return False
    return not closers


def _argument(name: str, text: str, bracket: int) -> int:
    """Return where to read on at a function's bracket: behind it if a url, -1 if it is unsafe."""
    if "\\" in name:
        return -1  # an escaped name may be `url` in disguise
    if name.lower() != "url" or URL_STRING.match(text, bracket):
        return bracket
    url = UNQUOTED_URL.match(text, bracket)
    return url.end() if url else -1
