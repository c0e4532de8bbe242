"""The call of a tag: the parts of it that both engines share.

An engine itself handles common arguments: exact text, elements, lists, plain attributes. It passes
all others to these functions, so that every rule and every message is written once. A position
is the index of a positional argument, then the indices of the items in it, each from zero.
"""

# Callers may use no type checker.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterable
from types import GeneratorType
from typing import Any, NamedTuple, NoReturn, TypeAlias, cast

from markupsafe import Markup

from fatmorph import errors
from fatmorph.errors import ChildError, EncodingError
from fatmorph.markup import _wording
from fatmorph.markup._attributes import (
    AttributeName,
    add_attribute,
    add_mapping,
    mapped_name,
    written_name,
)
from fatmorph.markup._content import COMMENT_CONTENT, Content, content_of
from fatmorph.markup._objects import (
    has_html,
    is_attributes,
    is_list_like,
    is_plain,
    is_walked,
    target_of,
)
from fatmorph.markup._spec_elements import NEWLINE_DROPPING_ELEMENTS, VOID_ELEMENTS
from fatmorph.markup._template_parts import is_template
from fatmorph.markup._template_strings import template_children
from fatmorph.markup._values import VALUE_KINDS, Written, is_text, text_of
from fatmorph.markup._wording import argument_place
from fatmorph.markup.path import find_unencodable
from fatmorph.types import ElementNamespace

__all__ = (
    "COMMENT",
    "FRAGMENT",
    "MAX_BESIDE_GENERATED",
    "MAX_NESTED_ITERABLES",
    "NOT_GENERATED",
    "ChildList",
    "Position",
    "TagParts",
    "add_keyword",
    "add_mapping",
    "check_generator",
    "convert_child",
    "is_attributes",
    "note_failure",
    "tag_parts",
    "too_deep",
    "uncalled_tag",
    "unencodable",
    "verbatim_key",
    "verbatim_keyword",
)

Position: TypeAlias = "tuple[int, ...]"

