"""Attributes: their names, what their values may be, and how two of one name join.

Every value is turned into plain text (or `True` for a bare name) when the element is built,
so that rendering has nothing left to decide. Escaping is not done here.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Literal, NamedTuple, TypeAlias

from fatmorph.errors import AttributeNameError, AttributeValueError, short_repr
from fatmorph.markup.spec import SVG_ATTRIBUTE_CASE, TRUE_FALSE_ATTRIBUTES, URL_ATTRIBUTES
from fatmorph.types import AttributeMapping

__all__ = (
    "VERBATIM_NAMES",
    "AttributeName",
    "Attrs",
    "add_attribute",
    "mapped_name",
    "plain_value",
    "written_name",
)

Written: TypeAlias = "str | Literal[True]"
Convert: TypeAlias = "Callable[[str, str, object], Written | None]"

# Names outlive requests, and user data may be among them: the caches stay below this size.
MAX_CACHED_NAMES = 4096

FORBIDDEN_IN_NAME = re.compile(r"[\x00-\x20\x7f-\x9f\"'<>/=]")
# A reference without its semicolon stays text in an attribute if a letter, digit or `=` follows.
# https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
ATTRIBUTE_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*[;=]?)")


class AttributeName(NamedTuple):
    """A checked attribute name and the function that its values need, `None` for any text."""

    name: str
    convert: Convert | None


VERBATIM_NAMES: dict[str, str] = {}
"""Keyword → attribute name, for the names seen so far that take any text as it is."""


class Attrs(Mapping[str, "Written"]):
    """Immutable attributes, ready to be given to an element before its children.

    Args:
        attributes: Name → value, with the rules of an element's own attributes; values that
            leave an attribute out (`None`, `False`) leave it out here.

    Raises:
        AttributeNameError: A name that HTML cannot write.
        AttributeValueError: A value that an attribute cannot hold.

    Example:
        >>> Attrs({"data-show": "$open"}) | Attrs({"hidden": True})
        Attrs({'data-show': '$open', 'hidden': True})
    """

    __slots__ = ("_hash", "_written")

    _written: dict[str, Written]
    _hash: int

    def __init__(self, attributes: AttributeMapping, /) -> None:
        written: dict[str, Written] = {}
        for name, value in attributes.items():
            add_attribute(written, "Attrs", written_name(name), value)
        self._written = written
        self._hash = hash(frozenset(written.items()))

    def __getitem__(self, name: str) -> Written:
        return self._written[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    def __hash__(self) -> int:
        return self._hash

    def __or__(self, other: AttributeMapping) -> Attrs:
        joined = Attrs(self)
        for name, value in other.items():
            add_attribute(joined._written, "Attrs", written_name(name), value)
        joined._hash = hash(frozenset(joined._written.items()))
        return joined

    def __repr__(self) -> str:
        return f"Attrs({self._written!r})"


def add_attribute(
    attributes: dict[str, Written], element: str, attribute: AttributeName, value: object
) -> None:
    """Put one attribute into `attributes`: `class` and `style` join, else the later wins.

    Args:
        attributes: Changed in place.
        element: The element's name, for error messages and URL rules.
        attribute: From `mapped_name()` or `written_name()`.
        value: As the user gave it.

    Raises:
        AttributeValueError: `value` is nothing that this attribute can hold.
    """
    name, convert = attribute
    written = (convert or plain_value)(element, name, value)
    earlier = attributes.get(name)
    separator = JOINED.get(name)
    if separator is not None and earlier is not None:
        if written is not None:
            attributes[name] = f"{str(earlier).rstrip(separator)}{separator}{written}"
    elif written is not None:
        attributes[name] = written
    else:
        attributes.pop(name, None)


def mapped_name(keyword: str) -> AttributeName:
    """Return the checked name for a keyword: one trailing `_` is dropped, `_` becomes `-`.

    Raises:
        AttributeNameError: HTML cannot write the name.
    """
    attribute = _checked_name(keyword.removesuffix("_").replace("_", "-"), keyword)
    if attribute.convert not in (_url_value, _url_list_value):
        if len(VERBATIM_NAMES) >= MAX_CACHED_NAMES:
            VERBATIM_NAMES.clear()
        VERBATIM_NAMES[keyword] = attribute.name
    return attribute


def written_name(name: object) -> AttributeName:
    """Return the checked name for a key of a mapping of attributes.

    Raises:
        AttributeNameError: The key is no string, or HTML cannot write it.
    """
    if isinstance(name, str):
        name = str.__str__(name)
        return _checked_name(name, name)
    raise AttributeNameError(
        f"cannot write {type(name).__name__} as an attribute name",
        where=short_repr(name),
        why="the keys of a mapping of attributes are their names",
        fix='{"name": "value"}',
    )


def plain_value(element: str, name: str, value: object) -> Written | None:
    """Return a value's text, `True` for a bare name, `None` to leave the attribute out.

    A subclass of `str`, `int` or `float` is written as the value it holds.

    Raises:
        AttributeValueError: A value without an obvious text.
    """
    if value is None or value is False:
        return None
    if value is True:
        return True
    if isinstance(value, str):
        if hasattr(type(value), "__html__"):
            return _unescaped(value)
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, Decimal):
        return Decimal.__str__(value)
    raise _value_error(element, name, value)


@lru_cache(maxsize=MAX_CACHED_NAMES)
def _checked_name(name: str, spelling: str) -> AttributeName:
    if not name or FORBIDDEN_IN_NAME.search(name):
        raise AttributeNameError(
            f"cannot write {short_repr(spelling)} as an attribute name",
            why="a name is one or more characters without white space, quotes, < > / or =",
            fix=f'{{"data-{re.sub(r"[^a-z0-9]+", "-", spelling.lower()).strip("-") or "name"}": …}}',
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise AttributeNameError(
            f"cannot write {short_repr(spelling)} as an attribute name",
            why="a lone surrogate is no character, and UTF-8 cannot encode it",
        ) from None
    # The parser lower-cases every name, then gives SVG's and MathML's their case back.
    lower = name.lower() if name.isascii() else _ascii_lower(name)
    name = SVG_ATTRIBUTE_CASE.get(lower, lower)
    return AttributeName(name, _converter(name))


def _ascii_lower(name: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _converter(name: str) -> Convert | None:
    if name in CONVERTERS:
        return CONVERTERS[name]
    if name in URL_ATTRIBUTES:
        return _url_value
    if name in TRUE_FALSE_ATTRIBUTES or name.startswith("aria-"):
        return _true_false_value
    return None


def _unescaped(trusted: str) -> str:
    """Return the text that a parser would read out of trusted HTML in an attribute."""

    def character(reference: re.Match[str]) -> str:
        text = reference[0]
        named = not text.startswith("&#")
        return text if named and not text.endswith(";") else unescape(text)

    # Markup's own methods would escape the replacement again.
    return ATTRIBUTE_REFERENCE.sub(character, str.__str__(trusted))


def _true_false_value(element: str, name: str, value: object) -> Written | None:
    if value is True or value is False:
        words = TRUE_FALSE_ATTRIBUTES.get(name, ("true", "false"))
        return words[0] if value else words[1]
    return plain_value(element, name, value)


def _class_value(element: str, name: str, value: object) -> Written | None:
    if isinstance(value, str):
        return plain_value(element, name, value)
    if value is True or isinstance(value, bytes):
        raise _value_error(element, name, value)
    return " ".join(_class_names(element, name, value)) or None


def _class_names(element: str, name: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [key for key, wanted in value.items() if wanted]
    elif value is None or value is False:
        return
    elif not isinstance(value, Iterable):
        raise _value_error(element, name, value)
    for item in value:
        if isinstance(item, str):
            yield str.__str__(item)
        elif isinstance(item, Mapping):
            yield from _class_names(element, name, item)
        elif item is not None and item is not False:
            raise _value_error(element, name, item)


def _style_value(element: str, name: str, value: object) -> Written | None:
    if isinstance(value, Mapping):
        declarations = [
            f"{_property_name(element, key)}:{text}"
            for key, item in value.items()
            if (text := _property_value(element, key, item)) is not None
        ]
        return ";".join(declarations) or None
    if value is True:
        raise _value_error(element, name, value)
    return plain_value(element, name, value)


PROPERTY_NAME = re.compile(r"-?-?[a-zA-Z_\u0080-\U0010ffff][-\w]*|--")
QUIET_CSS_VALUE = re.compile(r"[-\w\s#%.,+*!]*")
# https://drafts.csswg.org/css-syntax-3/#consume-declaration
CSS_TOKEN = re.compile(
    r"""
      \\[^\n\r\f]                              # an escaped character
    | "(?:[^"\\\n\r\f]|\\(?s:.))*"             # a whole string
    | '(?:[^'\\\n\r\f]|\\(?s:.))*'
    | (?i:url)\(\s*[^\s"'()\\]*\s*\)           # an unquoted url, whose semicolons are its own
    | /(?!\*)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | [^;{}\\"'()\[\]/]
    """,
    re.VERBOSE,
)


def _property_name(element: str, name: object) -> str:
    if isinstance(name, str) and PROPERTY_NAME.fullmatch(name):
        return str.__str__(name)
    raise AttributeNameError(
        f"cannot write {short_repr(name)} as a CSS property",
        where=f"style of <{element}>",
        why="a property is a name such as background-color or --accent",
        fix='style={"background-color": …}',
    )


def _property_value(element: str, name: str, value: object) -> str | None:
    if value is True:
        raise _value_error(element, f"style[{name!r}]", value)
    text = plain_value(element, f"style[{name!r}]", value)
    if text is None or text is True:
        return None
    if QUIET_CSS_VALUE.fullmatch(text) or _is_one_css_value(text):
        return text
    raise AttributeValueError(
        f"cannot write {short_repr(text)} as one CSS value",
        where=f"style[{name!r}] of <{element}>",
        why="it would end its declaration and begin another, or leave a string or bracket open",
        fix='style="…"  (a whole style, written by you)',
    )


def _is_one_css_value(text: str) -> bool:
    position = 0
    closers: list[str] = []
    while position < len(text):
        token = CSS_TOKEN.match(text, position)
        if token is None:
            return False
        if opener := token["open"]:
            closers.append(")" if opener == "(" else "]")
        elif closer := token["close"]:
            if not closers or closers.pop() != closer:
                return False
        position = token.end()
    return not closers


SUSPECT_SCHEME = re.compile(r"[\x00-\x20]*[jJvVdD]")
# Browsers drop these anywhere in a URL: https://url.spec.whatwg.org/#concept-basic-url-parser
DROPPED_IN_URL = re.compile(r"[\t\n\r]")
LEADING_IN_URL = "".join(map(chr, range(0x21)))
SAFE_DATA = ("image/", "audio/", "video/", "font/", "application/font", "text/plain")
# An SVG image cannot run scripts where it is only shown, but can where it is a document.
SVG_IMAGE_ELEMENTS = frozenset({"feImage", "image", "img", "input", "link", "source"})


def _url_value(element: str, name: str, value: object) -> Written | None:
    text = plain_value(element, name, value)
    if type(text) is not str or SUSPECT_SCHEME.match(text) is None:
        return text
    if hasattr(type(value), "__html__") or _is_safe_url(element, text):
        return text
    return "unsafe:" + text  # no browser knows this scheme; the text stays readable


def _url_list_value(element: str, name: str, value: object) -> Written | None:
    text = plain_value(element, name, value)
    if type(text) is not str or hasattr(type(value), "__html__"):
        return text
    return ";".join(str(_url_value(element, name, part)) for part in text.split(";"))


def _is_safe_url(element: str, text: str) -> bool:
    url = DROPPED_IN_URL.sub("", text).lstrip(LEADING_IN_URL).lower()
    if url.startswith("data:"):
        media_type = url[5:].lstrip()
        if media_type.startswith("image/svg"):
            return element in SVG_IMAGE_ELEMENTS
        return media_type.startswith(SAFE_DATA)
    return not url.startswith(("javascript:", "vbscript:"))


def _value_error(element: str, name: str, value: object) -> AttributeValueError:
    kind = type(value).__name__
    return AttributeValueError(
        f"cannot write {kind} as the value of {name}",
        where=f"{name} of <{element}>: {short_repr(value)}",
        why="an attribute holds text, a number, True, False or None"
        + ("; class and style also take mappings" if name in JOINED else ""),
        fix=_value_fix(name, value),
    )


def _value_fix(name: str, value: object) -> str:
    keyword = name.replace("-", "_") + ("_" if name in ("class", "for") else "")
    if isinstance(value, bytes | bytearray):
        return f"{keyword}=value.decode()"
    if isinstance(value, Mapping | list | tuple):
        return f"{keyword}=json.dumps(value)  (or " + '" ".join(value))'
    if hasattr(value, "isoformat"):
        return f"{keyword}=value.isoformat()"
    return f"{keyword}=str(value)"


JOINED: Mapping[str, str] = {"class": " ", "style": ";"}
CONVERTERS: Mapping[str, Convert] = {
    "class": _class_value,
    "style": _style_value,
    # What SVG's <animate> and <set> write into the attribute that they animate, often href.
    **dict.fromkeys(("by", "from", "to"), _url_value),
    "values": _url_list_value,
}
