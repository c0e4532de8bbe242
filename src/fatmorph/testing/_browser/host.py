"""The browser's objects that expressions use: elements, events, the document, the location.

Only what needs no layout and no clock of the browser; anything else raises `NotUnderstoodError`.

Source: https://dom.spec.whatwg.org/
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.fields import form_of, is_disabled, kind_of
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._expressions.methods import HostObject
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import is_true, text_of

__all__ = ("HostElement", "HostEvent", "HostWorld")

# Attributes that a property of the same name reflects as text, and as a boolean.
TEXT_ATTRIBUTES = MappingProxyType(
    {"className": "class", "href": "href", "htmlFor": "for", "id": "id", "lang": "lang"}
    | {"name": "name", "placeholder": "placeholder", "role": "role", "src": "src", "title": "title"}
)
FLAGS = MappingProxyType(
    {"disabled": "disabled", "hidden": "hidden", "open": "open", "required": "required"}
    | {"readOnly": "readonly", "multiple": "multiple"}
)
UPPER = re.compile("[A-Z]")
# Methods without an effect in a page without layout.
QUIET = frozenset({"scrollIntoView", "scrollTo", "select", "setSelectionRange", "animate"})


# Any, everywhere below: values of JavaScript.
class HostElement(HostObject):
    """An element, as expressions see it.

    Args:
        node: The element.
        world: Knows the object of each element.
    """

    def __init__(self, node: Node, world: HostWorld) -> None:
        self.node = node
        self._world = world
        self._tab = world.tab

    def read(self, name: str) -> Any:
        """Return a property or a method."""
        if name in READERS:
            return READERS[name](self)
        if name in TEXT_ATTRIBUTES:
            return self.node.attributes.get(TEXT_ATTRIBUTES[name], "")
        if name in FLAGS:
            return FLAGS[name] in self.node.attributes
        if name in METHODS:
            method = METHODS[name]
            return lambda *arguments: method(self, *arguments)
        if name in QUIET:
            return lambda *_: None
        return super().read(name)

    def write(self, name: str, value: Any) -> None:
        """Set a property."""
        if name == "value":
            self._tab.fields.set_value(self.node, text_of(value))
        elif name == "checked":
            self._tab.fields.tick(self.node, is_ticked=is_true(value))
        elif name in ("textContent", "innerText"):
            self._tab.set_text(self.node, "" if value is None else text_of(value))
        elif name == "open":
            self._tab.open(self.node, is_open=is_true(value))
        elif name == "scrollTop":
            self._tab.scrolled[self.node] = value
        elif name in FLAGS:
            self._tab.set_attribute(self.node, FLAGS[name], "" if is_true(value) else None)
        elif name in TEXT_ATTRIBUTES:
            self._tab.set_attribute(self.node, TEXT_ATTRIBUTES[name], text_of(value))
        else:
            super().write(name, value)

    def of(self, node: Node | None) -> Any:
        """Return the object of another element."""
        return self._world.element(node)

    def select(self, selector: str, nodes: Callable[[Node], bool]) -> list[Any]:
        """Return the objects of the elements that match a selector and a condition."""
        return [self.of(each) for each in self._tab.select(selector) if nodes(each)]

    def matches(self, selector: str, node: Node) -> bool:
        """Return whether an element matches a selector."""
        return node in self._tab.select(selector)

    @property
    def tab(self) -> Tab:
        """The tab of the element."""
        return self._tab

    @property
    def world(self) -> HostWorld:
        """The objects of the page."""
        return self._world


class _Dataset(HostObject):
    def __init__(self, element: HostElement) -> None:
        self._element = element

    def read(self, name: str) -> Any:
        return self._element.node.attributes.get(_data_attribute(name))

    def write(self, name: str, value: Any) -> None:
        self._element.tab.set_attribute(self._element.node, _data_attribute(name), text_of(value))


class _ClassList(HostObject):
    def __init__(self, element: HostElement) -> None:
        self._element = element

    def read(self, name: str) -> Any:
        known = self._element.node.attributes.get("class", "").split()
        changes: dict[str, Callable[..., Any]] = {
            "contains": lambda word: word in known,
            "add": lambda *words: self._set([*known, *(w for w in words if w not in known)]),
            "remove": lambda *words: self._set([word for word in known if word not in words]),
            "toggle": lambda word, force=None: self._toggle(known, word, force),
        }
        return changes[name] if name in changes else super().read(name)

    def _toggle(self, known: list[str], word: str, force: Any) -> bool:
        is_wanted = word not in known if force is None else is_true(force)
        others = [each for each in known if each != word]
        self._set([*others, word] if is_wanted else others)
        return is_wanted

    def _set(self, words: list[str]) -> None:
        self._element.tab.set_attribute(self._element.node, "class", " ".join(words))


class HostEvent(HostObject):
    """An event.

    Args:
        name: `click`, `keydown`.
        target: The element that it happens to.
        properties: Others, such as `key`.
    """

    def __init__(self, name: str, target: HostElement, properties: Mapping[str, Any]) -> None:
        self.name = name
        self.target = target
        self.is_prevented = False
        self.is_stopped = False
        self._properties = {"type": name, "target": target, **properties}

    def read(self, name: str) -> Any:
        """Return a property or a method."""
        if name == "preventDefault":
            return self.prevent
        if name in ("stopPropagation", "stopImmediatePropagation"):
            return self.stop
        if name == "defaultPrevented":
            return self.is_prevented
        if name in ("altKey", "ctrlKey", "metaKey", "shiftKey", "repeat", "isComposing"):
            return self._properties.get(name, False)
        return self._properties[name] if name in self._properties else super().read(name)

    def prevent(self) -> None:
        """Prevent the browser's own action."""
        self.is_prevented = True

    def stop(self) -> None:
        """Keep the event from the elements around this one."""
        self.is_stopped = True


