"""Queries: find elements as a user does, by role and name, label or text.

Source: https://testing-library.com/docs/queries/about#priority
"""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from fatmorph.errors import StepError, short_repr, shortened
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.simulation._serializer import outer_html
from fatmorph.testing._browser.names import label_text, labels_of, name_of
from fatmorph.testing._browser.roles import role_of
from fatmorph.testing._browser.shown import is_hidden, is_inert, shown_text
from fatmorph.testing._browser.tab import Tab, path_of
from fatmorph.testing._familiar_names import FAMILIAR_NAMES

__all__ = ("Finder", "Query", "node_of", "outline_of")

MAX_OUTLINE_LINES = 40
MAX_TEXT = 40
# Roles of elements whose content has lines of its own.
CONTAINERS = frozenset(
    {
        "banner",
        "complementary",
        "contentinfo",
        "form",
        "grid",
        "group",
        "list",
        "main",
        "navigation",
    }
    | {"region", "rowgroup", "search", "table"}
)
FIELDS = frozenset({"input", "meter", "output", "progress", "select", "textarea"})
# How similar a text must be to be the one that was meant.
LIKENESS = 0.5


class Finder(ABC):
    """Finds elements of a page, or inside an element."""

    if not TYPE_CHECKING:  # so that type checkers find unknown names

        def __getattr__(self, name: str) -> None:
            """Raise, with the line to write if the name is familiar from another library."""
            known = FAMILIAR_NAMES.get(name)
            hint = "" if known is None else f"; write {known}"
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")

    def get_by_role(self, role: str, *, name: str | None = None, exact: bool = False) -> Query:
        """Return the elements with a role, which need not be there yet.

        Args:
            role: As in ARIA: `button`, `link`, `heading`, `textbox`, `checkbox`, `listitem`.
            name: A part of the accessible name, in any letter case.
            exact: Whether `name` is the whole name, in its letter case.
        """
        wanted = f"role {role!r}" + ("" if name is None else f" and name {name!r}")

        def matches(node: Node) -> bool:
            is_role = role_of(node) == role and not is_hidden(node) and not is_inert(node)
            return is_role and (name is None or _has_text(name_of(node), name, exact=exact))

        return self._query(wanted, matches, (role, name or ""))

    def get_by_label(self, text: str, *, exact: bool = False) -> Query:
        """Return the fields with a label: a `<label>`, or `aria-label`."""

        def matches(node: Node) -> bool:
            return node.name in FIELDS and any(
                _has_text(label, text, exact=exact) for label in _labels(node)
            )

        return self._query(f"label {text!r}", matches, ("", text))

    def get_by_text(self, text: str, *, exact: bool = False) -> Query:
        """Return the innermost elements that show a text."""

        def matches(node: Node) -> bool:
            return not is_hidden(node) and _has_text(shown_text(node), text, exact=exact)

        def is_innermost(node: Node) -> bool:
            return matches(node) and not any(matches(each) for each in _elements(node))

        return self._query(f"text {text!r}", is_innermost, ("", text))

    def get_by_id(self, element_id: str) -> Query:
        """Return the element with an id."""
        return self._query(
            f"id {element_id!r}",
            lambda node: node.attributes.get("id") == element_id,
            ("", element_id),
        )

    def get_by_css(self, selector: str) -> Query:
        """Return the elements that a CSS selector matches."""
        return Query(
            self._page_tab,
            f"selector {selector!r}",
            lambda: self._inside(self._page_tab().select(selector)),
            ("", selector),
        )

    def _query(self, wanted: str, matches: Callable[[Node], bool], near: tuple[str, str]) -> Query:
        def find() -> Iterable[Node]:
            return self._inside(
                each for each in _elements(self._page_tab().document.root) if matches(each)
            )

        return Query(self._page_tab, wanted, find, near)

    @abstractmethod
    def _page_tab(self) -> Tab:
        """Return the page."""

    def _inside(self, nodes: Iterable[Node]) -> list[Node]:
        return list(nodes)


