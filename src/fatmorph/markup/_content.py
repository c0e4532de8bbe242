"""The content of elements with rules of their own: void, escapable raw text, raw text, and others.

A check takes the element's name and its children, and returns the children to keep.

Source: https://html.spec.whatwg.org/multipage/syntax.html#elements-2
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from markupsafe import Markup

from fatmorph.markup import _wording
from fatmorph.markup._foreign import Context, content_context, find_misread_raw_text
from fatmorph.markup._refusals import misread_raw_text_error, signal_as_code_error
from fatmorph.markup._spec_elements import (
    ESCAPABLE_RAW_TEXT_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    READ_AS_TEXT_ELEMENTS,
    VOID_ELEMENTS,
)
from fatmorph.types import ElementNamespace

__all__ = (
    "COMMENT_CONTENT",
    "RAW_TEXT",
    "VERBATIM",
    "AttributeCheck",
    "Check",
    "Children",
    "Content",
    "check_namespace",
    "content_of",
)

# Any: text, and the elements of whichever engine is in use.
Children: TypeAlias = "tuple[Any, ...]"
Check: TypeAlias = "Callable[[str, Children], Children]"
AttributeCheck: TypeAlias = "Callable[[str, Iterable[str]], None]"

# Kinds of content that an element may have at any depth. They are bits, so that an engine can
# combine those of the children.
RAW_TEXT = 1  # HTML raw text, or a template
VERBATIM = 2  # unescaped text, or the end tag of an element that a parser may read as text


class Content(NamedTuple):
    """The checks of an element's content, and the kinds of content that it has."""

    check: Check | None = None
    heeds: int = 0
    """The check is called only for these kinds of content, and keeps the children; 0: always."""
    holds: int = 0
    """The kinds of content that every element of this name has."""
    attribute_check: AttributeCheck | None = None
    """Called with the name and the names of the attributes."""


# Patterns stay text here: `re` compiles and keeps each when it is first used, which most
# programs never do, and compiling them all would take a tenth of the import.

# Datastar treats a fragment with one of these tags, at any place, as a whole page. Its test is
# case-sensitive.
PAGE_ENDS = "</html>|</head>|</body>"
# https://html.spec.whatwg.org/multipage/syntax.html#comments
COMMENT_ENDS = rf"\A-?>|<!--|--!?>|<!-\Z|{PAGE_ENDS}"
# A browser would show the tags of trusted HTML in a title or textarea, or end the element at one.
SHOWN_TAG = r"<[A-Za-z/!?]"
# The client writes the value of a signal into an element with one of these attributes.
SIGNAL_AS_TEXT = r"data-(?:text|bind)(?![^:_])"


def content_of(name: str, namespace: ElementNamespace) -> Content:
    """Return the rules for the content of an element.

    Args:
        name: In lower case for HTML.
        namespace: The element's.

    Source: https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    lower = name.lower()
    attribute_check = _no_signal_as_code if lower in ("script", "style") else None
    if namespace == "html":
        if name in VOID_ELEMENTS:
            return Content(_no_children)
        if name in ESCAPABLE_RAW_TEXT_ELEMENTS:
            return Content(_only_text, holds=VERBATIM)
        if name in RAW_TEXT_ELEMENTS:
            ends = f"{_end_tag(name)}|{PAGE_ENDS}" + ("|<!--" if name == "script" else "")
            check = partial(_one_raw_text, ends)
            return Content(check, 0, RAW_TEXT | VERBATIM, attribute_check)
        if name == "template":
            return Content(_no_raw_text_after_columns, RAW_TEXT, RAW_TEXT)
    context = content_context(name, namespace)
    if lower in READ_AS_TEXT_ELEMENTS:
        check = partial(_no_own_end_tag, context, _end_tag(lower))
        return Content(check, RAW_TEXT | VERBATIM, VERBATIM, attribute_check)
    if context == "html":
        return Content()
    return Content(partial(_no_misread_raw_text, context), RAW_TEXT)


def check_namespace(view: Any, namespace: ElementNamespace) -> None:
    """Refuse a view that a parser would misread inside `<svg>` or `<math>`.

    Args:
        view: An element or a fragment.
        namespace: `svg` or `mathml`.

    Raises:
        ChildError: A parser would read HTML raw text as markup, or there is a template.
    """
    root = "svg" if namespace == "svg" else "math"
    children = view.children if view.tag == "#document-fragment" else (view,)
    _no_misread_raw_text(content_context(root, namespace), root, children)


def _no_misread_raw_text(context: Context, name: str, children: Children) -> Children:
    if children and (found := find_misread_raw_text(context, name, children)):
        raise misread_raw_text_error(name, context, children, found)
    return children


def _no_children(name: str, children: Children) -> Children:
    if children:
        raise _wording.void_error(name, children[0])
    return children


def _only_text(name: str, children: Children) -> Children:
    for child in children:
        if type(child) is not str and (not isinstance(child, str) or re.search(SHOWN_TAG, child)):
            raise _wording.markup_in_text_error(name, child)
    return children


def _one_raw_text(ends: str, name: str, children: Children) -> Children:
    """Return the children as one verbatim text, or refuse text that would end it early."""
    for child in children:
        if not isinstance(child, str):
            raise _wording.markup_in_text_error(name, child)
    text = "".join(children)
    if found := re.search(ends, text):
        raise _wording.raw_text_error(name, text, *found.span())
    # Markup, because a parser does not decode references here.
    return (Markup(text),) if text else ()  # noqa: S704 - checked in the lines above


def _no_own_end_tag(context: Context, ends: str, name: str, children: Children) -> Children:
    """Return the children, or refuse an end tag that would end the element if it is raw text."""
    if all(type(child) is str for child in children):
        return children
    _no_misread_raw_text(context, name, children)
    # A plain str is escaped when it is rendered.
    text = "".join(
        child.replace("<", "&lt;") if type(child) is str else str(child) for child in children
    )
    if found := re.search(ends, text):
        raise _wording.raw_text_error(name, text, *found.span())
    return children


def _no_raw_text_after_columns(name: str, children: Children) -> Children:
    if any(not isinstance(child, str) and child.tag == "col" for child in children):
        return _no_misread_raw_text("columns", name, children)
    return children


def _no_signal_as_code(name: str, attributes: Iterable[str]) -> None:
    for attribute in attributes:
        if attribute.startswith("data-") and re.match(SIGNAL_AS_TEXT, attribute):
            raise signal_as_code_error(name, attribute)


def _end_tag(name: str) -> str:
    """Return a pattern for the end tag that ends raw text.

    Source: https://html.spec.whatwg.org/multipage/parsing.html#rawtext-end-tag-name-state
    """
    return rf"(?i:</{name}(?![^\s/>]))"


COMMENT_CONTENT = Content(partial(_one_raw_text, COMMENT_ENDS), holds=VERBATIM)