class Hands(Protocol):
    """The browser's own actions, which a script can begin too."""

    def press(self, node: Node) -> None: ...
    def focus(self, node: Node | None) -> None: ...
    def submit(self, form: Node, submitter: Node | None) -> None: ...
    def close_dialog(self, dialog: Node, value: str | None) -> None: ...


class HostWorld:
    """The objects of one page.

    Args:
        tab: The page.
        navigate: Loads another page.
        dispatch: Fires an event on an element: its name, its properties.
    """

    def __init__(
        self,
        tab: Tab,
        navigate: Callable[[str], None],
        dispatch: Callable[[Node, str], None],
    ) -> None:
        self.tab = tab
        self.dispatch = dispatch
        self.hands: Hands | None = None
        """Those of the user, when there is one."""
        self._elements: dict[Node, HostElement] = {}
        location = _Location(tab, navigate)
        document = _HostDocument(self)
        self.names: dict[str, Any] = {"document": document, "location": location}
        self.names["history"] = _History(tab)
        self.names["window"] = _Window(self.names, location)

    def element(self, node: Node | None) -> HostElement | None:
        """Return the object of an element, always the same one."""
        if node is None:
            return None
        return self._elements.setdefault(node, HostElement(node, self))


class _HostDocument(HostObject):
    def __init__(self, world: HostWorld) -> None:
        self._world = world

    def read(self, name: str) -> Any:
        tab, element = self._world.tab, self._world.element
        values: dict[str, Callable[[], Any]] = {
            "activeElement": lambda: element(tab.focused or tab.document.body),
            "baseURI": lambda: tab.url,
            "body": lambda: element(tab.document.body),
            "documentElement": lambda: element(tab.document.html),
            "getElementById": lambda: lambda key: element(tab.document.find(text_of(key))),
            "hidden": lambda: tab.is_hidden,
            "liveLinks": lambda: None,  # the script of `live_links()` needs a browser
            "querySelector": lambda: lambda css: element(next(iter(tab.select(css)), None)),
            "querySelectorAll": lambda: lambda css: [element(each) for each in tab.select(css)],
            "title": lambda: tab.title,
        }
        return values[name]() if name in values else super().read(name)

    def write(self, name: str, value: Any) -> None:
        title = next(iter(self._world.tab.select("title")), None)
        if name != "title" or title is None:
            super().write(name, value)
        else:
            self._world.tab.set_text(title, text_of(value))


class _Location(HostObject):
    def __init__(self, tab: Tab, navigate: Callable[[str], None]) -> None:
        self._tab = tab
        self._navigate = navigate

    def read(self, name: str) -> Any:
        parts = urlsplit(self._tab.url)
        values: dict[str, Any] = {
            "href": self._tab.url,
            "pathname": parts.path or "/",
            "search": f"?{parts.query}" if parts.query else "",
            "hash": "",
            "host": parts.netloc,
            "origin": f"{parts.scheme}://{parts.netloc}",
            "reload": lambda: self._navigate(self._tab.url),
            "assign": self.go,
            "replace": self._replace,
        }
        return values[name] if name in values else super().read(name)

    def write(self, name: str, value: Any) -> None:
        if name != "href":
            super().write(name, value)
        self.go(value)

    def go(self, url: Any) -> None:
        self._navigate(text_of(url))

    def _replace(self, url: Any) -> None:
        self._tab.takes_over = True
        self.go(url)