class Query(Finder):
    """Elements that are looked up whenever they are used, so that a patch may change them.

    Args:
        tab: Returns the page.
        wanted: The description of the query, for errors.
        find: Returns the elements.
        near: The role and the text that are looked for, for suggestions.
    """

    def __init__(
        self,
        tab: Callable[[], Tab],
        wanted: str,
        find: Callable[[], Iterable[Node]],
        near: tuple[str, str],
    ) -> None:
        self._tab = tab
        self._wanted = wanted
        self._find = find
        self._near = near

    def __len__(self) -> int:
        """Return how many elements there are now."""
        return len(self.nodes)

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return bool(self.nodes)

    def __iter__(self) -> Iterator[Query]:
        """Yield each of the elements."""
        return iter([self._one(node) for node in self.nodes])

    def __getitem__(self, index: int) -> Query:
        """Return one of the elements, which need not be there yet; from the end, if negative."""

        def find() -> list[Node]:
            return self.nodes[index : index + 1 or None]

        return Query(self._tab, f"{self._wanted} [{index}]", find, self._near)

    def __repr__(self) -> str:
        return f"<{self._wanted}: {', '.join(map(path_of, self.nodes)) or 'none'}>"

    @property
    def nodes(self) -> list[Node]:
        """The elements of the page in memory."""
        return list(self._find())

    @property
    def node(self) -> Node:
        """The only element.

        Raises:
            StepError: There is none, or there are several; the message has an outline of the page.
        """
        nodes = self.nodes
        if len(nodes) == 1:
            return nodes[0]
        raise _count_error(self._tab(), self._wanted, nodes, self._near)

    @property
    def text(self) -> str:
        """The text that it shows, with single spaces."""
        return shown_text(self.node)

    @property
    def value(self) -> str:
        """The text of a field, or the value of the chosen option."""
        return self._tab().fields.value(self.node)

    @property
    def name(self) -> str:
        """The accessible name."""
        return name_of(self.node)

    @property
    def html(self) -> str:
        """The element as HTML."""
        return outer_html(self.node)

    @property
    def attributes(self) -> dict[str, str]:
        """A copy of the attributes."""
        return dict(self.node.attributes)

    @property
    def is_ticked(self) -> bool:
        """Whether a checkbox or a radio button is ticked."""
        return self._tab().fields.is_ticked(self.node)

    @property
    def is_focused(self) -> bool:
        """Whether it has the focus."""
        return self._tab().focused is self.node

    @property
    def is_open(self) -> bool:
        """Whether a `<details>` or a `<dialog>` is open."""
        return "open" in self.node.attributes

    @property
    def is_shown(self) -> bool:
        """Whether it is there and not hidden; CSS is unknown."""
        return any(not is_hidden(node) for node in self.nodes)

    def _one(self, node: Node) -> Query:
        return Query(self._tab, path_of(node), lambda: [node], ("", ""))

    def _page_tab(self) -> Tab:
        return self._tab()

    def _inside(self, nodes: Iterable[Node]) -> list[Node]:
        around = set(self.nodes)
        return [node for node in nodes if not around.isdisjoint(node.ancestors())]


def node_of(target: object) -> Node:
    """Return the element of a step.

    Raises:
        StepError: It is not a query, or not exactly one element.
    """
    if isinstance(target, Query):
        return target.node
    raise StepError(
        f"cannot use {short_repr(target)} as an element",
        where="a step of a page",
        why="a step takes a query of its page",
        fix=f"page.get_by_css({target!r})" if isinstance(target, str) else "page.get_by_id(…)",
    )


def outline_of(tab: Tab) -> str:
    """Return the roles, names and ids of a page, one element per line."""
    lines: list[str] = []
    for node in _elements(tab.document.root):
        role = role_of(node)
        if role and role != "presentation" and not is_hidden(node):
            depth = sum(1 for each in node.ancestors() if role_of(each))
            lines.append("  " * depth + _line(node, role))
    rest = len(lines) - MAX_OUTLINE_LINES
    return "\n".join([*lines[:MAX_OUTLINE_LINES], *([f"… and {rest} more"] if rest > 0 else [])])


def _line(node: Node, role: str) -> str:
    text = "" if role in CONTAINERS else shortened(shown_text(node), MAX_TEXT)
    name, element_id = name_of(node) or text, node.attributes.get("id")
    return " ".join(filter(None, [role, name and repr(name), element_id and f"#{element_id}"]))


def _elements(root: Node) -> Iterator[Node]:
    return (node for node in root.descendants() if node.is_element)


def _labels(node: Node) -> list[str]:
    given = node.attributes.get("aria-label", "")
    named = name_of(node) if "aria-labelledby" in node.attributes else ""
    return [
        each
        for each in (given, named, *(label_text(label, node) for label in labels_of(node)))
        if each
    ]


def _has_text(text: str, wanted: str, *, exact: bool) -> bool:
    text, wanted = " ".join(text.split()), " ".join(wanted.split())
    return text == wanted if exact else wanted.casefold() in text.casefold()


def _count_error(tab: Tab, wanted: str, nodes: list[Node], near: tuple[str, str]) -> StepError:
    if nodes:
        error = StepError(
            f"there are {len(nodes)} elements with {wanted}",
            where=", ".join(map(path_of, nodes[:5])),
            why="a step needs exactly one",
            fix='exact=True, or page.get_by_id("list").get_by_role(…)',
        )
    else:
        error = StepError(
            f"there is no element with {wanted}",
            where=tab.title or tab.url,
            why="the page has other elements; see its outline below",
            fix=_nearest(tab, near) or "await page.settled()  (if it is still to come)",
        )
    error.add_note(outline_of(tab))
    return error


def _nearest(tab: Tab, near: tuple[str, str]) -> str:
    role, text = near
    shown = {
        (role_of(node), name): node
        for node in _elements(tab.document.root)
        if not is_hidden(node) and role_of(node) and (name := name_of(node) or shown_text(node))
    }
    names = {name.casefold(): (each, name) for each, name in shown}
    close = difflib.get_close_matches(text.casefold(), names, 1, LIKENESS) if text else []
    if not close:
        close = [key for key, (each, _) in names.items() if each == role][:1]
    if not close:
        return ""
    found_role, name = names[close[0]]
    return f"get_by_role({found_role!r}, name={name[:60]!r})"
