"""The parts of a page that are sent by themselves: regions, and changes of a list.

A region is an element with an id, which is morphed. A change of a list inserts or removes elements
that have ids, next to others that stay. Both know the region around them, which is sent instead if
they turn out to be unsafe.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from fatmorph.markup._element import Element
from fatmorph.morph.difference._content import IGNORE, Content, Context, content_of

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

    def _content(self, elements: list[Element]) -> Content:
        content = Content()
        for element in elements:
            content.add(content_of(element, self.context))
        return content

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
            self._before = self._content(self._old())
        return self._before

    @property
    def after(self) -> Content:
        """The content after the change."""
        if self._after is None:
            self._after = self._content(self._new())
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
        has_pinned: Whether children that have only moved may be pinned, so that all are looked at.
    """

    __slots__ = ("_has_pinned", "_moved", "new", "old")

    def __init__(
        self,
        old: Element,
        new: Element,
        outer: Region | None,
        context: Context,
        *,
        has_pinned: bool,
    ) -> None:
        super().__init__(outer, context)
        self.old = old
        self.new = new
        self._has_pinned = has_pinned
        self._moved: AbstractSet[int] | None = None

    def _content(self, elements: list[Element]) -> Content:
        # hot: thousands of rows that were sorted are the same objects, with the same ids.
        if self._moved is None:
            self._moved = frozenset() if self._has_pinned else _moved_children(self.old, self.new)
        (element,) = elements
        return content_of(element, self.context, self._moved)

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


def _moved_children(old: Element, new: Element) -> AbstractSet[int]:
    """Return the addresses of the children that both have, if none occurs twice."""
    if (IGNORE in old.attributes) != (IGNORE in new.attributes):
        return frozenset()
    before = [id(each) for each in old.children if not isinstance(each, str)]
    after = [id(each) for each in new.children if not isinstance(each, str)]
    olds, news = set(before), set(after)
    if len(olds) < len(before) or len(news) < len(after):
        return frozenset()
    return olds & news
