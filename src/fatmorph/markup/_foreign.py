"""Contexts: the places where a parser does not read HTML's raw text as raw text.

Inside `<svg>` and `<math>` an HTML script or style is an ordinary element: the parser decodes
references in its text and builds elements from the tags in it. In a few other places the parser
drops only the start tag. Verbatim text would become markup in all of them.

A template inside `<svg>` and `<math>` is an ordinary element too. HTML in it ends the `<svg>`, so
its own end tag ends the template around all of a patch, and the client loses the rest of the page.

Departures:
1. A `<select>` is read as older parsers do, which drop most tags in it.
2. Raw text counts as misread if misplaced tags around it might lead to that.

Sources: https://html.spec.whatwg.org/multipage/parsing.html#tree-construction-dispatcher and
https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from fatmorph.markup._spec_elements import (
    MATHML_TEXT_INTEGRATION_POINTS,
    RAW_TEXT_ELEMENTS,
    SVG_BREAKOUT_ELEMENTS,
    SVG_INTEGRATION_POINTS,
)

__all__ = ("Context", "content_context", "find_misread_raw_text")

Context: TypeAlias = Literal[
    "html", "svg", "mathml", "mathml text", "annotation", "select", "frameset", "columns"
]
"""How a parser reads an element's content; `columns` is a template that begins with a col."""

ROOTS: Final[Mapping[str, Context]] = {"svg": "svg", "math": "mathml"}
# The HTML elements whose content is raw text in each context; there are none in the others.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inframeset
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-incolgroup
RAW_TEXT_IN: Final[Mapping[Context, frozenset[str]]] = {
    "html": RAW_TEXT_ELEMENTS,
    "mathml text": RAW_TEXT_ELEMENTS,
    "select": frozenset({"script"}),
    "frameset": frozenset({"noframes"}),
}
# A template is allowed wherever a parser reads HTML.
FOREIGN: Final[frozenset[Context]] = frozenset({"svg", "mathml", "annotation"})
# The elements that remain MathML in a text integration point.
MATHML_IN_TEXT: Final = frozenset({"malignmark", "mglyph"})
# https://html.spec.whatwg.org/multipage/parsing.html#html-integration-point
HTML_ENCODINGS: Final = frozenset({"application/xhtml+xml", "text/html"})
# The HTML start tags that can end an `<svg>` or `<math>` around them, because they end an element
# around that one.
ENDS_ELEMENTS_AROUND: Final = frozenset(
    ("a", "caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr")
)


# Names may contain user data, so the cache holds no long ones. Developers write shorter names.
MAX_CACHED_CHARACTERS = 128


def content_context(name: str, namespace: str) -> Context:
    """Return how a parser reads the content of an element that is in its proper place.

    Args:
        name: In any case.
        namespace: The element's. The proper place of an SVG element is inside an `<svg>`.

    Example:
        >>> content_context("g", "svg"), content_context("div", "html")
        ('svg', 'html')
    """
    is_kept = len(name) <= MAX_CACHED_CHARACTERS
    return (_cached_context if is_kept else _own_context)(name, namespace)


def _own_context(name: str, namespace: str) -> Context:
    name = name.lower()
    if name in ROOTS:
        return ROOTS[name]
    if name in MATHML_IN_TEXT:
        # At any place, because a parser may drop the tags between it and a MathML text.
        return "mathml"
    if namespace == "svg":
        return _context_within("svg", name)
    if namespace != "html":
        # An annotation's context depends on an attribute, so the element around it is checked.
        return "html" if name == "annotation-xml" else _context_within("mathml", name)
    if name in ("select", "frameset"):
        return "select" if name == "select" else "frameset"
    return "html"


_cached_context = lru_cache(maxsize=1024)(_own_context)


def find_misread_raw_text(context: Context, name: str, children: Any) -> Any:
    """Return an element that a parser would misread, or None: raw text, or a template.

    Elements that were checked in the same context when they were made are not checked again.

    Args:
        context: How the parser reads the children.
        name: The name of the element around the children, in any case.
        children: Text, and elements of either engine.
    """
    # A list instead of recursion: pages may be deeper than the interpreter's stack.
    pending: list[tuple[Context, Iterator[Any]]] = [(context, iter(children))]
    while pending:
        context, siblings = pending[-1]
        for child in siblings:
            if isinstance(child, str):
                continue
            own = content_context(child.tag, child.namespace)
            if own == context:
                continue  # checked when it was made
            if child.tag in RAW_TEXT_ELEMENTS and child.namespace == "html":
                if child.tag not in RAW_TEXT_IN.get(context, ()):
                    return child
                continue
            if context in FOREIGN and child.tag == "template" and child.namespace == "html":
                return child
            inner = _context_within(context, child.tag.lower(), child)
            if inner not in ("html", own):
                pending.append((inner, iter(child.children)))
                break
        else:
            pending.pop()
    if name.lower() in ROOTS and (raw_text := _find_raw_text(children)):
        return raw_text if _has_stray_end(name.lower(), children) else None
    return None


def _context_within(outer: Context, name: str, element: Any = None) -> Context:
    """Return how a parser reads the content of an element in a context."""
    if outer == "svg":
        return "html" if name in SVG_INTEGRATION_POINTS else "svg"
    if outer == "mathml text":
        return "mathml" if name in MATHML_IN_TEXT else "html"
    if outer in ("mathml", "annotation"):
        return _context_within_mathml(outer, name, element)
    return "html" if name == "template" and outer != "frameset" else outer


def _context_within_mathml(outer: Context, name: str, element: Any) -> Context:
    if outer == "annotation" and name == "svg":
        return "svg"
    if name in MATHML_TEXT_INTEGRATION_POINTS:
        return "mathml text"
    if name == "annotation-xml":
        is_html = str(element.attributes.get("encoding")).lower() in HTML_ENCODINGS
        return "html" if is_html else "annotation"
    return "mathml"


def _find_raw_text(children: Any) -> Any:
    pending = [children]
    while pending:
        for child in pending.pop():
            if not isinstance(child, str):
                if child.tag in RAW_TEXT_ELEMENTS and child.namespace == "html":
                    return child
                pending.append(child.children)
    return None


def _has_stray_end(root: str, children: Any) -> bool:
    """Return whether an `<svg>` or `<math>` may end before its own end tag.

    A parser may drop a start tag of HTML, or end its element early. If HTML is inside SVG, the
    end tag then ends an SVG element of the same name, and the parser continues inside SVG.

    Source: https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign, "any
    other end tag"
    """
    # Each entry: the context, the names of the foreign elements around it, how many of these
    # elements hold HTML, and the children.
    pending: list[tuple[Context, frozenset[str], int, Any]] = [
        (ROOTS[root], frozenset({root}), 0, children)
    ]
    while pending:
        context, names, html_depth, siblings = pending.pop()
        for child in siblings:
            if isinstance(child, str):
                continue
            name = child.tag.lower()
            if context in ("html", "mathml text"):
                inner = ROOTS.get(name) or _context_within(context, name)
                is_stray = name in names and name not in ROOTS
                is_stray |= html_depth > 1 and name in ENDS_ELEMENTS_AROUND
                begins_html = False
            else:
                inner = _context_within(context, name, child)
                is_stray = html_depth > 0 and name in SVG_BREAKOUT_ELEMENTS
                begins_html = inner in ("html", "mathml text")
            if is_stray:
                return True
            inner_names = names if context == inner == "html" else names | {name}
            pending.append((inner, inner_names, html_depth + begins_html, child.children))
    return False
