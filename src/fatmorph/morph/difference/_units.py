"""The parts of a page that are sent by themselves: regions, and changes of a list.

A region is an element with an id, which is morphed. A change of a list inserts or removes elements
that have ids, next to others that stay. Both know the region around them, which is sent instead if
they turn out to be unsafe.
"""

from __future__ import annotations

from collections.abc import Iterator

from fatmorph.markup._element import Element
from fatmorph.morph.difference._content import Content, Context, content_of

__all__ = ("Ignored", "Insertion", "ListChange", "Region", "Unit")


class Unit:
    """A part of a page before and after a change.

    Args:
        outer: The region around it; None for the whole page.
        context: Where its elements are.
    """

    __slots__ = ("_after", "_before", "context", "is_sent", "outer")

    def __init__(self, outer: Region | None, context: Context) -> None:
        self.outer = outer
        self.context = context
        self.is_sent = False
        """Whether it has changed."""
        self._before: Content | None = None
        self._after: Content | None = None

    @property
    def is_covered(self) -> bool:
        """Whether a region around it is sent."""
        region = self.outer
        while region is not None:
            if region.is_sent:
                return True
            region = region.outer
        return False

    @property
    def before(self) -> Content:
        """The content before the change."""
        if self._before is None:
            self._before = _content(self._old(), self.context)
        return self._before

    @property
    def after(self) -> Content:
        """The content after the change."""
        if self._after is None:
            self._after = _content(self._new(), self.context)
        return self._after

    def give_up(self) -> None:
        """Send the region around it instead."""
        self.is_sent = False
        if self.outer is not None:
            self.outer.is_sent = True

    def _old(self) -> list[Element]:
        raise NotImplementedError

    def _new(self) -> list[Element]:
        raise NotImplementedError


class Region(Unit):
    """An element that is morphed.

    Args:
        old: The element before the change.
        new: The element after it, of the same name and id.
        outer: The region around it; None for the whole page.
        context: Where it is.
    """

    __slots__ = ("new", "old")

    def __init__(self, old: Element, new: Element, outer: Region | None, context: Context) -> None:
        super().__init__(outer, context)
        self.old = old
        self.new = new

    def _old(self) -> list[Element]:
        return [self.old]

    def _new(self) -> list[Element]:
        return [self.new]


class Ignored(Unit):
    """An element that the client does not change, although it has changed on the server.

    Args:
        new: The element after the change.
        outer: The region that it is, or is in.
        context: Where it is.
    """

    __slots__ = ("new",)

    def __init__(self, new: Element, outer: Region, context: Context) -> None:
        super().__init__(outer, context)
        self.new = new

    def _new(self) -> list[Element]:
        return [self.new]


class Insertion:
    """A new element of a list, and its neighbours that are in the browser by then.

    Args:
        element: The new element.
        before: The next element that stays; None if none follows.
        after: The element before it, if none follows; None in an empty list.
    """

    __slots__ = ("after", "before", "element")

    def __init__(self, element: Element, before: Element | None, after: Element | None) -> None:
        self.element = element
        self.before = before
        self.after = after


class ListChange(Unit):
    """Elements that are removed from a list, and inserted into it.

    Args:
        parent: The list, after the change.
        removed: The elements that are no longer in it.
        inserted: The new elements, in the order in which they are inserted.
        outer: The region that the list is, or is in.
        context: Where the elements are.
    """

    __slots__ = ("inserted", "parent", "removed")

    def __init__(
        self,
        parent: Element,
        removed: list[Element],
        inserted: list[Insertion],
        outer: Region,
        context: Context,
    ) -> None:
        super().__init__(outer, context)
        self.parent = parent
        self.removed = removed
        self.inserted = inserted
        self.is_sent = True

    @property
    def is_covered(self) -> bool:
        """Whether the region that it is in, or one around that, is sent."""
        return self.outer is not None and (self.outer.is_sent or self.outer.is_covered)

    def _old(self) -> list[Element]:
        return self.removed

    def _new(self) -> list[Element]:
        return [insertion.element for insertion in self.inserted]


def _content(elements: list[Element], context: Context) -> Content:
    content = Content()
    for part in _contents(elements, context):
        content.ids += part.ids
        content.is_pinned |= part.is_pinned
        content.blocks |= part.blocks
    return content


def _contents(elements: list[Element], context: Context) -> Iterator[Content]:
    return (content_of(element, context) for element in elements)
