"""Findings about thin patches that are larger than they need to be.

They are separate from those of `check()`, because pages that are sent whole need not follow them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from keyword import iskeyword

from fatmorph.errors import short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._render import made_at, render_bytes
from fatmorph.markup.path import child_steps
from fatmorph.morph.difference._comparison import can_be_region, partners
from fatmorph.morph.difference._content import (
    BLOCKING,
    IGNORE,
    PINNED,
    TOP,
    Context,
    content_of,
    inside,
)
from fatmorph.morph.difference._differ import difference, is_page, is_worth, shown_page
from fatmorph.morph.finding import Finding
from fatmorph.types import HasHtml

__all__ = ("check_thin",)

# A part that is this many times as large as the change in it is worth an id.
LARGE_FACTOR = 4
# In the browser, ids on every cell of a table of so many rows take longer than a frame.
MANY_ROWS = 200


def check_thin(before: Element | HasHtml, after: Element | HasHtml) -> tuple[Finding, ...]:
    """Return what makes the thin patches of a change larger than they need to be.

    Args:
        before: The page that the browser shows, from `<html>` on.
        after: The page that it shows next.

    Returns:
        The findings; empty if the patches are small, or if one of the pages is not a whole page.

    Raises:
        ChildError: A page cannot be rendered.

    Example:
        >>> from fatmorph import h
        >>> def page(count):
        ...     return h.html(h.body(h.main(h.p("unchanged " * 9), h.p(h.b(count)), id="main")))
        >>> [finding.path for finding in check_thin(page(1), page(2))]
        ['body > main#main > p[2] > b']
    """
    if not is_page(before) or not is_page(after):
        return ()
    for page in (before, after):
        if shown_page(page, 0).ids is None:
            return tuple(_unsafe(page))
    return (*_large_change(before, after), *_ids_in_rows(after))


def _walk(page: Element) -> Iterator[tuple[Element, Context, str, bool]]:
    """Yield the elements, where they are, their paths, and whether a morph ignores them."""
    pending: list[tuple[Element, Context, str, bool]] = [(page, TOP, "", False)]
    while pending:
        element, context, path, is_ignored = pending.pop()
        yield element, context, path, is_ignored
        below = inside(element, context)
        is_ignored = is_ignored or IGNORE in element.attributes
        pending += [
            (child, below, f"{path} > {step}" if path else step, is_ignored)
            for child, step in reversed(child_steps(element))
        ]


def _unsafe(page: Element) -> Iterator[Finding]:
    """Yield the first reason why nothing can be proven about a page."""
    seen: set[str] = set()
    for element, context, path, is_ignored in _walk(page):
        children = {id(child) for child in element.children if isinstance(child, Element)}
        is_duplicate = bool(element.id) and element.id in seen
        is_hidden = is_ignored and element.id is not None
        if not (content_of(element, context, children).blocks or is_duplicate or is_hidden):
            seen.add(element.id or "")
            continue
        if is_duplicate:
            reason, fix = f"the id {short_repr(element.id)} occurs twice", 'id=dom_id("row", 7)'
        elif is_hidden:
            reason = f"it has an id inside of an element with {IGNORE}"
            fix = f"{_code(element)}(…)  (without an id)"
        elif any(type(child) is not str and isinstance(child, str) for child in element.children):
            reason, fix = "it holds trusted HTML, which is not read", 'h.b("text")  (elements)'
        elif element.tag in BLOCKING:
            reason, fix = f"a parser reads <{element.tag}> in a way of its own", "h.div(…)"
        else:
            reason = "a parser may read it differently, or an attribute hides its id"
            fix = "check(page)  (it says where elements belong)"
        yield Finding(
            "warning",
            "page-not-thin",
            path,
            f"<{element.tag}> makes every page whole",
            reason,
            fix,
            made_at(element),
        )
        return


def _large_change(before: Element, after: Element) -> Iterator[Finding]:
    """Yield the element that has changed, if much more than it is sent."""
    old, new, context = before, after, TOP
    changed = None
    # The innermost element that contains the change; the loop ends where it is in two places.
    while (pairs := partners(old, new)) is not None and len(pairs) == 1:
        context = inside(new, context)
        ((old, new),) = pairs
        if can_be_region(old, new, context):
            changed = new
    if changed is None or changed.id is not None or new.tag in PINNED:
        return
    found = difference(shown_page(before, len(render_bytes(before))), after)
    sent = sum(len(render_bytes(each.view)) for each in found.patches if each.view is not None)
    if not is_worth(sent, found):
        sent = len(render_bytes(after))
    needed = len(render_bytes(changed))
    if sent > LARGE_FACTOR * needed:
        path = next(path for element, _, path, _ in _walk(after) if element is changed)
        yield Finding(
            "warning",
            "change-without-id",
            path,
            f"a change of <{changed.tag}> sends {sent:,} bytes",
            f"with an id it would be {needed:,}: the nearest element with one is sent",
            f'{_code(changed)}({{"id": "{changed.tag}"}}, …)',
            made_at(changed),
        )


def _ids_in_rows(page: Element) -> Iterator[Finding]:
    """Yield the first long list whose rows have ids inside them, too."""
    for element, _, path, _ in _walk(page):
        rows = [child for child in element.children if isinstance(child, Element) and child.id]
        if len(rows) < MANY_ROWS:
            continue
        cells = Counter(
            _code(cell)
            for row in rows
            for cell in row.children
            if isinstance(cell, Element) and cell.id
        )
        if cells.total() >= 2 * len(rows):
            code = cells.most_common(1)[0][0]
            yield Finding(
                "warning",
                "ids-in-rows",
                path,
                f"the rows of <{element.tag}> have ids, and so have {cells.total():,} parts",
                "every id costs the browser time at every patch; the id of the row finds it",
                f"{code}(…)  (without an id)",
                made_at(element),
            )
            return


def _code(element: Element) -> str:
    """Return the tag of an element as code."""
    tag = element.tag
    if element.namespace != "html":
        return f"{element.namespace}.{tag.replace('-', '_')}"
    return f'element("{tag}")' if "-" in tag else f"h.{tag}{'_' if iskeyword(tag) else ''}"
