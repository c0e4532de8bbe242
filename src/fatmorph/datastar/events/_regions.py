"""Regions: the parts of a page that have an id, so that one of them can be sent by itself.

The client finds an element's place by its id, so a region needs no selector, and a function that
returns the page is enough to send a part of it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from fatmorph.errors import EventError, short_repr
from fatmorph.markup._element import Element, fragment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fatmorph.types import ElementNamespace

__all__ = ("region",)

# These elements begin their namespace, so they can be parsed as HTML.
FOREIGN_ROOTS = frozenset({"svg", "math"})
MAX_NAMES_SHOWN = 5


def region(view: object, only: str | Iterable[str]) -> tuple[Element, ElementNamespace]:
    """Return the elements of a view that have these ids, and their namespace.

    Args:
        view: A full page, or any elements; HTML in a `Markup` is not searched.
        only: `#cart`, or several; a duplicate id finds the first element, as in the browser.

    Returns:
        The element, or a fragment of several elements without those inside another one; and
        their namespace.

    Raises:
        EventError: An unknown id, or several elements of SVG or MathML, of which the client
            drops every second one.

    Example:
        >>> from fatmorph import h
        >>> region(h.body(h.p("1", id="cart"), h.p("2", id="news")), "#cart")
        (<p id="cart"> with 1 child, 'html')
    """
    wanted = (only,) if isinstance(only, str) else tuple(only)
    if not wanted or not all(name[:1] == "#" and name[1:] for name in wanted):
        raise EventError(
            f"cannot find a region by only={short_repr(only)}",
            where="only",
            why="a region is an id with a # before it, or several of them",
            fix=f'only="#{_bare(wanted)}"',
        )
    found, missing = _find(view, [name[1:] for name in wanted])
    if missing:
        raise _missing_error(view, missing)
    spaces: list[ElementNamespace] = [
        "html" if element.tag in FOREIGN_ROOTS else element.namespace for element in found
    ]
    if len(found) == 1:
        return found[0], spaces[0]
    if set(spaces) != {"html"}:
        raise EventError(
            f"cannot send several regions of {max(spaces)} in one event",
            where=f"only={short_repr(only)}",
            why="the client drops every second element of another namespace than HTML",
            fix="; ".join(f'w.patch(page, only="#{element.id}")' for element in found),
        )
    return fragment(*found), "html"


def _find(view: object, ids: list[str]) -> tuple[list[Element], list[str]]:
    """Return the outermost elements with these ids, in document order, and the ids without."""
    missing = dict.fromkeys(ids)
    found: list[Element] = []
    pending = [(view, False)]
    while pending and missing:
        node, is_inside = pending.pop()
        if not isinstance(node, Element):
            continue
        if node.id in missing:
            del missing[node.id]
            if not is_inside:
                found.append(node)
            is_inside = True
        pending.extend((child, is_inside) for child in reversed(node.children))
    return found, list(missing)


def _missing_error(view: object, missing: list[str]) -> EventError:
    ids = _ids(view)
    near = get_close_matches(missing[0], ids, n=MAX_NAMES_SHOWN)
    shown = ", ".join(f"#{name}" for name in (near or ids)[:MAX_NAMES_SHOWN])
    why = f"the closest ids of the view are {shown}" if near else f"the view has the ids {shown}"
    return EventError(
        f"cannot find the region #{missing[0]}",
        where="only",
        why=why if ids else "no element of the view has an id, and HTML in a Markup is not read",
        fix=f'only="#{near[0]}"' if near else f'h.div({{"id": "{missing[0]}"}}, …)',
    )


def _ids(view: object) -> list[str]:
    ids: dict[str, None] = {}
    pending = [view]
    while pending:
        node = pending.pop()
        if isinstance(node, Element):
            if node.id:
                ids[node.id] = None
            pending.extend(reversed(node.children))
    return list(ids)


def _bare(wanted: tuple[str, ...]) -> str:
    return wanted[0].lstrip("#.") if wanted and wanted[0].lstrip("#.") else "cart"
