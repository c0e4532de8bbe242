"""Which elements the parser puts elsewhere, why, and the code to write instead.

The tables of the rules are in `_nesting.py`.

Source: https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fatmorph.markup._spec_elements import MATHML_ELEMENTS, SVG_BREAKOUT_ELEMENTS, SVG_ELEMENTS
from fatmorph.morph.checks import _nesting as nesting
from fatmorph.morph.checks._nesting import (
    FOREIGN,
    IN_FORM,
    IN_MATHML,
    IN_TEMPLATE,
    NESTING,
    Nesting,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = (
    "CHOOSY",
    "NAMED",
    "ROOTS",
    "misplaced",
    "misplaced_among",
    "misplaced_child",
    "misplaced_text",
    "rule",
)

ROOTS: Final = frozenset({"#document", "#document-fragment"})
FRAGMENTS: Final = ROOTS | {"template"}  # their content may begin with anything
CHOOSY: Final = frozenset(
    {*FRAGMENTS, "form", "html", *(tag for tag in NESTING if NESTING[tag].children is not None)}
)
"""Parents that do not take all children, or not all next to each other."""

# HTML elements that no parser makes of their own start tags.
_UNREADABLE = {
    "image": ("the parser reads its start tag as <img>", "h.img(…)"),
    "plaintext": ("it has no end: the rest of the page becomes its text", "h.pre(…)"),
}
NAMED: Final = frozenset({*NESTING, *_UNREADABLE, *SVG_ELEMENTS, *MATHML_ELEMENTS})
"""The tags that `misplaced()` may report outside of SVG and MathML."""

_FONT_ATTRIBUTES = ("color", "face", "size")
_AROUND = (
    (nesting.IN_A, "a"),
    (nesting.IN_BUTTON, "button"),
    (nesting.IN_LI, "li"),
    (nesting.IN_NOBR, "nobr"),
    (nesting.IN_SELECT, "select"),
)
_PARTS = frozenset(NESTING["table"].children or ()) - {
    *("form", "input", "script", "style", "template", "#comment"),
}
# First part of a table in a fragment → the parts that stay next to it.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intemplate
_TOGETHER = {
    **dict.fromkeys(
        ("caption", "colgroup", "tbody", "tfoot", "thead"),
        frozenset({"caption", "colgroup", "tbody", "tfoot", "thead"}),
    ),
    "tr": frozenset({"tr"}),
    **dict.fromkeys(("td", "th"), frozenset({"td", "th"})),
    "col": frozenset({"col"}),
}


def rule(tag: str, parent: str) -> Nesting | None:
    """Return the requirements of an HTML element in its parent."""
    is_ended = tag == "form" and parent in nesting.TABLE_PARENTS
    return nesting.EMPTY if is_ended else NESTING.get(tag)


def misplaced(
    tag: str, namespace: str | None, attributes: Mapping[str, object], parent: str, flags: int
) -> tuple[str, str] | None:
    """Return why the parser does not put an element into its parent, and the code to write.

    Args:
        tag: The element's tag.
        namespace: Its namespace; None if it is not known.
        attributes: Its attributes.
        parent: Its parent's tag.
        flags: Its context.
    """
    if flags & FOREIGN:
        return _misplaced_in_foreign(tag, namespace, attributes, parent, flags)
    if namespace not in ("html", None) and tag not in ("svg", "math"):
        if parent in ROOTS:
            return None
        root = "svg.svg" if namespace == "svg" else "mathml.math"
        reason = f"outside of <{root.partition('.')[2]}> it becomes an element of HTML"
        return reason, f"{root}({namespace}.{_name(tag)}(…))"
    if tag in _UNREADABLE:
        return _UNREADABLE[tag]
    found = NESTING.get(tag)
    if found is None:
        return None
    crossed = flags & found.forbidden
    if flags & IN_TEMPLATE:
        crossed &= ~IN_FORM  # there, forms are dropped in parts of tables only
    context, enemies = found.enemies_within
    is_ending = parent in found.enemies or bool(flags & context and parent in enemies)
    is_free = parent in ROOTS or (parent == "template" and tag in _PARTS)
    is_alone = found.parents is not None and parent not in found.parents and not is_free
    is_alone |= bool(tag == "form" and flags & IN_TEMPLATE and parent in nesting.TABLE_PARENTS)
    if crossed or is_ending or is_alone:
        return _reason(tag, parent, crossed, is_ending=is_ending)
    return None


def misplaced_child(
    tag: str, attributes: Mapping[str, object], parent: str, allowed: frozenset[str]
) -> tuple[str, str] | None:
    """Return why a child does not stay in a parent that takes certain children only."""
    if tag == "input" and parent in nesting.TABLE_PARENTS:
        is_misplaced = str(attributes.get("type")).lower() != "hidden"
    else:
        is_misplaced = tag not in allowed
    return _reason(tag, parent, 0) if is_misplaced else None


def misplaced_text(parent: str) -> tuple[str, str]:
    """Return why text does not stay in a parent that takes certain children only."""
    return _reason("#text", parent, 0)


def misplaced_among(tags: Iterable[str], parent: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the index of each child that does not stay among its siblings, and why.

    Args:
        tags: The children of `<html>` or of a fragment.
        parent: The parent's tag.
    """
    if parent == "html":
        yield from _misplaced_in_html(tags)
    elif parent in FRAGMENTS:
        yield from _misplaced_in_fragment(tags)


