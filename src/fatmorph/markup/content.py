"""What the elements that are not written like others may hold: nothing, text, or raw text.

Each check takes the element's name and its children, and returns the children to keep.

Source: https://html.spec.whatwg.org/multipage/syntax.html#elements-2
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from markupsafe import Markup

from fatmorph import errors
from fatmorph.markup.spec import ESCAPABLE_RAW_TEXT_ELEMENTS, RAW_TEXT_ELEMENTS, VOID_ELEMENTS

__all__ = ("Check", "Children", "comment_content", "content_check")

# Any: text, and the elements of whichever engine is in use.
Children: TypeAlias = "tuple[Any, ...]"
Check: TypeAlias = "Callable[[str, Children], Children]"

# Patterns stay text here: `re` compiles and keeps each when it is first used, which most
# programs never do, and compiling them all would take a tenth of the import.

# What makes Datastar take a fragment for a page, wherever it stands; its test heeds the case.
PAGE_ENDS = "</html>|</head>|</body>"
# https://html.spec.whatwg.org/multipage/syntax.html#comments
COMMENT_ENDS = rf"\A-?>|<!--|--!?>|<!-\Z|{PAGE_ENDS}"
# A title or textarea would show the tags of trusted HTML, or end at one.
SHOWN_TAG = r"<[A-Za-z/!?]"


def content_check(name: str) -> Check | None:
    """Return the check for an HTML element's children, or None if any will do.

    Source: https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    if name in VOID_ELEMENTS:
        return _no_children
    if name in ESCAPABLE_RAW_TEXT_ELEMENTS:
        return _only_text
    if name in RAW_TEXT_ELEMENTS:
        ends = rf"(?i:</{name}(?![^\s/>]))|{PAGE_ENDS}" + ("|<!--" if name == "script" else "")
        return partial(_one_raw_text, ends)
    return None


def comment_content(name: str, children: Children) -> Children:
    """Return a comment's text as one child.

    Raises:
        ChildError: An element among the children.
        RawTextError: Text that would end the comment early.
    """
    return _one_raw_text(COMMENT_ENDS, name, children)


def _no_children(name: str, children: Children) -> Children:
    if children:
        raise errors.void_error(name, children[0])
    return children


def _only_text(name: str, children: Children) -> Children:
    for child in children:
        if type(child) is not str and (not isinstance(child, str) or re.search(SHOWN_TAG, child)):
            raise errors.markup_in_text_error(name, child)
    return children


def _one_raw_text(ends: str, name: str, children: Children) -> Children:
    """Return the children as one verbatim text, or refuse what would end it early."""
    for child in children:
        if not isinstance(child, str):
            raise errors.markup_in_text_error(name, child)
    text = "".join(children)
    if found := re.search(ends, text):
        raise errors.raw_text_error(name, text, *found.span())
    # Markup, because neither parser nor browser decodes references in here.
    return (Markup(text),) if text else ()  # noqa: S704 - judged a line above
