"""Values of attributes, converted by the rules for the attribute's name.

A value becomes plain text, or `True` for a bare name. Nothing is escaped yet.

Source: https://html.spec.whatwg.org/multipage/syntax.html#attributes-2
"""

# Callers may use no type checker: an isinstance is never unnecessary, and the types of items in
# mappings and iterables are unknown.
# pyright: reportUnnecessaryIsInstance=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html import unescape
from html.entities import html5 as named_references
from typing import Any, Literal, Self, TypeAlias, TypeGuard, cast

from markupsafe import Markup

from fatmorph._log import Log
from fatmorph.errors import AttributeNameError, add_place, short_repr
from fatmorph.markup._css import is_one_value, is_property_name, meant_property
from fatmorph.markup._objects import has_html, target_of
from fatmorph.markup._refusals import (
    css_value_error,
    html_value_error,
    srcdoc_error,
    template_as_code_error,
)
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    GLOBAL_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
    TRUE_FALSE_ATTRIBUTES,
    URL_ATTRIBUTES,
)
from fatmorph.markup._spec_elements import HTML_ELEMENTS, RESERVED_ELEMENTS
from fatmorph.markup._template_parts import is_template, template_value
from fatmorph.markup._url import neutral_url, neutral_url_list
from fatmorph.markup._wording import attribute_holder, attribute_value_error

__all__ = (
    "JUDGED_NAMES",
    "VALUE_KINDS",
    "Convert",
    "HeldHtml",
    "Written",
    "converter",
    "held_value",
    "is_held",
    "is_text",
    "meant_value",
    "nonce_value",
    "plain_value",
    "read_items",
    "text_of",
    "text_of_template",
)

logger = Log("fatmorph.markup")

Written: TypeAlias = "str | Literal[True]"
Convert: TypeAlias = "Callable[[str, str, object], Written | None]"

# On a custom element, the other attributes of the standards may hold HTML.
TEXT_ON_ALL_ELEMENTS = GLOBAL_ATTRIBUTES | EVENT_HANDLER_ATTRIBUTES
TEXT_ON_STANDARD_ELEMENTS = (HTML_ATTRIBUTES | SVG_ATTRIBUTES | MATHML_ATTRIBUTES) - (
    TEXT_ON_ALL_ELEMENTS | {"srcdoc"}
)
# A pattern stays text here: `re` compiles and keeps each when it is first used.
# https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
ATTRIBUTE_REFERENCE = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*[;=]?)"
# A value with these may end a string, an escape or a comment of the style around it, or begin one.
JOINS_CSS = r"""["'\\]|\A\*|/\Z"""
# Handlers of events, and the expressions of Datastar.
CODE_ATTRIBUTE = (
    r"on[a-z]+|data-(?:animate|attr|class|computed|custom-validity|effect|init|json-signals"
    r"|match-media|on|on-[-a-z]+|persist|query-string|replace-url|show|signals|style|text)(?:[:_].*)?"
)


def converter(name: str) -> Convert | None:
    """Return the function for an attribute's values, None if it needs only `plain_value()`."""
    if name in CONVERTERS:
        return CONVERTERS[name]
    if name in TRUE_FALSE_ATTRIBUTES or name.startswith("aria-"):
        return _true_false_value
    return None


def plain_value(element: str, name: str, value: object) -> Written | None:
    """Return a value's text, `True` for a bare name, `None` to leave the attribute out.

    A subclass of `str`, `int` or `float` is written as its plain value. An object with
    `__html__` is trusted. An attribute that may hold HTML gets its HTML; any other attribute
    gets the text that a `Markup` stands for.

    Raises:
        AttributeValueError: The value has no obvious text.
    """
    if type(value) is str:
        return value
    if has_html(value) and _may_hold_html(element, name):
        return _html_of(element, name, value)
    return _text_value(element, name, value)


def _text_value(element: str, name: str, value: object) -> Written | None:
    """Return a value's text for an attribute that holds text, as `plain_value()` does."""
    if value is None or value is False:
        return None
    if value is True:
        return True
    if type(value) is HeldHtml:
        value = value.given
    text = text_of(value)
    if text is None:
        raise attribute_value_error(element, name, value)
    if has_html(value):
        return _unescaped(_html_of(element, name, value))
    return text


