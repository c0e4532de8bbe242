"""Values of attributes, converted by the rules of each attribute's name.

A value becomes plain text, or `True` for a bare name. Nothing is escaped yet.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

# Values come from callers that no type checker has seen: an isinstance is never unnecessary, and
# what is in their mappings and iterables is unknown.
# pyright: reportUnnecessaryIsInstance=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import unescape
from html.entities import html5 as named_references
from typing import Any, Literal, TypeAlias, TypeGuard

from markupsafe import Markup

from fatmorph.errors import AttributeNameError, AttributeValueError, add_place, short_repr
from fatmorph.markup._css import is_one_value, is_property_name, meant_property
from fatmorph.markup._spec import TRUE_FALSE_ATTRIBUTES, URL_ATTRIBUTES
from fatmorph.markup._url import neutral_url, neutral_url_list
from fatmorph.markup._wording import attribute_holder, attribute_value_error

__all__ = (
    "JUDGED_NAMES",
    "VALUE_KINDS",
    "Convert",
    "Written",
    "converter",
    "held_value",
    "is_text",
    "nonce_value",
    "plain_value",
    "read_items",
    "text_of",
)

Written: TypeAlias = "str | Literal[True]"
Convert: TypeAlias = "Callable[[str, str, object], Written | None]"

# A pattern stays text here: `re` compiles and keeps each when it is first used.
# https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
ATTRIBUTE_REFERENCE = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*[;=]?)"


def converter(name: str) -> Convert | None:
    """Return the function that an attribute's values need, None if any plain value will do."""
    if name in CONVERTERS:
        return CONVERTERS[name]
    if name in TRUE_FALSE_ATTRIBUTES or name.startswith("aria-"):
        return _true_false_value
    return None


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
    text = text_of(value)
    if text is None:
        raise attribute_value_error(element, name, value)
    return _unescaped(text) if hasattr(type(value), "__html__") else text


def text_of(value: Any) -> str | None:
    """Return the text of a `str` or a number, None for anything else.

    The type decides, and the value that it holds is written: a subclass may answer anything, and
    a proxy claims through `__class__` to be what it stands for.
    """
    kind = type(value)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        return int.__repr__(value)
    if issubclass(kind, float):
        return float.__repr__(value)
    if issubclass(kind, Decimal):
        return Decimal.__str__(value)
    return None


def nonce_value(element: str, name: str, value: object) -> Written | None:
    """Return a nonce's text; browsers hide it, and a morph would show it again."""
    return plain_value(element, name, value)


def held_value(element: str, name: str, value: object) -> Written | None:
    """Return what `Attrs` hold of a value that the element will judge."""
    if is_text(value) and hasattr(type(value), "__html__"):
        return Markup(str.__str__(value))  # noqa: S704 - it was trusted before
    return plain_value(element, name, value)


def read_items(mapping: Mapping[Any, object], element: str) -> list[tuple[Any, object]]:
    """Return the items of a mapping, read once, as a whole."""
    try:
        return [(key, value) for key, value in mapping.items()]
    except Exception as error:
        add_place(error, f"reading the attributes of {attribute_holder(element)}")
        raise


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a `str` by its type, whatever its `__class__` claims."""
    return issubclass(type(value), str)


def _unescaped(trusted: str) -> str:
    """Return the text that a parser would read out of trusted HTML in an attribute."""

    def character(found: re.Match[str]) -> str:
        reference = found[0]
        # Only in text can the beginning of a longer name be a reference.
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
    if is_text(value):
        return plain_value(element, name, value)
    if value is None or value is False:
        return None
    if not isinstance(value, Iterable) or isinstance(value, NOT_NAMES):
        raise attribute_value_error(element, name, value)
    return " ".join(_class_names(element, value)) or None


def _class_names(element: str, value: Iterable[object]) -> list[str]:
    names: list[str] = []
    for item in _wanted(element, value):
        if isinstance(item, Mapping):
            names += _class_names(element, item)
        elif item is not None and item is not False:
            if not is_text(item):
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
            for key, item in read_items(value, element)
            if (text := _property_value(element, key, item)) is not None
        ]
        return ";".join(declarations) or None
    if value is True:
        raise attribute_value_error(element, name, value)
    return plain_value(element, name, value)


def _property_name(element: str, name: object) -> str:
    if is_text(name) and is_property_name(text := str.__str__(name)):
        return text
    meant = meant_property(str.__str__(name)) if is_text(name) else "background-color"
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


# Iterables, but not of names; str is a proxy, which claims the class of what it stands for.
NOT_NAMES = (bytes, bytearray, memoryview, str)
URL_CONVERTERS: Mapping[str, Convert] = {
    **dict.fromkeys(URL_ATTRIBUTES, _url_value),
    # SVG's <animate> and <set> write these into the animated attribute, which is often href.
    **dict.fromkeys(("by", "from", "to"), _url_value),
    "values": _url_list_value,
}
NONCE_CONVERTERS: Mapping[str, Convert] = {"nonce": nonce_value, "data-nonce": nonce_value}
CONVERTERS: Mapping[str, Convert] = {
    "class": _class_value,
    "style": _style_value,
    **URL_CONVERTERS,
    **NONCE_CONVERTERS,
}
# The values of these depend on the element, or add another attribute to it.
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
