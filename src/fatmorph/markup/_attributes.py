"""Attributes: their names, and the result of giving one name twice.

Every value is turned into plain text (or `True` for a bare name) when the element is built,
so that rendering has nothing left to decide. Escaping is not done here.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

# Callers may use no type checker: an isinstance is never unnecessary, and the types of keys and
# values in a mapping are unknown.
# pyright: reportUnnecessaryIsInstance=false, reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, cast

from markupsafe import Markup

from fatmorph.errors import AttributeNameError, AttributeValueError, short_repr
from fatmorph.markup._escaping_py import escaped_in_quotes
from fatmorph.markup._misspelling import MISSPELT_KEYWORDS, misspelling_error
from fatmorph.markup._objects import AttributesBase
from fatmorph.markup._spec_attributes import SVG_ATTRIBUTE_CASE
from fatmorph.markup._values import (
    JUDGED_NAMES,
    Convert,
    Written,
    converter,
    held_value,
    is_held,
    is_text,
    meant_value,
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
    "one_attribute",
    "plain_attribute",
    "written_name",
)

# Names outlive requests and may contain user data, so a cache holds a limited number of names, of
# limited length. The names that developers write have a few dozen characters.
MAX_CACHED_NAMES = 4096
MAX_CACHED_CHARACTERS = 128

SPACES = " \t\n\f\r"
# A pattern stays text here: `re` compiles and keeps each when it is first used.
FORBIDDEN_IN_NAME = "[\\x00-\\x20\\x7f-\\x9f\"'<>/=\ud800-\udfff]"


class AttributeName(NamedTuple):
    """A checked attribute name, and the function for its values: `None` if any text is valid."""

    name: str
    convert: Convert | None


VERBATIM_NAMES: dict[str, str] = {}
"""Keyword → attribute name, for all names used so far whose values are written unchanged."""


class Attrs(AttributesBase):
    """Immutable attributes, ready to be given to an element before its children.

    Args:
        attributes: Name → value, with the same rules as for an element. `None` and `False`
            leave the attribute out.

    Raises:
        AttributeNameError: A name that HTML cannot write.
        AttributeValueError: A value that an attribute cannot hold.

    Example:
        >>> Attrs({"data-show": "$open"}) | Attrs({"hidden": True})
        Attrs({'data-show': '$open', 'hidden': True})
    """

    # One attribute of a shortcut is a name and a text; those of a mapping are a dict. C has both.
    __slots__ = ("_name", "_text", "_written")

    _name: str
    _text: str
    _written: dict[str, Written]

    def __init__(self, attributes: AttributeMapping, /) -> None:
        self._written = {}
        self._add(attributes)

    def __getattr__(self, name: str) -> dict[str, Written]:
        if name == "_written":  # the dict of a shortcut's attribute, when it is first read
            self._written = {self._name: self._text}
            return self._written
        raise AttributeError(f"'Attrs' object has no attribute {name!r}", name=name, obj=self)

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
        joined = Attrs({})
        joined._written = dict(self._written)
        joined._add(other)
        return joined

    def __ror__(self, other: AttributeMapping) -> Attrs:
        return Attrs(other) | self

    def __repr__(self) -> str:
        return f"Attrs({self._written!r})"

    def __html__(self) -> Markup:
        """Return the attributes as they are written in a start tag."""
        written: dict[str, Written] = {}
        add_mapping(written, "Attrs", self)
        return Markup(" ").join(  # escaped here, for double quotes
            Markup(name if value is True else f'{name}="{escaped_in_quotes(value)}"')  # noqa: S704
            for name, value in written.items()
        )

    def __str__(self) -> Markup:
        return self.__html__()

    def __format__(self, spec: str) -> str:
        return format(str.__str__(self.__html__()), spec)  # plain, like that of an element

    def __copy__(self) -> Attrs:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Attrs:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Attrs, (self._written,)

    def _add(self, attributes: AttributeMapping) -> None:
        for key, value in read_items(attributes, "Attrs"):
            if type(attributes) is Attrs and self._is_new_and_plain(key, value):
                self._written[key] = cast("Written", value)  # checked when those Attrs were made
                continue
            attribute = written_name(key)
            meant = meant_value("Attrs", attribute.name, value)
            if is_held(attribute.name, meant):
                attribute = AttributeName(attribute.name, held_value)
            add_attribute(self._written, "Attrs", attribute, meant)

    def _is_new_and_plain(self, name: str, written: object) -> bool:
        is_plain = type(written) is str or written is True
        return is_plain and name not in self._written and name not in JUDGED_NAMES


def plain_attribute(name: str, text: str) -> Attrs:
    """Return one attribute whose name is as `written_name()` returns it, with a checked text."""
    attrs = NEW_ATTRS(Attrs)
    attrs._written = {name: text}  # noqa: SLF001 - of this module
    return attrs


def one_attribute(name: str, text: str) -> Attrs:
    """Return one attribute that holds text of any kind.

    Raises:
        AttributeNameError: The name cannot be written in HTML.
    """
    return plain_attribute(written_name(name).name, text)


def add_attribute(
    attributes: dict[str, Written], element: str, attribute: AttributeName, value: object
) -> None:
    """Add an attribute. If there is one of that name, a name in `JOINED` joins both values.

    For any other name the later value wins; that of an attribute which runs code must be equal.

    Args:
        attributes: Changed in place. A nonce also adds the attribute that keeps a morph from
            showing it.
        element: The element's name, for error messages and URL rules.
        attribute: From `mapped_name()` or `written_name()`.
        value: As the user gave it.

    Raises:
        AttributeValueError: This attribute cannot hold `value`, or `value` would replace code.
    """
    name, convert = attribute
    if type(value) is not str:
        value = meant_value(element, name, value)
    written = (convert or plain_value)(element, name, value)
    earlier = attributes.get(name)
    if earlier is not None and name in JOINED:
        if written is not None:
            attributes[name] = JOINED[name](earlier, written)
    elif written is not None:
        if earlier is not None and earlier != written and re.match(LISTENS, name):
            raise _lost_code_error(name, element)
        attributes[name] = written
        if convert is nonce_value:
            add_attribute(attributes, element, written_name(PRESERVED_NAMES), name)
    else:
        attributes.pop(name, None)


def add_mapping(
    attributes: dict[str, Written], element: str, mapping: Mapping[Any, object]
) -> None:
    """Add the attributes of a mapping, as `add_attribute()` does.

    Args:
        attributes: Changed in place.
        element: The element's name, for error messages and URL rules.
        mapping: Read once and completely, before the first attribute is added.

    Raises:
        AttributeNameError: A key is not a string, or a name cannot be written in HTML.
        AttributeValueError: An attribute cannot hold its value.
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

    The keyword `_` alone is the attribute of that name.

    A keyword that is not an identifier was unpacked from a mapping of names as HTML has them
    (`**{"data-signals:user_id": 1}`) and is not changed.

    Raises:
        AttributeNameError: The name cannot be written in HTML, or is known to be misspelt.
    """
    keyword = str.__str__(keyword)
    if keyword in MISSPELT_KEYWORDS:
        raise misspelling_error(keyword)
    is_python = keyword.isidentifier() and keyword != "_"  # which is hyperscript's attribute
    name = keyword.removesuffix("_").replace("_", "-") if is_python else keyword
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
        AttributeNameError: The key is not a string, or cannot be written in HTML.
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
    before = earlier.rstrip(SPACES)
    if before.endswith("\\"):  # an escaped character, which is part of a value
        before = earlier
    after = later.lstrip(SPACES)
    # `\\;` does not end a declaration.
    if before.endswith(separator) and not before.endswith("\\;"):
        return before + after
    return separator.join(filter(None, (before, after)))


def _checked_name(name: str, spelling: str) -> AttributeName:
    if not name or re.search(FORBIDDEN_IN_NAME, name):
        clean = re.sub(r"[^a-z0-9:@._-]+", "-", spelling.lower()).strip("-_") or "data-name"
        raise AttributeNameError(
            f"cannot write {short_repr(spelling)} as an attribute name",
            why="a name is characters other than white space, quotes, < > / = and lone surrogates",
            fix=f'{{"{clean}": …}}',
        )
    # The parser lower-cases every name, then restores the case of those of SVG and MathML.
    lower = name.lower() if name.isascii() else _ascii_lower(name)
    name = SVG_ATTRIBUTE_CASE.get(lower, lower)
    return AttributeName(name, converter(name))


def _lost_code_error(name: str, element: str) -> AttributeValueError:
    key = name.removeprefix("data-").partition("__")[0]
    call, _, event = key.partition(":")
    argument = f'"{event}", ' if event else ""
    joined = "{…}" if call in OBJECTS else '"…; …"'
    return AttributeValueError(
        f"cannot write {name} twice",
        where="Attrs" if element == "Attrs" else f"<{element}>",
        why="an element has one attribute of a name, so the first one would be lost",
        fix=f"data.{PYTHON_NAMES.get(call, call.replace('-', '_'))}({argument}{joined})"
        f"  (with both; or remove the first: {{{name!r}: None}})",
    )


NEW_ATTRS: Callable[[type[Attrs]], Attrs] = object.__new__
_cached_name = lru_cache(maxsize=MAX_CACHED_NAMES)(_checked_name)


def _ascii_lower(name: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


# Attributes of Datastar that run code of their own or hold entries of their own: two of a name are
# meant to work together. Those with a key, such as data-attr:title, hold one value.
OBJECTS = ("attr", "class", "computed", "signals", "style")
LISTENS = rf"data-(?:on[:-].*|(?:init|effect|{'|'.join(OBJECTS)})(?:__.*)?)\Z"  # text, as above
PYTHON_NAMES = {"class": "class_"}

# The client does not change these attributes of an element when it morphs the element.
# https://data-star.dev/reference/attributes#data-preserve-attr
PRESERVED_NAMES = "data-preserve-attr"
# Any: the value of a class or style is never `True`.
JOINED: Mapping[str, Callable[[Any, Any], str]] = {
    "class": partial(_joined, " "),
    "style": partial(_joined, ";"),
    PRESERVED_NAMES: _joined_names,
}
