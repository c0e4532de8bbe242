"""CSS in `style` attributes: property names, and values that stay in their declaration.

Only the syntax that decides where a value ends is read: strings, brackets, comments, escapes and
`url(`.

Source: https://drafts.csswg.org/css-syntax-3/#tokenization
"""

from __future__ import annotations

import re

__all__ = ("is_one_value", "is_property_name", "meant_property")

PROPERTY_NAME = re.compile(r"--[-\w]*|-?[a-zA-Z][-a-zA-Z0-9]*")
# A name as in Python or JavaScript: background_color, backgroundColor.
FOREIGN_NAME = re.compile(r"_|(?<=[a-z])(?=[A-Z])")

# Words, numbers and colours, as most values: none of these opens a string, bracket or comment.
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
# An unquoted url is one token that ends at the first `)`, even with a quote before it. After `#`,
# for example, the same text is a bracket. Only text that ends at one place in both is accepted.
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

    It does not if it begins another declaration, or if the next declaration would be part of
    its unclosed string, bracket, comment or escape. Braces and comments are always refused.
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
    """Return the position after a `url(…)`, `bracket` for other functions, -1 for an unsafe one."""
    if "\\" in name:
        return -1  # an escaped name may be `url` in disguise
    if name.lower() != "url" or URL_STRING.match(text, bracket):
        return bracket
    url = UNQUOTED_URL.match(text, bracket)
    return url.end() if url else -1