def text_of(value: Any) -> str | None:
    """Return the text of a `str` or a number, None for anything else and for too long an int.

    The methods of the plain type are called with the value, because the methods of a subclass can
    return anything. `__class__` is not used, because a proxy claims the class of its target.
    """
    kind = type(value)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        try:
            return int.__repr__(value)
        except ValueError:  # more digits than sys.get_int_max_str_digits()
            return None
    if issubclass(kind, float):
        return float.__repr__(value)
    if issubclass(kind, Decimal):
        return Decimal.__str__(value)
    return None


def meant_value(element: str, name: str, value: object) -> Any:
    """Return the text, number or HTML that a proxy or lazy object stands for, or the value.

    A template string stands for its text.
    """
    if is_template(value):
        return text_of_template(element, name, value)
    try:
        return target_of(value)
    except Exception as error:
        add_place(error, f"reading {name} of {attribute_holder(element)}")
        raise


def text_of_template(element: str, name: str, template: Any) -> str:
    """Return the text of a template string in an attribute: its texts, and its values as text.

    `None`, `True` and `False` are left out, as among children. In a style, each value stays in its
    declaration.

    Raises:
        AttributeValueError: A value has no obvious text; or the attribute holds code.
    """
    if template.interpolations and re.fullmatch(CODE_ATTRIBUTE, name):
        raise template_as_code_error(element, name, template)
    parts = (part if type(part) is str else _part_text(element, name, part) for part in template)
    return "".join(parts)


def _part_text(element: str, name: str, part: Any) -> str:
    """Return the text of a value in a template string."""
    text = plain_value(element, name, meant_value(element, name, template_value(part)))
    if text is None or text is True:
        return ""
    if name == "style" and (re.search(JOINS_CSS, text) or not is_one_value(text)):
        raise css_value_error(element, f"{{{part.expression}}} of style", text)
    return text


def _srcdoc_value(element: str, name: str, value: object) -> Written | None:
    if is_text(value) and not has_html(value):
        raise srcdoc_error(element, value)
    return plain_value(element, name, value)


def nonce_value(element: str, name: str, value: object) -> Written | None:
    """Return a nonce's text. A function of its own, because a nonce needs another attribute too."""
    return plain_value(element, name, value)


def is_held(name: str, value: object) -> bool:
    """Return whether the conversion of a value depends on the element, so that `Attrs` keep it."""
    if name in JUDGED_NAMES:
        return True
    return has_html(value) and name in TEXT_ON_STANDARD_ELEMENTS


def held_value(element: str, name: str, value: object) -> Written | None:
    """Return the form in which `Attrs` keep a value that is converted for the element."""
    if not has_html(value):
        convert = None if name in URL_CONVERTERS else converter(name)
        return (convert or _text_value)(element, name, value)
    if type(value) is HeldHtml:
        return value
    html = _html_of(element, name, value)
    return Markup(html) if is_text(value) else HeldHtml(html, value)  # noqa: S704 - trusted


class HeldHtml(Markup):
    """The HTML of an object that is not text, with the object, for the error of an element."""

    __slots__ = ("given",)

    given: object

    def __new__(cls, html: str, given: object = None) -> Self:
        """Return the trusted HTML (UNESCAPED) of an object."""
        held = super().__new__(cls, html)
        held.given = given
        return held


def read_items(mapping: Mapping[Any, object], element: str) -> Iterable[tuple[Any, object]]:
    """Return the items of a mapping, which is read once and completely."""
    try:
        return _items(mapping)
    except Exception as error:
        add_place(error, f"reading the attributes of {attribute_holder(element)}")
        raise


def _items(mapping: Mapping[Any, object]) -> Iterable[tuple[Any, object]]:
    """Return the items; those of a dict in one step, as another thread may change it."""
    # `list(items)` takes several: Python 3.11 collects garbage while it makes the pairs.
    if type(mapping) is dict:
        return mapping.copy().items()
    items = mapping.items()
    if type(items) is DICT_ITEMS:
        copy: dict[Any, object] = {} | cast("Any", items).mapping
        return copy.items()
    return [(key, value) for key, value in items]


