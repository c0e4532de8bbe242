"""Attributes: their names, what their values may be, and how two of one name join.

Every value is turned into plain text (or `True` for a bare name) when the element is built,
so that rendering has nothing left to decide. Escaping is not done here.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

# Values come from callers that no type checker has seen: an isinstance is never unnecessary, and
# what is in their mappings and iterables is unknown.
# pyright: reportUnnecessaryIsInstance=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from html import unescape
from html.entities import html5 as named_references
from typing import Any, Literal, NamedTuple, TypeAlias

from markupsafe import Markup

from fatmorph.errors import (
    AttributeNameError,
    AttributeValueError,
    add_place,
    attribute_holder,
    attribute_value_error,
    short_repr,
)
from fatmorph.markup.css import is_one_value, is_property_name, meant_property
from fatmorph.markup.spec import SVG_ATTRIBUTE_CASE, TRUE_FALSE_ATTRIBUTES, URL_ATTRIBUTES
from fatmorph.markup.url import neutral_url, neutral_url_list
from fatmorph.types import AttributeMapping

__all__ = (
    "VALUE_KINDS",
    "VERBATIM_NAMES",
    "AttributeName",
    "Attrs",
    "Convert",
    "Written",
    "add_attribute",
    "add_mapping",
    "mapped_name",
    "plain_value",
    "written_name",
)

Written: TypeAlias = "str | Literal[True]"
Convert: TypeAlias = "Callable[[str, str, object], Written | None]"

# Names outlive requests, and user data may be among them: a cache holds so many, none of which is
# longer than so many characters. Those that people write have some dozen.
MAX_CACHED_NAMES = 4096
MAX_CACHED_CHARACTERS = 128

# Patterns stay text here: `re` compiles and keeps each when it is first used.
FORBIDDEN_IN_NAME = "[\\x00-\\x20\\x7f-\\x9f\"'<>/=\ud800-\udfff]"
# https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
ATTRIBUTE_REFERENCE = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*[;=]?)"


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

    __slots__ = ("_written",)

    _written: dict[str, Written]

    def __init__(self, attributes: AttributeMapping, /) -> None:
        self._written = {}
        self._add(attributes)

    def __getitem__(self, name: str) -> Written:
        return self._written[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    def __hash__(self) -> int:
        return hash(frozenset(self._written.items()))

    def __or__(self, other: AttributeMapping) -> Attrs:
        if not isinstance(other, Mapping):
            return NotImplemented
        joined = Attrs(self)
        joined._add(other)
        return joined

    def __ror__(self, other: AttributeMapping) -> Attrs:
        return Attrs(other) | self

    def __repr__(self) -> str:
        return f"Attrs({self._written!r})"

    def __copy__(self) -> Attrs:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Attrs:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Attrs, (self._written,)

    def _add(self, attributes: AttributeMapping) -> None:
        for key, value in _items(attributes, "Attrs"):
            attribute = written_name(key)
            if attribute.name in JUDGED_NAMES:
                attribute = AttributeName(attribute.name, _held_value)
            add_attribute(self._written, "Attrs", attribute, value)


def add_attribute(
    attributes: dict[str, Written], element: str, attribute: AttributeName, value: object
) -> None:
    """Put one attribute into `attributes`: those of `JOINED` join, else the later wins.

    Args:
        attributes: Changed in place. A nonce also adds what keeps a morph from showing it.
        element: The element's name, for error messages and URL rules.
        attribute: From `mapped_name()` or `written_name()`.
        value: As the user gave it.

    Raises:
        AttributeValueError: `value` is nothing that this attribute can hold.
    """
    name, convert = attribute
    written = (convert or plain_value)(element, name, value)
    earlier = attributes.get(name)
    if earlier is not None and name in JOINED:
        if written is not None:
            attributes[name] = JOINED[name](earlier, written)
    elif written is not None:
        attributes[name] = written
        if convert is _nonce_value:
            add_attribute(attributes, element, written_name(PRESERVED_NAMES), name)
    else:
        attributes.pop(name, None)


def add_mapping(
    attributes: dict[str, Written], element: str, mapping: Mapping[Any, object]
) -> None:
    """Put the attributes of a mapping into `attributes`, as `add_attribute()` does.

    Args:
        attributes: Changed in place.
        element: The element's name, for error messages and URL rules.
        mapping: Read once, as a whole, before anything is done with it.

    Raises:
        AttributeNameError: A key that is no string, or a name that HTML cannot write.
        AttributeValueError: A value that its attribute cannot hold.
    """
    if type(mapping) is Attrs:
        for name, written in mapping._written.items():  # noqa: SLF001 - of this module
            if name in attributes or name in JUDGED_NAMES:
                add_attribute(attributes, element, written_name(name), written)
            else:
                attributes[name] = written  # checked when the Attrs were made
        return
    for key, value in _items(mapping, element):
        add_attribute(attributes, element, written_name(key), value)


def mapped_name(keyword: str) -> AttributeName:
    """Return the checked name for a keyword: one trailing `_` is dropped, `_` becomes `-`.

    A keyword that is no identifier was unpacked from a mapping of written names
    (`**{"data-signals:user_id": 1}`) and is taken as it is.

    Raises:
        AttributeNameError: HTML cannot write the name.
    """
    keyword = str.__str__(keyword)
    name = keyword.removesuffix("_").replace("_", "-") if keyword.isidentifier() else keyword
    is_kept = len(keyword) <= MAX_CACHED_CHARACTERS
    attribute = (_cached_name if is_kept else _checked_name)(name, keyword)
    if is_kept and attribute.name not in JUDGED_NAMES:
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
        is_kept = len(name) <= MAX_CACHED_CHARACTERS
        return (_cached_name if is_kept else _checked_name)(name, name)
    raise AttributeNameError(
        f"cannot write {type(name).__name__} as an attribute name",
        where=short_repr(name),
        why="the keys of a mapping of attributes are their names",
        fix='{"title": "…"}',
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
    raise attribute_value_error(element, name, value)


def _items(mapping: Mapping[Any, object], element: str) -> list[tuple[Any, object]]:
    try:
        return [(key, value) for key, value in mapping.items()]
    except Exception as error:
        add_place(error, f"reading the attributes of {attribute_holder(element)}")
        raise


def _joined_names(earlier: Written, later: Written) -> str:
    both = [name for names in (earlier, later) if names is not True for name in names.split()]
    return " ".join(dict.fromkeys(both))


def _joined(separator: str, earlier: str, later: str) -> str:
    # `\\;` is an escaped semicolon: text, and no end of a declaration.
    if earlier.endswith(separator) and not earlier.endswith("\\;"):
        return earlier + later
    return f"{earlier}{separator}{later}" if earlier else later


def _checked_name(name: str, spelling: str) -> AttributeName:
    if not name or re.search(FORBIDDEN_IN_NAME, name):
        clean = re.sub(r"[^a-z0-9:@._-]+", "-", spelling.lower()).strip("-_") or "data-name"
        raise AttributeNameError(
            f"cannot write {short_repr(spelling)} as an attribute name",
            why="a name is characters other than white space, quotes, < > / = and lone surrogates",
            fix=f'{{"{clean}": …}}',
        )
    # The parser lower-cases every name, then gives SVG's and MathML's their case back.
    lower = name.lower() if name.isascii() else _ascii_lower(name)
    name = SVG_ATTRIBUTE_CASE.get(lower, lower)
    return AttributeName(name, _converter(name))


_cached_name = lru_cache(maxsize=MAX_CACHED_NAMES)(_checked_name)


def _ascii_lower(name: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _converter(name: str) -> Convert | None:
    if name in CONVERTERS:
        return CONVERTERS[name]
    if name in TRUE_FALSE_ATTRIBUTES or name.startswith("aria-"):
        return _true_false_value
    return None


def _unescaped(trusted: str) -> str:
    """Return the text that a parser would read out of trusted HTML in an attribute."""

    def character(found: re.Match[str]) -> str:
        reference = found[0]
        # Other than in text, the beginning of a longer name is no reference here.
        is_reference = reference[1] == "#" or reference[1:] in named_references
        return unescape(reference) if is_reference else reference

    # Markup's own methods would escape the replacement again.
    return re.sub(ATTRIBUTE_REFERENCE, character, str.__str__(trusted))


def _true_false_value(element: str, name: str, value: object) -> Written | None:
    if value is True or value is False:
        words = TRUE_FALSE_ATTRIBUTES.get(name, ("true", "false"))
        return words[0] if value else words[1]
    return plain_value(element, name, value)


def _class_value(element: str, name: str, value: object) -> Written | None:
    if isinstance(value, str):
        return plain_value(element, name, value)
    if value is None or value is False:
        return None
    if not isinstance(value, Iterable) or isinstance(value, BYTES):
        raise attribute_value_error(element, name, value)
    return " ".join(_class_names(element, value)) or None


def _class_names(element: str, value: Iterable[object]) -> list[str]:
    names: list[str] = []
    for item in _wanted(element, value):
        if isinstance(item, Mapping):
            names += _class_names(element, item)
        elif item is not None and item is not False:
            if not isinstance(item, str):
                raise attribute_value_error(element, "class", item)
            names.append(str(plain_value(element, "class", item)))
    return names


def _wanted(element: str, value: Iterable[object]) -> list[object]:
    try:
        if isinstance(value, Mapping):
            return [key for key, wanted in value.items() if wanted]
        return list(value)
    except Exception as error:
        add_place(error, f"reading the class of {attribute_holder(element)}")
        raise


def _style_value(element: str, name: str, value: object) -> Written | None:
    if isinstance(value, Mapping):
        declarations = [
            f"{_property_name(element, key)}:{text}"
            for key, item in _items(value, element)
            if (text := _property_value(element, key, item)) is not None
        ]
        return ";".join(declarations) or None
    if value is True:
        raise attribute_value_error(element, name, value)
    return plain_value(element, name, value)


def _property_name(element: str, name: object) -> str:
    if isinstance(name, str) and is_property_name(text := str.__str__(name)):
        return text
    meant = meant_property(str.__str__(name)) if isinstance(name, str) else "background-color"
    raise AttributeNameError(
        f"cannot write {short_repr(name)} as a CSS property",
        where=f"style of {attribute_holder(element)}",
        why="a property is written as in CSS, background-color or --accent",
        fix=f'style={{"{meant}": …}}',
    )


def _property_value(element: str, name: object, value: object) -> str | None:
    place = f"style[{short_repr(name)}]"
    if value is True:
        raise attribute_value_error(element, place, value)
    text = plain_value(element, place, value)
    if text is None or text is True:
        return None
    if is_one_value(text):
        return text
    raise AttributeValueError(
        f"cannot write {short_repr(text)} as one CSS value",
        where=f"{place} of {attribute_holder(element)}",
        why="it would end its declaration and begin another, or leave a string or bracket open",
        fix='style="…"  (a whole style, written by you)',
    )


def _url_value(element: str, name: str, value: object) -> Written | None:
    text = plain_value(element, name, value)
    if type(text) is not str or hasattr(type(value), "__html__"):
        return text
    return neutral_url(element, text)


def _url_list_value(element: str, name: str, value: object) -> Written | None:
    text = plain_value(element, name, value)
    if type(text) is not str or hasattr(type(value), "__html__"):
        return text
    return neutral_url_list(element, text)


def _nonce_value(element: str, name: str, value: object) -> Written | None:
    """Return a nonce's text; browsers hide it, and a morph would show it again."""
    return plain_value(element, name, value)


