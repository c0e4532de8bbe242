"""The chosen option of each `<select>` that shows a copy of it, in `<selectedcontent>`.

A browser copies the option when another is chosen, not when its content changes.

Source: https://html.spec.whatwg.org/multipage/form-elements.html#the-selectedcontent-element
"""

from __future__ import annotations

from collections.abc import Iterator

from fatmorph.morph._matching.nodes import Node

__all__ = ("ChosenOptions",)

COPY = "selectedcontent"


class ChosenOptions:
    """The choices in a document, and the selects that have to show another one.

    Args:
        root: The node with the name `#document`.
    """

    def __init__(self, root: Node) -> None:
        self._chosen: dict[Node, Node | None] = {}
        self._absent: set[Node] = set()
        """The options that were moved out of their selects while they were chosen."""
        for copy in _named(root, COPY):
            self._note(copy)

    def copies(self, select: Node) -> Iterator[tuple[Node, list[Node]]]:
        """Yield each element that shows the choice of a select, with new nodes for it."""
        option = self._chosen[select]
        for copy in list(_named(select, COPY)):
            yield copy, [] if option is None else [child.clone() for child in option.children()]

    def inserted(self, child: Node, *, is_new: bool) -> list[Node]:
        """Return the selects whose choice is to be shown after a node was inserted."""
        selects = [self._note(copy) for copy in _named(child, COPY)]
        for option in _named(child, "option") if self._chosen else ():
            select = _select_of(option)
            if select not in self._chosen:
                continue
            is_default = self._chosen[select] is None and "disabled" not in option.attributes
            is_selected = is_new and "selected" in option.attributes
            if is_default or is_selected or option in self._absent:
                self._absent.discard(option)
                self._chosen[select] = option
                selects.append(select)
        return [select for select in selects if select is not None]

    def inside(self, node: Node) -> list[Node]:
        """Return the selects in a node whose choice is shown."""
        selects = _named(node, "select") if self._chosen else ()
        return [each for each in selects if each in self._chosen]

    def removed(self, child: Node, parent: Node) -> list[Node]:
        """Return the selects whose choice is to be shown after a node was removed."""
        select = _select_of(child, parent) if self._chosen else None
        option = self._chosen.get(select) if select is not None else None
        if select is None or option is None or option not in _named(child, "option"):
            return []
        self._absent.add(option)
        self._chosen[select] = _first(select)
        return [select]

    def written(self, option: Node, *, is_selected: bool) -> list[Node]:
        """Return the selects whose choice is to be shown after `selected` was written."""
        select = _select_of(option) if option.name == "option" else None
        if select not in self._chosen:
            return []
        if is_selected == (self._chosen[select] is option):
            return []
        self._chosen[select] = option if is_selected else _first(select)
        return [select]

    def _note(self, copy: Node) -> Node | None:
        select = _select_of(copy)
        if select is None or "multiple" in select.attributes:
            return None
        if select not in self._chosen:
            selected = [
                option for option in _named(select, "option") if "selected" in option.attributes
            ]
            self._chosen[select] = selected[-1] if selected else _first(select)
        return select


def _named(root: Node, name: str) -> Iterator[Node]:
    return (node for node in (root, *root.descendants()) if node.name == name)


def _select_of(node: Node, parent: Node | None = None) -> Node | None:
    around = node.ancestors() if parent is None else (parent, *parent.ancestors())
    return next((each for each in around if each.name == "select"), None)


def _first(select: Node) -> Node | None:
    options = _named(select, "option")
    return next((option for option in options if "disabled" not in option.attributes), None)
