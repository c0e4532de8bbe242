"""One tab of a browser in memory: its document, its signals, and what its user has done.

Sources: https://dom.spec.whatwg.org/ and https://html.spec.whatwg.org/multipage/interaction.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

from fatmorph.markup.parse import parse_document
from fatmorph.morph._matching.document import Document
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.simulation._patch import Patch
from fatmorph.morph.simulation._selectors import select
from fatmorph.morph.simulation._serializer import outer_html
from fatmorph.testing._browser.attributes import Attribute, is_ignored, read_name
from fatmorph.testing._browser.fields import Fields, is_disabled
from fatmorph.testing._browser.history import History
from fatmorph.testing._browser.shown import is_hidden
from fatmorph.testing._signals import Signals

__all__ = ("Skipped", "Tab", "path_of")

# As they are in a URL; a browser encodes all others.
URL_CHARACTERS = "!#$%&'()*+,/:;=?@[\\]^`{|}~"
FOCUSABLE = frozenset({"button", "input", "select", "summary", "textarea"})


@dataclass(frozen=True)
class Skipped:
    """JavaScript that a page in memory does not run.

    Args:
        element: The path of its element.
        attribute: The attribute, or `script`.
        reason: The first part that is not understood.
    """

    element: str
    attribute: str
    reason: str

    def __str__(self) -> str:
        return f"{self.element}, {self.attribute}: cannot run {self.reason} without a browser"


class Tab:
    """A loaded page.

    Args:
        html: The page, as the server has sent it.
        url: Its address.
        history: The addresses before and after it.
    """

    def __init__(self, html: str, url: str, history: History | None = None) -> None:
        self.url = url
        self.history = history or History()
        self.takes_over = False
        """Whether the next page that is loaded takes over the entry of this one in the history."""
        self.document = Document(Node.of(parse_document(html)))
        self.patch = Patch(self.document)
        self.signals = Signals()
        self.fields = Fields()
        self.focused: Node | None = None
        self.opened: set[Node] = set()
        """The `<details>` and `<dialog>` elements that the user has opened."""
        self._modals: list[Node] = []
        self.return_values: dict[Node, str] = {}
        """The `returnValue` of each dialog."""
        self.scrolled: dict[Node, float] = {}
        """How far the user has scrolled each element."""
        self.skipped: dict[Skipped, None] = {}
        self._attributes: list[tuple[Node, str, Attribute]] | None = None
        self._focused_before: dict[Node, Node | None] = {}
        self._has_autofocused = False
        self.is_closed = False
        self.is_hidden = False

    @property
    def html(self) -> str:
        """The whole page, as the browser serializes it."""
        root = self.document.html
        return "" if root is None else outer_html(root)

    @property
    def title(self) -> str:
        """The text of `<title>`."""
        title = next(
            (node for node in self.document.root.descendants() if node.name == "title"), None
        )
        return "" if title is None else " ".join(title.text_content().split())

    @property
    def attributes(self) -> list[tuple[Node, str, Attribute]]:
        """The Datastar attributes of the page, in document order."""
        if self._attributes is None:
            self._attributes = [
                (node, name, attribute)
                for node in self.document.root.descendants()
                if node.is_element and not is_ignored(node)
                for name in node.attributes
                if (attribute := read_name(name)) is not None
            ]
        return self._attributes

    @property
    def modal(self) -> Node | None:
        """The open dialog on top, which blocks the rest of the page."""
        shown = (each for each in reversed(self._modals) if "open" in each.attributes)
        return next(filter(self.is_present, shown), None)

    def forget_attributes(self) -> None:
        """Note that the page has other elements or attributes now."""
        self._attributes = None

    def select(self, selector: str) -> list[Node]:
        """Return the elements that a CSS selector matches, in document order."""
        root = self.document.html
        return [] if root is None else select(root, selector)

    def absolute(self, url: str) -> str:
        """Return a URL, relative to the page, without its fragment."""
        return quote(urljoin(self.url, url.strip()).partition("#")[0], safe=URL_CHARACTERS)

    def show_address(self, url: str, state: Any = None, *, is_new: bool) -> None:  # Any: JavaScript
        """Change the address without loading it, in a new entry of the history or in this one."""
        self.url = self.absolute(url)
        self.history.show(self.url, state, is_new=is_new)

    def is_present(self, node: Node) -> bool:
        """Return whether a node is in the page."""
        return node.root is self.document.root

    def focus(self, node: Node | None) -> None:
        """Move the focus."""
        self.focused = node

    def can_focus(self, node: Node) -> bool:
        """Return whether an element takes the focus when it is clicked."""
        has_index = "tabindex" in node.attributes or "contenteditable" in node.attributes
        is_link = node.name == "a" and "href" in node.attributes
        return node.name in FOCUSABLE or has_index or is_link

    def autofocus(self, added: Iterable[Node]) -> None:
        """Focus the first new element with `autofocus`: once in a page, if nothing has the focus.

        Source: https://html.spec.whatwg.org/multipage/interaction.html#the-autofocus-attribute
        """
        nodes = (node for each in added for node in (each, *each.descendants()))
        chosen = next(filter(self._wants_focus, nodes), None)
        if chosen is None or self._has_autofocused:
            return
        self._has_autofocused = True
        if self.focused is None:
            self.focused = chosen

    def _wants_focus(self, node: Node) -> bool:
        is_ready = self.can_focus(node) and not is_disabled(node) and not is_hidden(node)
        return "autofocus" in node.attributes and is_ready and self.is_present(node)

    def open(
        self, node: Node, *, is_open: bool, is_user: bool = True, is_modal: bool = False
    ) -> None:
        """Open or close a `<details>` or a `<dialog>`."""
        if is_open == ("open" in node.attributes):
            return
        self._modals = [each for each in self._modals if each is not node]
        if is_modal:
            self._modals.append(node)
        self.document.write_attribute(node, "open", "" if is_open else None)
        if is_open and is_user:
            self.opened.add(node)
        else:
            self.opened.discard(node)
        if node.name == "dialog":
            self._move_focus(node, is_open=is_open)

    def _move_focus(self, dialog: Node, *, is_open: bool) -> None:
        """Focus the first control of a dialog, or the element that was focused before."""
        if is_open:
            self._focused_before[dialog] = self.focused
            inside = [each for each in dialog.descendants() if self.can_focus(each)]
            chosen = [each for each in inside if "autofocus" in each.attributes]
            self.focused = next(iter([*chosen, *inside]), self.focused)
        else:
            self.focused = self._focused_before.pop(dialog, None)

    def set_text(self, node: Node, text: str) -> None:
        """Replace the content of an element by a text."""
        if node.text_content() == text and all(child.name == "#text" for child in node.children()):
            return
        for child in list(node.children()):
            self.remove(child)
        if text:
            self.document.insert(node, Node("#text", text=text), None)

    def remove(self, node: Node) -> None:
        """Remove a node from the page."""
        self.document.remove(node)
        if node.is_element:
            self.forget_attributes()

    def set_attribute(self, node: Node, name: str, value: str | None) -> None:
        """Set an attribute, or remove it."""
        if node.attributes.get(name) != value:
            self.document.write_attribute(node, name, value)
            if name.startswith("data-"):
                self.forget_attributes()

    def skip(self, node: Node, attribute: str, reason: object) -> None:
        """Note that an expression was not run."""
        self.skipped[Skipped(path_of(node), attribute, str(reason))] = None


def path_of(node: Node) -> str:
    """Return a readable path of an element, from the nearest id on.

    Example:
        >>> row = Node("li", attributes={"id": "row"})
        >>> field = Node("input")
        >>> row.append(field)
        >>> path_of(field)
        'li#row > input'
    """
    steps: list[str] = []
    current: Node | None = node
    while current is not None and current.name not in ("#document", "#document-fragment"):
        element_id = current.attributes.get("id")
        steps.append(f"{current.name}#{element_id}" if element_id else _step(current))
        current = None if element_id else current.parent
    return " > ".join(reversed(steps))


def _step(node: Node) -> str:
    if node.parent is None:
        return node.name
    same = [each for each in node.parent.children() if each.name == node.name]
    return node.name if len(same) == 1 else f"{node.name}[{same.index(node) + 1}]"