def _held_value(element: str, name: str, value: object) -> Written | None:
    if isinstance(value, str) and hasattr(type(value), "__html__"):
        return Markup(str.__str__(value))  # noqa: S704 - it was trusted before
    return plain_value(element, name, value)


BYTES = (bytes, bytearray, memoryview)
# The client leaves these attributes of an element as they are when it morphs the element.
# https://data-star.dev/reference/attributes#data-preserve-attr
PRESERVED_NAMES = "data-preserve-attr"
# Any: a class and a style are never a bare name.
JOINED: Mapping[str, Callable[[Any, Any], str]] = {
    "class": partial(_joined, " "),
    "style": partial(_joined, ";"),
    PRESERVED_NAMES: _joined_names,
}
URL_CONVERTERS: Mapping[str, Convert] = {
    **dict.fromkeys(URL_ATTRIBUTES, _url_value),
    # What SVG's <animate> and <set> write into the attribute that they animate, often href.
    **dict.fromkeys(("by", "from", "to"), _url_value),
    "values": _url_list_value,
}
NONCE_CONVERTERS: Mapping[str, Convert] = {"nonce": _nonce_value, "data-nonce": _nonce_value}
CONVERTERS: Mapping[str, Convert] = {
    "class": _class_value,
    "style": _style_value,
    **URL_CONVERTERS,
    **NONCE_CONVERTERS,
}
# What these become depends on the element that they are given to, and may add to it.
JUDGED_NAMES = frozenset((*URL_CONVERTERS, *NONCE_CONVERTERS))
# The numbers are the compiled engine's names for them: it writes the plain values itself.
VALUE_KINDS: Mapping[Convert | None, int] = {
    None: 0,
    _true_false_value: 1,
    _class_value: 2,
    _style_value: 3,
    _url_value: 4,
}
"""Function that an attribute's values need → which of the known sets of rules it is."""
