"""A patch as a value: what `patch_elements()` takes."""

from __future__ import annotations

from dataclasses import dataclass

from fatmorph.markup._element import Element
from fatmorph.types import ElementNamespace, HasHtml, PatchMode

__all__ = ("Patch",)


@dataclass(frozen=True)
class Patch:
    """One event that changes a page.

    Args:
        view: The elements; None if it removes.
        selector: CSS selector of the target; None finds it by the elements' ids.
        mode: What to do with the elements.
        namespace: The namespace in which the client parses them.

    Example:
        >>> from fatmorph import h
        >>> Patch(h.p("1", id="count"))
        Patch(view=<p id="count"> with 1 child, selector=None, mode='outer', namespace='html')
    """

    view: Element | HasHtml | None
    selector: str | None = None
    mode: PatchMode = "outer"
    namespace: ElementNamespace = "html"