# https://html.spec.whatwg.org/multipage/custom-elements.html#prod-pcenchar, and upper case
ASCII_TAG_NAME = re.compile(r"[A-Za-z][-.\w]*", re.ASCII)
# Text, so that `re` compiles it only for a name that needs it: this takes longer than all of the
# above.
TAG_NAME = (
    "[A-Za-z][-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff"
    "\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    "\ufdf0-\ufffd\U00010000-\U000effff]*"
)
ASCII_LOWER_CASE = {ord(upper): upper.lower() for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
# Lists in lists are flattened. A list that is nested deeper than this contains itself.
MAX_NESTED_ITERABLES = 100
# The greatest number of children before or after generated ones: each number is stored in one byte,
# for which a C element has room.
MAX_BESIDE_GENERATED = 255
NOT_GENERATED = (0, 0)


class ChildList(list[Any]):
    """The children of a call of the reference engine, while they are added."""

    generated_range = NOT_GENERATED
    """The range of children that came from lists and iterators: start and stop."""

    def note_generated(self, start: int, stop: int) -> None:
        """Extend the range by the children from `start` to `stop`, which came from an iterable."""
        if stop > start:
            first, last = self.generated_range
            self.generated_range = (min(first, start) if last else start, stop)

    def add_fragment(self, children: tuple[Any, ...], generated_range: tuple[int, int]) -> None:
        """Add the children of a fragment, which is not itself a child."""
        start, stop = (len(self) + index for index in generated_range)
        self.extend(children)
        self.note_generated(start, stop)

    def settle(self) -> None:
        """Drop a range that an element cannot store."""
        start, stop = self.generated_range
        if max(start, len(self) - stop) > MAX_BESIDE_GENERATED:
            self.generated_range = NOT_GENERATED


class TagParts(NamedTuple):
    """The text around the attributes and children of an element, and the checks of them."""

    name: str
    namespace: ElementNamespace
    start: str
    end: str
    content: Content = Content()
    has_start_end: bool = True
    is_newline_dropping: bool = False
    is_fragment: bool = False


COMMENT = TagParts("#comment", "html", "<!--", "-->", COMMENT_CONTENT, has_start_end=False)
FRAGMENT = TagParts("#document-fragment", "html", "", "", has_start_end=False, is_fragment=True)


def tag_parts(name: str, namespace: ElementNamespace = "html") -> TagParts:
    """Return the parts of a tag.

    Raises:
        TagNameError: A start tag cannot contain `name`.
    """
    if not is_text(name) or not (ASCII_TAG_NAME.fullmatch(name) or re.fullmatch(TAG_NAME, name)):
        raise _wording.tag_name_error(name)
    name, namespace = str.__str__(name), cast("ElementNamespace", str.__str__(namespace))
    if namespace != "html":
        return TagParts(name, namespace, f"<{name}", f"</{name}>", content_of(name, namespace))
    name = name.translate(ASCII_LOWER_CASE)
    return TagParts(
        name,
        namespace,
        f"<{name}" if name != "html" else "<!doctype html><html",
        f"</{name}>" if name not in VOID_ELEMENTS else "",
        content_of(name, namespace),
        is_newline_dropping=name in NEWLINE_DROPPING_ELEMENTS,
    )


def convert_child(element: str, item: object, position: Position) -> Any:
    """Return the text of a child, or a tuple or list of children in its position.

    NotImplemented if the item itself is an iterable of children.

    Raises:
        ChildError: No element can hold the object, or its `__html__()` does not return text.
    """
    target = _target(element, item, position)
    if target is not item:
        return (target,)
    if has_html(item):
        return _trusted(element, item, position)
    text = text_of(item)
    if text is not None:
        return text
    if is_template(item):
        return template_children(element, item, argument_place(element, position))
    if not is_walked(item):
        raise _child_error(element, item, position)
    return NotImplemented if is_list_like(item) else _elements_in(element, item, position, item)


def uncalled_tag(element: str, tag: Any, position: Position) -> NoReturn:
    """Refuse a tag among the children."""
    raise _wording.uncalled_tag_error(element, argument_place(element, position), tag.name)


def check_generator(element: str, items: GeneratorType[Any, Any, Any], position: Position) -> None:
    """Refuse a generator that is exhausted."""
    if items.gi_frame is None:
        raise _wording.spent_generator_error(element, argument_place(element, position), items)


def too_deep(element: str, _items: object, position: Position) -> NoReturn:
    """Refuse iterables that contain themselves."""
    raise _wording.nesting_error(
        element, argument_place(element, position[:1]), MAX_NESTED_ITERABLES
    )


def note_failure(element: str, error: BaseException, position: Position) -> None:
    """Add the place in the call to an exception that the user's own code raised."""
    if isinstance(error, Exception):
        errors.add_place(error, f"building {argument_place(element, position)}")


def add_keyword(written: dict[str, Written], element: str, keyword: str, value: object) -> None:
    """Add the attribute of a keyword to `written`."""
    add_attribute(written, element, mapped_name(keyword), value)


def verbatim_keyword(keyword: str) -> tuple[str, int] | None:
    """Return the attribute's name and the kind of its values, from `VALUE_KINDS`.

    None if every value needs its own check.
    """
    return _verbatim(mapped_name(keyword))


def verbatim_key(key: str) -> tuple[str, int] | None:
    """Return the same as `verbatim_keyword()`, for a key of a mapping."""
    return _verbatim(written_name(key))


def unencodable(node: Any) -> EncodingError:
    """Return the error that shows the path to the lone surrogate of a tree."""
    return _wording.encoding_error(*find_unencodable(node))


def _verbatim(attribute: AttributeName) -> tuple[str, int] | None:
    kind = VALUE_KINDS.get(attribute.convert)
    return None if kind is None else (attribute.name, kind)


def _target(element: str, item: object, position: Position) -> object:
    try:
        return target_of(item)
    except Exception as error:
        note_failure(element, error, position)
        raise


def _child_error(element: str, item: object, position: Position) -> ChildError:
    return _wording.child_error(element, argument_place(element, position), item)


def _elements_in(
    element: str, items: Iterable[object], position: Position, record: object
) -> list[Any]:
    """Return the items of a possible record in lists, if none is text or a number."""
    if len(position) > MAX_NESTED_ITERABLES:
        too_deep(element, items, position)
    children: list[Any] = []
    try:
        for item in items:
            inner = (*position, len(children))
            children.append(_element_in(element, _target(element, item, inner), inner, record))
    except Exception as error:
        note_failure(element, error, (*position, len(children)))
        raise
    return children


def _element_in(element: str, item: object, position: Position, record: object) -> object:
    if has_html(item) or isinstance(item, bool):
        return item
    if is_plain(item):
        raise _wording.record_error(element, argument_place(element, position), record)
    return _elements_in(element, item, position, record) if is_walked(item) else item


def _trusted(element: str, item: Any, position: Position) -> Markup:
    try:
        html = item.__html__()
    except Exception as error:
        note_failure(element, error, position)
        raise
    if not is_text(html):
        raise _wording.html_method_error(element, argument_place(element, position), item, html)
    return Markup(str.__str__(html))  # noqa: S704 - UNESCAPED, it is trusted
