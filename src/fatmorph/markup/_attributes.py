"""Attributes: their names, and how two of one name join.

Every value is turned into plain text (or `True` for a bare name) when the element is built,
so that rendering has nothing left to decide. Escaping is not done here.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

# Names come from callers that no type checker has seen: an isinstance is never unnecessary, and
# what is in their mappings is unknown.
# pyright: reportUnnecessaryIsInstance=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from fatmorph.errors import AttributeNameError, short_repr
from fatmorph.markup._spec_attributes import SVG_ATTRIBUTE_CASE
from fatmorph.markup._values import (
    JUDGED_NAMES,
    Convert,
    Written,
    converter,
    held_value,
    is_held,
    is_text,
    nonce_value,
    plain_value,
    read_items,
)
from fatmorph.types import AttributeMapping

__all__ = (
    "VERBATIM_NAMES",
    "AttributeName",
    "Attrs",
    "add_attribute",
    "add_mapping",
    "mapped_name",
    "written_name",
)

# Names outlive requests and may contain user data, so a cache holds at most so many names, of at
# most so many characters. The names that developers write have a few dozen.
MAX_CACHED_NAMES = 4096
MAX_CACHED_CHARACTERS = 128

# A pattern stays text here: `re` compiles and keeps each when it is first used.
FORBIDDEN_IN_NAME = "[\\x00-\\x20\\x7f-\\x9f\"'<>/=\ud800-\udfff]"


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
        for key, value in read_items(attributes, "Attrs"):
            attribute = written_name(key)
            if is_held(attribute.name, value):
                attribute = AttributeName(attribute.name, held_value)
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
        if convert is nonce_value:
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
            is_plain = type(written) is str or written is True
            if not is_plain or name in attributes or name in JUDGED_NAMES:
                add_attribute(attributes, element, written_name(name), written)
            else:
                attributes[name] = written  # checked when the Attrs were made
        return
    for key, value in read_items(mapping, element):
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
    if is_text(name):
        name = str.__str__(name)
        is_kept = len(name) <= MAX_CACHED_CHARACTERS
        return (_cached_name if is_kept else _checked_name)(name, name)
    raise AttributeNameError(
        f"cannot write {type(name).__name__} as an attribute name",
        where=short_repr(name),
        why="the keys of a mapping of attributes are their names",
        fix='{"title": "…"}',
    )


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
    return AttributeName(name, converter(name))


_cached_name = lru_cache(maxsize=MAX_CACHED_NAMES)(_checked_name)


def _ascii_lower(name: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


# The client leaves these attributes of an element as they are when it morphs the element.
# https://data-star.dev/reference/attributes#data-preserve-attr
PRESERVED_NAMES = "data-preserve-attr"
# Any: a class and a style are never a bare name.
JOINED: Mapping[str, Callable[[Any, Any], str]] = {
    "class": partial(_joined, " "),
    "style": partial(_joined, ";"),
    PRESERVED_NAMES: _joined_names,
}