def _misplaced_in_foreign(
    tag: str, namespace: str | None, attributes: Mapping[str, object], parent: str, flags: int
) -> tuple[str, str] | None:
    root, own = ("math", "mathml") if flags & IN_MATHML else ("svg", "svg")
    home = "mathml.mtext" if flags & IN_MATHML else "svg.foreignObject"
    has_left = tag == "font" and any(name in attributes for name in _FONT_ATTRIBUTES)
    if has_left or tag in SVG_BREAKOUT_ELEMENTS:
        return f"its start tag ends the <{root}> around it", f"{home}(h.{tag}(…))"
    if tag == "#comment" or namespace in (own, None):
        return None
    if tag == "svg" and parent == "annotation-xml":
        return None
    standard = "SVG" if own == "svg" else "MathML"
    if tag in (SVG_ELEMENTS if own == "svg" else MATHML_ELEMENTS):
        return f"in <{root}> it becomes the element of {standard}", f"{own}.{_name(tag)}(…)"
    reason = f"in <{root}> it becomes an unknown element of {standard}, which does nothing"
    return reason, f"{home}({_call(tag, namespace)})"


def _misplaced_in_html(tags: Iterable[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    has_head = has_body = has_content = False
    for index, tag in enumerate(tags):
        if tag == "#comment":
            continue
        if has_body:
            yield index, ("it follows the <body>, so the parser puts it there", "h.body(…)")
        elif tag == "head":
            if has_head or has_content:
                yield index, ("the <head> comes first, and once", "h.html(h.head(…), h.body(…))")
            has_head = True
        elif tag in ("body", "frameset"):
            if has_content:
                yield index, ("the content before it begins the <body>", "h.html(h.body(…))")
            has_body = True
        elif tag not in nesting.METADATA | {"noscript"}:
            has_content = True
        elif has_head and not has_content and tag != "noscript":
            yield index, ("the parser puts it into the <head>", f"h.head(h.{tag}(…))")


def _misplaced_in_fragment(tags: Iterable[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    first = None
    for index, tag in enumerate(tags):
        if first == "col":
            is_lost = tag not in ("col", "template", "#comment")
        elif tag in ("html", "head", "body", "#comment", *nesting.METADATA):
            continue
        else:
            first = first or tag
            is_lost = tag in _PARTS and tag not in _TOGETHER.get(first, ())
            is_lost |= tag in ("form", "table") and first in _TOGETHER
        if is_lost:
            yield index, (f"next to <{first}>, the parser drops its tag", "h.table(…)")


def _reason(tag: str, parent: str, crossed: int, *, is_ending: bool = False) -> tuple[str, str]:
    call = "…" if tag == "#text" else f"h.{tag}(…)"
    if crossed & nesting.IN_P:
        return "its start tag ends the <p> around it", f"h.div({call})  (without the <p>)"
    for bit, name in _AROUND:
        if crossed & bit:
            return f"its start tag ends the <{name}> around it", f"[h.{name}(…), {call}]"
    if crossed & nesting.IN_DD:
        return "its start tag ends the <dt> or <dd> around it", f"[h.dt(…), {call}]"
    if crossed & IN_FORM:
        return "the parser drops a form inside of another", f"[{call}, {call}]"
    if is_ending:
        return f"its start tag ends the <{parent}>", f"[h.{parent}(…), {call}]"
    return _reason_in_parent(tag, parent, call)


def _reason_in_parent(tag: str, parent: str, call: str) -> tuple[str, str]:
    allowed = NESTING[parent].children if parent in NESTING else None
    if parent == "head":
        return "it ends the <head>: what follows is in the <body>", f"h.body({call})"
    if parent == "form":
        return "the parser ends a <form> in a <table> at once", "h.form(h.table(…))"
    if parent in ("colgroup", "frameset"):
        return f"the parser ends the <{parent}> before it, or drops it", f"[h.{parent}(…), {call}]"
    if allowed == nesting.NONE:
        return f"the parser ends a <{parent}> at once", f"[h.{parent}(), {call}]"
    if parent in nesting.TABLE_PARENTS and tag not in _PARTS:
        return "the parser puts it in front of the <table>", f"h.td({call})"
    if tag in ("html", "head", "body", "frameset"):
        return "the parser drops its tag here", "h.html(h.head(…), h.body(…))"
    wanted = "tr" if tag in ("td", "th") else "tbody" if tag == "tr" else "table"
    return "the parser drops its tag here, or ends the cell around it", f"h.{wanted}({call})"


def _call(tag: str, namespace: str | None) -> str:
    prefix = {"svg": "svg", "mathml": "mathml"}.get(namespace or "", "h")
    return f"{prefix}.{_name(tag)}(…)"


def _name(tag: str) -> str:
    return tag.replace("-", "_")
