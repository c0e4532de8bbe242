"""The nesting that the parser changes, as tables of the standard's rules for start tags.

A rule says in which elements a start tag does something else than to begin its element there.
The rules assume that all elements around it are in place, so only the outermost mistake is exact.
A `<tr>` without its `<tbody>` gets one on every parse, so it is not a mistake.

Source: https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from fatmorph.markup._spec_elements import MATHML_TEXT_INTEGRATION_POINTS, SVG_INTEGRATION_POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "CONTEXT",
    "EMPTY",
    "FOREIGN",
    "IN_A",
    "IN_BUTTON",
    "IN_DD",
    "IN_FORM",
    "IN_LI",
    "IN_MATHML",
    "IN_NAV",
    "IN_NOBR",
    "IN_P",
    "IN_RUBY",
    "IN_SELECT",
    "IN_TEMPLATE",
    "METADATA",
    "NESTING",
    "TABLE_PARENTS",
    "UNKNOWN_TO_DATASTAR",
    "UNTOUCHED",
    "Nesting",
    "inside_foreign",
)

# The context of an element, as bits: the parser's own state, and more for the checks.
IN_P, IN_A, IN_FORM, IN_BUTTON, FOREIGN, IN_TEMPLATE, IN_NAV = (1 << bit for bit in range(7))
UNTOUCHED = 1 << 7  # below data-ignore-morph
UNKNOWN_TO_DATASTAR = 1 << 8  # below data-ignore
IN_MATHML = 1 << 9  # together with FOREIGN; without it, that is SVG
IN_LI, IN_DD, IN_RUBY, IN_SELECT, IN_NOBR = (1 << bit for bit in range(10, 15))
CONTEXT: Final = IN_P | IN_BUTTON | IN_LI | IN_DD | IN_RUBY | IN_SELECT | IN_NOBR
"""What an element with a scope of its own closes."""

NONE: Final = frozenset[str]()
# The elements that end without an end tag: "generate implied end tags".
# https://html.spec.whatwg.org/multipage/parsing.html#generate-implied-end-tags
IMPLIED: Final = frozenset({"dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt", "rtc"})


class Nesting(NamedTuple):
    """How a tag changes its context, and what it requires of its parent and children.

    Args:
        forbidden: The bits of the context in which its start tag does something else.
        opens: The bits that it adds for its descendants.
        closes: The bits that it removes for them.
        parents: The only parents in which it stays.
        enemies: The parents that its start tag ends.
        enemies_within: The parents that it also ends in a context: the bits of that, and they.
        children: The only children that stay in it.
    """

    forbidden: int = 0
    opens: int = 0
    closes: int = 0
    parents: frozenset[str] | None = None
    enemies: frozenset[str] = NONE
    enemies_within: tuple[int, frozenset[str]] = (0, NONE)
    children: frozenset[str] | None = None


# https://html.spec.whatwg.org/multipage/parsing.html#has-an-element-in-the-specific-scope
_SCOPES = (
    *("applet", "caption", "html", "marquee", "object", "select", "table", "td", "template", "th"),
)
# Up to these, the parser looks for an <a> to end: they insert a marker into the list of active
# formatting elements.
_MARKERS = ("applet", "caption", "marquee", "object", "td", "template", "th")
# The special elements with children that end the search for an open <li>, <dd> or <dt>.
# https://html.spec.whatwg.org/multipage/parsing.html#special
_SPECIAL = (
    *("applet", "article", "aside", "blockquote", "body", "button", "caption", "center"),
    *("colgroup", "dd", "details", "dir", "dl", "dt", "fieldset", "figcaption", "figure"),
    *("footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header"),
    *("hgroup", "html", "li", "listing", "main", "marquee", "menu", "nav", "object", "ol", "pre"),
    *("search", "section", "select", "summary", "table", "tbody", "td", "template", "tfoot"),
    *("th", "thead", "tr", "ul"),
)
# Start tags that end a <p>: "has a p element in button scope, close a p element".
_ENDS_P = (
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir"),
    *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "header", "hgroup", "hr", "li", "listing", "main", "menu", "nav", "ol"),
    *("p", "plaintext", "pre", "search", "section", "summary", "table", "ul", "xmp"),
)
TABLE_PARENTS: Final = frozenset({"table", "tbody", "tfoot", "thead", "tr"})
"""Elements in which most start tags and texts are moved in front of the table."""

_SECTIONS = frozenset({"table", "tbody", "tfoot", "thead"})
_PARENTS = {
    **dict.fromkeys(("caption", "colgroup", "tbody", "tfoot", "thead"), frozenset({"table"})),
    "tr": _SECTIONS,
    "td": TABLE_PARENTS,
    "th": TABLE_PARENTS,
    "col": frozenset({"colgroup", "table"}),
    "head": frozenset({"html"}),
    "body": frozenset({"html"}),
    "frameset": frozenset({"frameset", "html"}),
    "frame": frozenset({"frameset"}),
    "html": NONE,
}
METADATA: Final = frozenset(
    {
        *("base", "basefont", "bgsound", "link", "meta", "noframes", "script", "style"),
        *("template", "title"),
    }
)
"""The elements that belong in `<head>`, and that the parser puts there after its end tag."""

_ANYWHERE = ("script", "style", "template", "#comment")
_IN_TABLE = ("form", "input", *_ANYWHERE)
_PARTS = ("caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Parent → the only children that stay in it; text does not.
_CHILDREN = {
    "table": frozenset((*_PARTS, *_IN_TABLE)),
    **dict.fromkeys(("tbody", "tfoot", "thead"), frozenset(("tr", "td", "th", *_IN_TABLE))),
    "tr": frozenset(("td", "th", *_IN_TABLE)),
    "colgroup": frozenset({"col", "template", "#comment"}),
    "head": METADATA | {"noscript", "#comment"},
    "frameset": frozenset({"frame", "frameset", "noframes", "#comment"}),
    # Void to the parser, although they are written with an end tag.
    **dict.fromkeys(("basefont", "bgsound", "frame", "keygen", "param"), NONE),
}
# Tag → the parents that its start tag ends.
_ENEMIES = {
    **dict.fromkeys(_HEADINGS, _HEADINGS),
    "optgroup": frozenset({"option"}),
    "option": frozenset({"option"}),
}
_ENEMIES_WITHIN = {
    "hr": (IN_SELECT, IMPLIED),
    "optgroup": (IN_SELECT, IMPLIED),
    "option": (IN_SELECT, IMPLIED - {"optgroup"}),
    **dict.fromkeys(("rb", "rtc"), (IN_RUBY, IMPLIED)),
    **dict.fromkeys(("rp", "rt"), (IN_RUBY, IMPLIED - {"rtc"})),
}
_FORBIDDEN = {
    **dict.fromkeys(_ENDS_P, IN_P),
    "a": IN_A,
    "button": IN_BUTTON,
    **dict.fromkeys(("dd", "dt"), IN_P | IN_DD),
    "form": IN_P | IN_FORM,
    **dict.fromkeys(("input", "select"), IN_SELECT),
    "li": IN_P | IN_LI,
    "nobr": IN_NOBR,
}
_OPENS = {
    "a": IN_A,
    "button": IN_BUTTON,
    **dict.fromkeys(("dd", "dt"), IN_DD),
    "form": IN_FORM,
    "li": IN_LI,
    "math": FOREIGN | IN_MATHML,
    "nav": IN_NAV,
    "nobr": IN_NOBR,
    "p": IN_P,
    "ruby": IN_RUBY,
    "select": IN_SELECT,
    "svg": FOREIGN,
    "template": IN_TEMPLATE,
}


def _closes(tag: str) -> int:
    closes = IN_LI | IN_DD if tag in _SPECIAL else 0
    if tag in _SCOPES:
        closes |= CONTEXT & ~(IN_LI | IN_DD)
    if tag in _MARKERS:
        closes |= IN_A
    if tag == "template":
        closes |= IN_FORM
    return closes | IN_P if tag == "button" else closes


def _nesting() -> dict[str, Nesting]:
    tables = (_FORBIDDEN, _OPENS, _PARENTS, _CHILDREN, _ENEMIES, _ENEMIES_WITHIN)
    tags = dict.fromkeys((*_SCOPES, *_SPECIAL, *(tag for table in tables for tag in table)))
    return {
        tag: Nesting(
            forbidden=_FORBIDDEN.get(tag, 0),
            opens=_OPENS.get(tag, 0),
            closes=_closes(tag),
            parents=_PARENTS.get(tag),
            enemies=_ENEMIES.get(tag, NONE),
            enemies_within=_ENEMIES_WITHIN.get(tag, (0, NONE)),
            children=_CHILDREN.get(tag),
        )
        for tag in tags
    }


NESTING: Final[Mapping[str, Nesting]] = MappingProxyType(_nesting())
"""Tag → its requirements; other tags have none."""

EMPTY: Final = NESTING["form"]._replace(children=NONE)
"""A form in a part of a table: the parser ends it at once."""

# https://html.spec.whatwg.org/multipage/parsing.html#html-integration-point
_HTML_ENCODINGS = frozenset({"application/xhtml+xml", "text/html"})


def inside_foreign(tag: str, flags: int, attributes: Mapping[str, object]) -> int:
    """Return the context in an element of SVG or MathML that has a context itself."""
    if not flags & IN_MATHML:
        is_html = tag.lower() in SVG_INTEGRATION_POINTS
    elif tag == "annotation-xml":
        is_html = str(attributes.get("encoding")).lower() in _HTML_ENCODINGS
        flags &= ~CONTEXT
    elif tag == "svg":
        return flags & ~IN_MATHML  # it is in an <annotation-xml>
    else:
        is_html = tag in MATHML_TEXT_INTEGRATION_POINTS
    return flags & ~(FOREIGN | IN_MATHML | CONTEXT) if is_html else flags
