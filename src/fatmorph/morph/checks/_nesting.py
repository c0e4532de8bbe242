"""Which elements the parser takes out of the elements that they were written in.

Only what no browser keeps: a `<tr>` without its `<tbody>` gets one on every parse and is nothing
to report. What the parser does with options and selects changes between browsers, and is not here.

Source: https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "FOREIGN",
    "IN_BUTTON",
    "IN_FORM",
    "IN_NAV",
    "IN_P",
    "IN_TEMPLATE",
    "LEAVES_FOREIGN",
    "NESTING",
    "UNKNOWN_TO_DATASTAR",
    "UNTOUCHED",
    "Nesting",
    "misplaced",
)

# What an element stands in, as bits: the parser's own state, and what the checks ask for.
IN_P, IN_A, IN_FORM, IN_BUTTON, FOREIGN, IN_TEMPLATE, IN_NAV = (1 << bit for bit in range(7))
UNTOUCHED = 1 << 7  # below data-ignore-morph
UNKNOWN_TO_DATASTAR = 1 << 8  # below data-ignore


class Nesting(NamedTuple):
    """What a tag does to, and asks of, what it stands in, and what stands in it."""

    forbidden: int = 0
    opens: int = 0
    closes: int = 0
    parents: frozenset[str] | None = None
    enemies: frozenset[str] = frozenset()
    children: frozenset[str] | None = None


# https://html.spec.whatwg.org/multipage/parsing.html#has-an-element-in-button-scope
_SCOPES = ("applet", "caption", "marquee", "object", "td", "th")
# Start tags that end a <p>: "has a p element in button scope, close a p element".
_ENDS_P = (
    *("address", "article", "aside", "blockquote", "details", "dialog", "dd", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
    *("hgroup", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"),
    *("summary", "table", "ul"),
)
_ROWS = frozenset({"table", "tbody", "tfoot", "thead"})
_PARENTS = {
    **dict.fromkeys(("caption", "colgroup", "tbody", "tfoot", "thead"), frozenset({"table"})),
    "tr": _ROWS,
    "td": _ROWS | {"tr"},
    "th": _ROWS | {"tr"},
    "col": frozenset({"colgroup", "table"}),
    "head": frozenset({"html"}),
    "body": frozenset({"html"}),
    "html": frozenset[str](),
}
NOBODY = frozenset[str]()
_SCOPE = IN_P | IN_A | IN_BUTTON

LEAVES_FOREIGN: Final = frozenset({"annotation-xml", "desc", "foreignObject"})
"""Elements of SVG and MathML whose content is HTML again."""


_ANYWHERE = ("script", "style", "template", "#comment")
_SECTIONS = ("caption", "col", "colgroup", "form", "input", "tbody", "td", "tfoot", "th", "thead")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Parent → the only children that stay in it; text does not.
_CHILDREN = {
    "table": frozenset((*_SECTIONS, "tr", *_ANYWHERE)),
    **dict.fromkeys(("tbody", "tfoot", "thead"), frozenset(("tr", "td", "th", *_ANYWHERE))),
    "tr": frozenset(("td", "th", *_ANYWHERE)),
    "head": frozenset(("base", "link", "meta", "noscript", "title", *_ANYWHERE)),
}
# Tag → the parents that its start tag ends.
_ENEMIES = {
    "li": frozenset({"li"}),
    **dict.fromkeys(("dd", "dt"), frozenset({"dd", "dt"})),
    **dict.fromkeys(_HEADINGS, frozenset(_HEADINGS)),
}


def _nesting() -> dict[str, Nesting]:
    table = {tag: Nesting(forbidden=IN_P, enemies=_ENEMIES.get(tag, NOBODY)) for tag in _ENDS_P}
    table["p"] = Nesting(forbidden=IN_P, opens=IN_P)
    table["a"] = Nesting(forbidden=IN_A, opens=IN_A)
    table["form"] = Nesting(forbidden=IN_FORM | IN_P, opens=IN_FORM)
    table["button"] = Nesting(forbidden=IN_BUTTON, opens=IN_BUTTON, closes=IN_P)
    table["nav"] = Nesting(forbidden=IN_P, opens=IN_NAV)
    table["table"] = Nesting(forbidden=IN_P, closes=IN_P | IN_BUTTON, children=_CHILDREN["table"])
    table["svg"] = table["math"] = Nesting(opens=FOREIGN)
    table["template"] = Nesting(opens=IN_TEMPLATE, closes=_SCOPE | IN_FORM)
    for tag in (*_SCOPES, *_PARENTS):
        closes = _SCOPE if tag in _SCOPES else 0
        table[tag] = Nesting(closes=closes, parents=_PARENTS.get(tag), children=_CHILDREN.get(tag))
    return table


NESTING: Final[Mapping[str, Nesting]] = MappingProxyType(_nesting())
"""Tag → what it asks; a tag that is not here asks nothing."""


def misplaced(tag: str, parent: str, crossed: int) -> tuple[str, str]:
    """Return why the parser takes something out of its parent, and what to write.

    Args:
        tag: The tag of an HTML element, or `#text`.
        parent: Its parent's tag.
        crossed: Those bits of what it stands in that its tag forbids.
    """
    call = "…" if tag == "#text" else f"h.{tag}(…)"
    if crossed & IN_P:
        return "its start tag ends the <p> around it", f"h.div({call})  (without the <p>)"
    for bit, name in ((IN_A, "a"), (IN_BUTTON, "button")):
        if crossed & bit:
            return f"its start tag ends the <{name}> around it", f"[h.{name}(…), h.{name}(…)]"
    if crossed & IN_FORM:
        return "the parser drops a form inside of another", f"[{call}, {call}]"
    if parent in _ENEMIES.get(tag, NOBODY):
        return f"its start tag ends the <{parent}>", f"[h.{parent}(…), {call}]"
    if parent == "head":
        return "it ends the <head>: what follows is in the <body>", f"h.body({call})"
    if parent in _CHILDREN and tag not in _PARENTS:
        return "the parser puts it in front of the <table>", f"h.td({call})"
    wanted = min(_PARENTS.get(tag, NOBODY) - {"table"}, default="table")
    return "the parser drops its tag here, or ends the cell around it", f"h.{wanted}({call})"