class _History(HostObject):
    """The addresses of the page."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab

    def read(self, name: str) -> Any:
        history = self._tab.history
        values: dict[str, Callable[[], Any]] = {
            "back": lambda: lambda: self._go(-1),
            "forward": lambda: lambda: self._go(1),
            "go": lambda: self._go,
            "length": lambda: len(history.entries),
            "pushState": lambda: partial(self._show, is_new=True),
            "replaceState": lambda: partial(self._show, is_new=False),
            "state": lambda: history.current.state,
        }
        return values[name]() if name in values else super().read(name)

    def _go(self, steps: Any) -> None:
        self._tab.history.wanted += int(steps)

    def _show(self, state: Any, _title: Any, url: Any = "", *, is_new: bool) -> None:
        self._tab.show_address(text_of(url or self._tab.url), state, is_new=is_new)


class _Window(HostObject):
    def __init__(self, names: Mapping[str, Any], location: _Location) -> None:
        self._names = names
        self._location = location

    def read(self, name: str) -> Any:
        return self._names[name] if name in self._names else super().read(name)

    def write(self, name: str, value: Any) -> None:
        if name != "location":
            super().write(name, value)
        self._location.go(value)


def _sibling(node: Node, *, forward: bool) -> Node | None:
    current = node.next if forward else node.previous
    while current is not None and not current.is_element:
        current = current.next if forward else current.previous
    return current


def _data_attribute(name: str) -> str:
    return "data-" + UPPER.sub(lambda letter: f"-{letter[0].lower()}", name)


def _closest(element: HostElement, selector: str) -> Any:
    found = set(element.tab.select(selector))
    nodes = (element.node, *element.node.ancestors())
    return element.of(next((node for node in nodes if node in found), None))


def _inside(element: HostElement, selector: str) -> list[Any]:
    return element.select(selector, lambda node: element.node in node.ancestors())


def _close(element: HostElement, value: Any = None) -> None:
    _hands(element).close_dialog(element.node, None if value is None else text_of(value))


def _show(element: HostElement) -> None:
    element.tab.open(element.node, is_open=True)


def _show_modal(element: HostElement) -> None:
    element.tab.open(element.node, is_open=True, is_modal=True)


def _focus(element: HostElement, *_: Any) -> None:
    if element.tab.can_focus(element.node) and not is_disabled(element.node):
        _hands(element).focus(element.node)


def _blur(element: HostElement) -> None:
    if element.tab.focused is element.node:
        _hands(element).focus(None)


def _hands(element: HostElement) -> Hands:
    hands = element.world.hands
    if hands is None:
        raise NotUnderstoodError("a step of a user while the page is loaded")
    return hands


def _remove(element: HostElement) -> None:
    element.tab.remove(element.node)


def _toggle_attribute(element: HostElement, name: str, force: Any = None) -> None:
    is_wanted = name not in element.node.attributes if force is None else is_true(force)
    element.tab.set_attribute(element.node, name, "" if is_wanted else None)


def _reset(element: HostElement) -> None:
    element.tab.fields.reset(element.node)
    element.world.dispatch(element.node, "reset")


READERS: Mapping[str, Callable[[HostElement], Any]] = MappingProxyType(
    {
        "value": lambda element: element.tab.fields.value(element.node),
        "valueAsNumber": lambda element: float(element.tab.fields.value(element.node) or "nan"),
        "checked": lambda element: element.tab.fields.is_ticked(element.node),
        "dataset": _Dataset,
        "classList": _ClassList,
        "disabled": lambda element: is_disabled(element.node),
        "form": lambda element: element.of(form_of(element.node)),
        "innerText": lambda element: element.node.text_content(),
        "isConnected": lambda element: element.tab.is_present(element.node),
        "localName": lambda element: element.node.name,
        "nextElementSibling": lambda element: element.of(_sibling(element.node, forward=True)),
        "previousElementSibling": lambda element: element.of(_sibling(element.node, forward=False)),
        "returnValue": lambda element: element.tab.return_values.get(element.node, ""),
        "parentElement": lambda element: element.of(element.node.parent),
        "scrollTop": lambda element: element.tab.scrolled.get(element.node, 0),
        "tagName": lambda element: element.node.tag_name,
        "textContent": lambda element: element.node.text_content(),
        "type": lambda element: kind_of(element.node),
        "children": lambda element: [
            element.of(each) for each in element.node.children() if each.is_element
        ],
    }
)
METHODS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "blur": _blur,
        "click": lambda element: _hands(element).press(element.node),
        "close": _close,
        "closest": _closest,
        "contains": lambda element, other: element.node in (other.node, *other.node.ancestors()),
        "focus": _focus,
        "getAttribute": lambda element, name: element.node.attributes.get(name),
        "hasAttribute": lambda element, name: name in element.node.attributes,
        "matches": lambda element, selector: element.matches(selector, element.node),
        "querySelector": lambda element, css: next(iter(_inside(element, css)), None),
        "querySelectorAll": _inside,
        "remove": _remove,
        "removeAttribute": lambda element, name: element.tab.set_attribute(
            element.node, name, None
        ),
        "requestSubmit": lambda element, button=None: _hands(element).submit(
            element.node, None if button is None else button.node
        ),
        "reset": _reset,
        "setAttribute": lambda element, name, value: element.tab.set_attribute(
            element.node, name, text_of(value)
        ),
        "show": _show,
        "showModal": _show_modal,
        "toggleAttribute": _toggle_attribute,
    }
)
