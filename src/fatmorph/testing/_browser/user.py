"""A user's steps in a page: the events of each step, and the browser's own actions.

Sources: https://html.spec.whatwg.org/multipage/interaction.html and
https://w3c.github.io/uievents/#events-keyboard-event-order
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from fatmorph.errors import StepError
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.attributes import attributes_of
from fatmorph.testing._browser.engine import Engine
from fatmorph.testing._browser.fields import (
    File,
    controls,
    form_of,
    is_disabled,
    kind_of,
    option_value,
    options,
)
from fatmorph.testing._browser.host import HostEvent
from fatmorph.testing._browser.keys import Key, key_of
from fatmorph.testing._browser.requests import form_request, invalid_field
from fatmorph.testing._browser.roles import is_hidden, shown_text
from fatmorph.testing._browser.tab import path_of
from fatmorph.testing._server import Request

__all__ = ("User",)

# Fields that take no text.
WITHOUT_TEXT = frozenset(
    {"button", "checkbox", "color", "file", "hidden", "image", "radio", "range", "reset", "submit"}
)
ACTIVE = frozenset({"a", "button", "input", "label", "summary"})
TICKED = frozenset({"checkbox", "radio"})
# The call for each step, for errors.
FIXES = {
    "choose": 'await page.choose(page.get_by_label("Drink"), "Tea")',
    "click": 'await page.click(page.get_by_role("button", name="Save"))',
    "reveal": 'await page.reveal(page.get_by_text("Loading"))',
    "tick": 'await page.tick(page.get_by_role("checkbox", name="Milk"))',
    "type": 'await page.type(page.get_by_label("Name"), "Ada")',
    "upload": 'await page.upload(page.get_by_label("Photo"), File("cat.png", content))',
}
DIALOG_COMMANDS = {"show-modal": True, "close": False, "request-close": False}


class User:
    """The user of one page.

    Args:
        engine: The page.
        load: Loads another page.
    """

    def __init__(self, engine: Engine, load: Callable[[Request], None]) -> None:
        self._engine = engine
        self._tab = engine.tab
        self._load = load
        self._changed: Node | None = None
        self._selected: set[Node] = set()
        """The fields whose text is selected, because Tab has reached them."""

    def click(self, node: Node) -> None:
        """Click an element."""
        self._check(node, "click")
        active = next((each for each in (node, *node.ancestors()) if each.name in ACTIVE), None)
        focused = next(
            (each for each in (node, *node.ancestors()) if self._tab.can_focus(each)), None
        )
        self._selected.discard(node)
        if active is None or active.name != "label":
            self.focus(focused)
        is_ticked = active is not None and kind_of(active) in TICKED and self._toggle(active)
        event = self._fire_click(node, active)
        if event.is_prevented:
            if is_ticked and active is not None:
                self._tab.fields.tick(active, is_ticked=not self._tab.fields.is_ticked(active))
        elif active is not None:
            self._activate(active, is_ticked=is_ticked)

    def type(self, node: Node, text: str) -> None:
        """Type a text at the end of a field, key by key."""
        self._check_takes_text(node)
        self.focus(node)
        self._selected.discard(node)
        for character in text:
            key = Key("Enter" if character == "\n" else character)
            if not self._key("keydown", key, is_strict=False).is_prevented:
                self._press_in(node, key)
            self._key("keyup", key, is_strict=False)

    def clear(self, node: Node) -> None:
        """Delete the text of a field."""
        self._check_takes_text(node)
        self.focus(node)
        self._key("keydown", Key("Delete"), is_strict=False)
        if self._tab.fields.value(node):
            self._set_value(node, "")
        self._key("keyup", Key("Delete"), is_strict=False)

    def press(self, name: str, node: Node | None = None) -> None:
        """Press a key, on an element or where the focus is."""
        key = key_of(name)
        if node is not None:
            self.focus(node)
        is_prevented = self._key("keydown", key).is_prevented
        focused = self._tab.focused
        if not is_prevented and key.name == "Tab" and not key.is_command:
            self._move_to(self._next_stop(is_backward=key.is_shifted))
        elif not is_prevented and focused is not None and not key.is_command:
            self._press_in(focused, key)
        self._key("keyup", key)

    def choose(self, select: Node, labels: Sequence[str]) -> None:
        """Choose options by their labels or their values."""
        self._check(select, "choose an option of")
        found: list[Node] = []
        for label in labels:
            matching = [each for each in options(select) if label in _option_names(each)]
            if not matching:
                names = ", ".join(repr(shown_text(each)) for each in options(select))
                raise StepError(
                    f"there is no option {label!r}",
                    where=path_of(select),
                    why=f"it has {names or 'no options'}",
                    fix="page.choose(select, label)",
                )
            found.append(matching[0])
        self.focus(select)
        self._tab.fields.choose(select, found)
        self._field_event(select, "input")
        self._field_event(select, "change")

    def tick(self, node: Node, *, is_ticked: bool) -> None:
        """Tick a box, or untick it."""
        if kind_of(node) not in TICKED:
            raise _kind_error(node, "tick", "it is neither a checkbox nor a radio button")
        if self._tab.fields.is_ticked(node) != is_ticked:
            self.click(node)

    def upload(self, node: Node, files: Sequence[File]) -> None:
        """Choose files."""
        self._check(node, "upload to")
        if kind_of(node) != "file":
            raise _kind_error(node, "upload to", "it is not a file input")
        self._tab.fields.set_files(node, list(files))
        self._field_event(node, "input")
        self._field_event(node, "change")

    def focus(self, node: Node | None) -> None:
        """Move the focus, which tells the field that is left that it has changed."""
        before = self._tab.focused
        if before is node:
            return
        if before is not None:
            self._commit()
            self._engine.handlers.dispatch(before, "blur", {}, bubbles=False)
            self._engine.handlers.dispatch(before, "focusout", {})
        self._tab.focus(node)
        if node is not None:
            self._engine.handlers.dispatch(node, "focus", {}, bubbles=False)
            self._engine.handlers.dispatch(node, "focusin", {})

    def scroll(self, node: Node, top: float) -> None:
        """Scroll an element."""
        self._tab.scrolled[node] = top
        self._engine.handlers.dispatch(node, "scroll", {}, bubbles=False)

    def fire(self, node: Node, name: str, properties: dict[str, Any]) -> None:
        """Fire an event by its name."""
        self._engine.handlers.dispatch(node, name, properties)

    def submit(self, form: Node, submitter: Node | None) -> None:
        """Submit a form, as its button does."""
        self._commit()
        buttons = () if submitter is None else submitter.attributes
        is_checked = "novalidate" not in form.attributes and "formnovalidate" not in buttons
        invalid = invalid_field(self._tab, form) if is_checked else None
        if invalid is not None:
            self._engine.handlers.dispatch(invalid, "invalid", {}, bubbles=False)
            self.focus(invalid)
            return
        event = self._with_submitter(
            submitter, form, "submit", {"submitter": self._engine.world.element(submitter)}
        )
        if event.is_prevented:
            return
        dialog = next((each for each in form.ancestors() if each.name == "dialog"), None)
        if form.attributes.get("method", "").lower() == "dialog" and dialog is not None:
            self._tab.open(dialog, is_open=False)
        else:
            self._load(form_request(self._tab, form, submitter))

    def _fire_click(self, node: Node, active: Node | None) -> HostEvent:
        is_button = active is not None and (active.name == "button" or kind_of(active) == "submit")
        return self._with_submitter(active if is_button else None, node, "click", {"button": 0})

    def _with_submitter(
        self, submitter: Node | None, node: Node, name: str, properties: dict[str, Any]
    ) -> HostEvent:
        self._engine.submitter = submitter
        try:
            return self._engine.handlers.dispatch(node, name, properties)
        finally:
            self._engine.submitter = None

    def _activate(self, node: Node, *, is_ticked: bool) -> None:
        kind = kind_of(node)
        if is_ticked:
            self._field_event(node, "input")
            self._field_event(node, "change")
        elif node.name == "a":
            self._follow(node)
        elif node.name == "label":
            self._click_labelled(node)
        elif node.name == "summary" and node.parent is not None and node.parent.is_details:
            self._tab.open(node.parent, is_open="open" not in node.parent.attributes)
            self._engine.handlers.dispatch(node.parent, "toggle", {}, bubbles=False)
        elif kind in ("submit", "image"):
            self._press_button(node)
        elif kind == "reset" and (form := form_of(node)) is not None:
            self._tab.fields.reset(form)
            self._engine.handlers.dispatch(form, "reset", {})
        else:
            self._command(node)

    def _press_button(self, node: Node) -> None:
        form = form_of(node)
        if form is not None:
            self.submit(form, node)
        else:
            self._command(node)

    def _command(self, node: Node) -> None:
        command, target = node.attributes.get("command", ""), node.attributes.get("commandfor")
        dialog = None if target is None else self._tab.document.find(target)
        if dialog is not None and command in DIALOG_COMMANDS:
            self._tab.open(dialog, is_open=DIALOG_COMMANDS[command])

    def _follow(self, link: Node) -> None:
        href = link.attributes.get("href", "")
        is_here = not href or href.startswith("#") or ":" in href.partition("/")[0]
        if is_here and not href.startswith(("http:", "https:")):
            return
        url = self._tab.absolute(href)
        links = self._tab.document.find("live-links")
        is_own = "target" not in link.attributes and "download" not in link.attributes
        if links is not None and is_own and _origin(url) == _origin(self._tab.url):
            self._engine.follow(links, url)
        else:
            self._load(Request("GET", url))

    def _click_labelled(self, label: Node) -> None:
        target = label.attributes.get("for")
        inside = (n for n in label.descendants() if n.name in ("input", "select", "textarea"))
        control = self._tab.document.find(target) if target else next(inside, None)
        if control is not None:
            self.click(control)

    def _toggle(self, node: Node) -> bool:
        was_ticked = self._tab.fields.is_ticked(node)
        if kind_of(node) == "radio" and was_ticked:
            return False
        self._tab.fields.tick(node, is_ticked=not was_ticked)
        return True

    def _press_in(self, node: Node, key: Key) -> None:
        is_field = _takes_text(node) and "readonly" not in node.attributes
        if key.name == "Enter" and node.name in ("button", "a", "summary"):
            self.click(node)
        elif key.name == "Enter" and node.name == "input":
            self._submit_implicitly(node)
        elif key.name == " " and (node.name == "button" or kind_of(node) in TICKED):
            self.click(node)
        elif key.name == "Escape":
            self._close_dialog(node)
        elif is_field and key.name == "Backspace":
            self._set_value(node, self._kept_text(node)[:-1])
        elif is_field and (len(key.name) == 1 or key.name == "Enter"):
            self._insert(node, "\n" if key.name == "Enter" else key.name)

    def _kept_text(self, node: Node) -> str:
        """Return the text that a key leaves: all of it, unless it is selected."""
        return "" if node in self._selected else self._tab.fields.value(node)

    def _move_to(self, stop: Node | None) -> None:
        self.focus(stop)
        if stop is not None and stop.name == "input":
            self._selected.add(stop)

    def _next_stop(self, *, is_backward: bool) -> Node | None:
        """Return the next element that Tab reaches, or None at the end of the page."""
        focused = self._tab.focused
        nodes = [node for node in self._tab.document.root.descendants() if node.is_element]
        begin = nodes.index(focused) if focused in nodes else -1
        ahead = nodes[: max(begin, 0)][::-1] if is_backward else nodes[begin + 1 :]
        return next(filter(self._is_stop, ahead), None)

    def _is_stop(self, node: Node) -> bool:
        is_left_out = node.attributes.get("tabindex", "").startswith("-")
        is_usable = not is_disabled(node) and not is_hidden(node)
        return self._tab.can_focus(node) and is_usable and not is_left_out

    def _submit_implicitly(self, node: Node) -> None:
        self._commit()
        form = form_of(node)
        if form is None:
            return
        buttons = [each for each in controls(form) if kind_of(each) in ("submit", "image")]
        fields = [each for each in controls(form) if each.name == "input" and _takes_text(each)]
        if buttons and not is_disabled(buttons[0]):
            self.click_without_focus(buttons[0])
        elif not buttons and len(fields) == 1:
            self.submit(form, None)

    def click_without_focus(self, button: Node) -> None:
        """Press a form's button, as Enter in one of its fields does."""
        if not self._fire_click(button, button).is_prevented:
            self._activate(button, is_ticked=False)

    def _close_dialog(self, node: Node) -> None:
        dialog = next((each for each in (node, *node.ancestors()) if each.name == "dialog"), None)
        if dialog is not None:
            self._tab.open(dialog, is_open=False)
            self._engine.handlers.dispatch(dialog, "close", {}, bubbles=False)

    def _insert(self, node: Node, text: str) -> None:
        value = self._kept_text(node)
        limit = node.attributes.get("maxlength", "")
        if not limit.isdigit() or len(value) < int(limit):
            self._set_value(node, value + text)

    def _set_value(self, node: Node, value: str) -> None:
        self._tab.fields.set_value(node, value)
        self._selected.discard(node)
        self._changed = node
        self._field_event(node, "input")

    def _commit(self) -> None:
        node, self._changed = self._changed, None
        if node is not None and self._tab.is_present(node):
            self._field_event(node, "change")

    def _field_event(self, node: Node, name: str) -> None:
        if name in _bound_events(node):
            self._engine.plugins.take_field(node)
        self._engine.handlers.dispatch(node, name, {})
        self._engine.plugins.refresh()

    def reveal(self, node: Node) -> None:
        """Scroll until an element is in view."""
        if is_hidden(node):
            raise _kind_error(node, "reveal", "it is hidden")
        self._engine.handlers.reveal(node)

    def _key(self, name: str, key: Key, *, is_strict: bool = True) -> HostEvent:
        target = self._tab.focused or self._tab.document.body or self._tab.document.root
        self._engine.is_strict = is_strict
        try:
            return self._engine.handlers.dispatch(target, name, key.properties)
        finally:
            self._engine.is_strict = True

    def _check(self, node: Node, step: str) -> None:
        if is_disabled(node):
            raise _kind_error(node, step, "it is disabled")
        if is_hidden(node):
            raise _kind_error(node, step, "it is hidden")

    def _check_takes_text(self, node: Node) -> None:
        self._check(node, "type into")
        if not _takes_text(node):
            raise _kind_error(node, "type into", "it takes no text")
        if "readonly" in node.attributes:
            raise _kind_error(node, "type into", "it is read-only")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _takes_text(node: Node) -> bool:
    return node.name == "textarea" or (node.name == "input" and kind_of(node) not in WITHOUT_TEXT)


def _option_names(option: Node) -> tuple[str, str]:
    return shown_text(option), option_value(option)


def _bound_events(node: Node) -> tuple[str, ...]:
    found = next(attributes_of(node, "bind", "camel"), None)
    if found is None:
        return ()
    default = ("change",) if node.name == "select" or kind_of(node) == "file" else ("input",)
    return found[1].modifiers.get("event", default)


def _kind_error(node: Node, step: str, why: str) -> StepError:
    return StepError(
        f"cannot {step} {path_of(node)}",
        where="the page in memory",
        why=f"{why}, so a user could not do it either",
        fix=FIXES[step.partition(" ")[0]],
    )
