"""The nesting that the parser changes, because it moves an element out of its parent.

Only changes that every browser makes are here. A `<tr>` without its `<tbody>` gets one on every
parse, so it is not reported. Browsers differ in how they parse options and selects.

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

# The context of an element, as bits: the parser's own state, and more for the checks.
IN_P, IN_A, IN_FORM, IN_BUTTON, FOREIGN, IN_TEMPLATE, IN_NAV = (1 << bit for bit in range(7))
UNTOUCHED = 1 << 7  # below data-ignore-morph
UNKNOWN_TO_DATASTAR = 1 << 8  # below data-ignore


class Nesting(NamedTuple):
    """How a tag changes its context, and what it requires of its parent and children."""

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
NO_PARENTS = frozenset[str]()
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
    table = {tag: Nesting(forbidden=IN_P, enemies=_ENEMIES.get(tag, NO_PARENTS)) for tag in _ENDS_P}
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
"""Tag → its requirements; other tags have none."""


def misplaced(tag: str, parent: str, crossed: int) -> tuple[str, str]:
    """Return why the parser moves something out of its parent, and the code to write.

    Args:
        tag: The tag of an HTML element, or `#text`.
        parent: Its parent's tag.
        crossed: The bits of its context that its tag forbids.
    """
    call = "…" if tag == "#text" else f"h.{tag}(…)"
    if crossed & IN_P:
        return "its start tag ends the <p> around it", f"h.div({call})  (without the <p>)"
    for bit, name in ((IN_A, "a"), (IN_BUTTON, "button")):
        if crossed & bit:
            return f"its start tag ends the <{name}> around it", f"[h.{name}(…), h.{name}(…)]"
    if crossed & IN_FORM:
        return "the parser drops a form inside of another", f"[{call}, {call}]"
    if parent in _ENEMIES.get(tag, NO_PARENTS):
        return f"its start tag ends the <{parent}>", f"[h.{parent}(…), {call}]"
    if parent == "head":
        return "it ends the <head>: what follows is in the <body>", f"h.body({call})"
    if parent in _CHILDREN and tag not in _PARENTS:
        return "the parser puts it in front of the <table>", f"h.td({call})"
    wanted = min(_PARENTS.get(tag, NO_PARENTS) - {"table"}, default="table")
    return "the parser drops its tag here, or ends the cell around it", f"h.{wanted}({call})"