def is_text(value: object) -> TypeGuard[str]:
    """Return whether the type of a value is `str` or a subclass; `__class__` is not used."""
    return issubclass(type(value), str)


def _may_hold_html(element: str, name: str) -> bool:
    if name in TEXT_ON_ALL_ELEMENTS or name.startswith("aria-"):
        return False
    return _is_custom(element) or name not in TEXT_ON_STANDARD_ELEMENTS


def _is_custom(element: str) -> bool:
    return "-" in element and element not in RESERVED_ELEMENTS


def _html_of(element: str, name: str, value: Any) -> str:
    """Return the HTML (UNESCAPED) of an object with `__html__`."""
    try:
        html = value.__html__()
    except Exception as error:
        add_place(error, f"reading {name} of {attribute_holder(element)}")
        raise
    if not is_text(html):
        raise html_value_error(element, name, value, html)
    return str.__str__(html)


def _unescaped(trusted: str) -> str:
    """Return the text that a parser would read from trusted HTML in an attribute."""

    def character(found: re.Match[str]) -> str:
        reference = found[0]
        # In an attribute, the beginning of a longer name is not a reference.
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
    if type(value) is dict and (names := _plain_names(value)) is not None:
        return " ".join(names) or None
    if not isinstance(value, Iterable) or isinstance(value, NOT_NAMES):
        raise attribute_value_error(element, name, value)
    return " ".join(filter(None, _class_names(element, value))) or None


# hot: tests/benchmarks/rendering.py, the pages as their users write them
def _plain_names(value: dict[Any, object]) -> list[str] | None:
    """Return the wanted classes of a plain dict; None if it has other keys or values."""
    names: list[str] = []
    for name, wanted in value.copy().items():  # another thread may change it
        if type(name) is not str or type(wanted) not in PLAIN_WANTED:
            return None
        if wanted and name:
            names.append(name)
    return names


def _class_names(element: str, value: Iterable[object]) -> list[str]:
    names: list[str] = []
    for given in _wanted(element, value):
        item = meant_value(element, "class", given)
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
            return [key for key, wanted in _items(value) if wanted]
        # A set has another order in every process.
        return sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
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
    text = _text_value(element, place, meant_value(element, place, value))
    if text is None or text is True:
        return None
    if is_one_value(text):
        return text
    raise css_value_error(element, place, text)


def _url_value(element: str, name: str, value: object) -> Written | None:
    return _judged(neutral_url, element, name, value)


def _url_list_value(element: str, name: str, value: object) -> Written | None:
    return _judged(neutral_url_list, element, name, value)


def _judged(
    neutral: Callable[[str, str], str], element: str, name: str, value: object
) -> Written | None:
    text = plain_value(element, name, value)
    if type(text) is not str or has_html(value):
        return text
    judged = neutral(element, text)
    if judged == text or (name in WORDS_OF_OTHERS and _is_word(element, name)):
        return text
    logger.debug("wrote unsafe: before a URL in %s of <%s>", name, element)
    return judged


def _is_word(element: str, name: str) -> bool:
    """Return whether no standard makes a URL of an attribute of this name on an element."""
    is_html = element in HTML_ELEMENTS and not (element == "object" and name == "data")
    return is_html or _is_custom(element)


# URLs on `object` and on SVG's animations; words of other elements, such as <sales-chart data to>.
WORDS_OF_OTHERS = frozenset({"by", "data", "from", "to", "values"})
PLAIN_WANTED = frozenset({bool, str, type(None)})
# Iterables, but not of names. An instance of str here is a proxy, which claims its class.
DICT_ITEMS: type[object] = type({}.items())
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
    "srcdoc": _srcdoc_value,
    **URL_CONVERTERS,
    **NONCE_CONVERTERS,
}
# The conversion of these depends on the element, or adds another attribute to it.
JUDGED_NAMES = frozenset(("srcdoc", *URL_CONVERTERS, *NONCE_CONVERTERS))
# names.h has the same numbers, because the compiled engine writes plain values without Python.
VALUE_KINDS: Mapping[Convert | None, int] = {
    None: 0,
    _true_false_value: 1,
    _class_value: 2,
    _style_value: 3,
    _url_value: 4,
}
"""Function for an attribute's values → the number of its rules in the compiled engine."""
