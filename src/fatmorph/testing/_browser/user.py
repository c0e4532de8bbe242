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
from fatmorph.testing._browser.field_values import accepted_value
from fatmorph.testing._browser.fields import (
    File,
    form_of,
    group_of,
    is_disabled,
    kind_of,
    option_value,
    options,
)
from fatmorph.testing._browser.host import HostEvent
from fatmorph.testing._browser.keyboard import Keyboard, takes_text
from fatmorph.testing._browser.keys import Key, key_of
from fatmorph.testing._browser.requests import form_request
from fatmorph.testing._browser.roles import LABELLED
from fatmorph.testing._browser.shown import is_hidden, is_inert, shown_text
from fatmorph.testing._browser.tab import path_of
from fatmorph.testing._browser.validity import invalid_fields
from fatmorph.testing._server import Request

__all__ = ("User",)

ACTIVE = frozenset({"button", "input", "label", "select", "summary", "textarea"})
# Fields that a user fills as a whole, from a picker.
PICKED = frozenset({"date", "datetime-local", "month", "time", "week"})
NUMBER_KEYS = frozenset("0123456789+-.eE")
TICKED = frozenset({"checkbox", "radio"})
# The call for each step, for errors.
FIXES = {
    "choose": 'await page.choose(page.get_by_label("Drink"), "Tea")',
    "click": 'await page.click(page.get_by_role("button", name="Save"))',
    "press": 'await page.press("Enter", page.get_by_label("Name"))',
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
        self._changed: tuple[Node, str] | None = None
        """The field that is being edited, and its value before."""
        self._selected: set[Node] = set()
        """The fields whose text is selected, because Tab has reached them."""
        engine.world.hands = self
        self._keyboard = Keyboard(self, self._tab)

    def click(self, node: Node) -> None:
        """Click an element."""
        around = (node, *node.ancestors())
        active = next(filter(_is_active, around), None)
        self._check(node, "click")
        if active is not None and active is not node:
            self._check(active, "click")
        focused = next(filter(self._tab.can_focus, around), None)
        self._selected.discard(node)
        self._mouse(node, "pointerdown")
        is_free = not self._mouse(node, "mousedown").is_prevented
        if is_free and (active is None or active.name != "label"):
            self.focus(focused)
        self._mouse(node, "pointerup")
        self._mouse(node, "mouseup")
        self._click(node, active)

    def press(self, node: Node) -> None:
        """Click an element as a script does, without the mouse."""
        if not is_disabled(node):
            self._click(node, next(filter(_is_active, (node, *node.ancestors())), None))

    def type(self, node: Node, text: str) -> None:
        """Type a text at the end of a field, key by key."""
        self._check_takes_text(node)
        self.focus(node)
        if kind_of(node) in PICKED:
            self._pick(node, text)
            return
        self._selected.discard(node)
        for character in text:
            key = Key("Enter" if character == "\n" else character)
            if not self._key("keydown", key, is_strict=False).is_prevented:
                self._keyboard.act(node, key)
            self._key("keyup", key, is_strict=False)

    def clear(self, node: Node) -> None:
        """Delete the text of a field."""
        self._check_takes_text(node)
        self.focus(node)
        self._key("keydown", Key("Delete"), is_strict=False)
        if self._tab.fields.raw_text(node):
            self.set_value(node, "")
        self._key("keyup", Key("Delete"), is_strict=False)

    def press_key(self, name: str, node: Node | None = None) -> None:
        """Press a key, on an element or where the focus is."""
        key = key_of(name)
        if node is not None:
            self._check(node, "press a key on")
            self.focus(node)
        if not self._key("keydown", key).is_prevented:
            self._keyboard.act(self._tab.focused, key)
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
        if kind_of(node) == "radio" and not is_ticked:
            raise _kind_error(
                node, "tick", "a radio button is unticked by another one of its group"
            )
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
            self.commit()
            self._engine.handlers.dispatch(before, "blur", {})
            self._engine.handlers.dispatch(before, "focusout", {})
        self._tab.focus(node)
        if node is not None:
            self._engine.handlers.dispatch(node, "focus", {})
            self._engine.handlers.dispatch(node, "focusin", {})

    def scroll(self, node: Node, top: float) -> None:
        """Scroll an element."""
        self._tab.scrolled[node] = top
        self._engine.handlers.dispatch(node, "scroll", {})

    def fire(self, node: Node, name: str, properties: dict[str, Any]) -> None:
        """Fire an event by its name."""
        self._engine.handlers.dispatch(node, name, properties)

    def submit(self, form: Node, submitter: Node | None) -> None:
        """Submit a form, as its button does."""
        self.commit()
        buttons = () if submitter is None else submitter.attributes
        is_checked = "novalidate" not in form.attributes and "formnovalidate" not in buttons
        invalid = invalid_fields(self._tab.fields, form) if is_checked else []
        for field in invalid:
            self._engine.handlers.dispatch(field, "invalid", {})
        if invalid:
            self.focus(invalid[0])
            return
        event = self._submit_event(form, submitter)
        if event.is_prevented:
            return
        dialog = next((each for each in form.ancestors() if each.name == "dialog"), None)
        if form.attributes.get("method", "").lower() == "dialog" and dialog is not None:
            self.close_dialog(
                dialog, None if submitter is None else submitter.attributes.get("value")
            )
        else:
            self._load(form_request(self._tab, form, submitter))

    def close_dialog(self, dialog: Node, value: str | None = None) -> None:
        """Close a `<dialog>`, with its `returnValue`."""
        if value is not None:
            self._tab.return_values[dialog] = value
        if "open" in dialog.attributes:
            self._tab.open(dialog, is_open=False)
            self._engine.handlers.dispatch(dialog, "close", {})

    def cancel(self, dialog: Node) -> bool:
        """Ask a `<dialog>` to close; return whether a handler forbids it."""
        return self._engine.handlers.dispatch(dialog, "cancel", {}).is_prevented

    def _submit_event(self, form: Node, submitter: Node | None) -> HostEvent:
        self._engine.submitter = submitter
        properties = {"submitter": self._engine.world.element(submitter)}
        try:
            return self._engine.handlers.dispatch(form, "submit", properties)
        finally:
            self._engine.submitter = None

    def _mouse(self, node: Node, name: str) -> HostEvent:
        return self._engine.handlers.dispatch(node, name, {"button": 0})

    def _click(self, node: Node, active: Node | None) -> None:
        """Fire a click, and do what it does, unless a handler prevents it."""
        ticks = self._tab.fields
        group = group_of(active) if active is not None and kind_of(active) in TICKED else []
        before = [ticks.is_ticked(each) for each in group]
        is_ticked = active is not None and bool(group) and self._toggle(active)
        if not self._mouse(node, "click").is_prevented:
            if active is not None:
                self._activate(active, is_ticked=is_ticked)
        elif is_ticked:
            for each, was_ticked in zip(group, before, strict=True):
                ticks.tick(each, is_ticked=was_ticked)

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
            self._engine.handlers.dispatch(node.parent, "toggle", {})
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
        if dialog is None or command not in DIALOG_COMMANDS:
            return
        if DIALOG_COMMANDS[command]:
            self._tab.open(dialog, is_open=True, is_modal=True)
        else:
            self.close_dialog(dialog, node.attributes.get("value"))

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
        inside = filter(_is_labelled, label.descendants())
        control = self._tab.document.find(target) if target else next(inside, None)
        if control is None or not _is_labelled(control) or is_disabled(control):
            return
        if not is_hidden(control):
            self.focus(control)
        self.press(control)

    def _toggle(self, node: Node) -> bool:
        was_ticked = self._tab.fields.is_ticked(node)
        if kind_of(node) == "radio" and was_ticked:
            return False
        self._tab.fields.tick(node, is_ticked=not was_ticked)
        return True

    def _pick(self, node: Node, text: str) -> None:
        if text and not accepted_value(node, kind_of(node), text):
            raise StepError(
                f"cannot type {text!r} into {path_of(node)}",
                where="the page in memory",
                why=f"it takes a {kind_of(node)} as its value is written in HTML",
                fix='await page.type(page.get_by_label("Day"), "2030-01-31")',
            )
        self.set_value(node, text)

    def kept_text(self, node: Node) -> str:
        """Return the text that a key leaves: all of it, unless it is selected."""
        return "" if node in self._selected else self._tab.fields.raw_text(node)

    def move_to(self, stop: Node | None) -> None:
        """Move the focus as Tab does, which selects the text of a field."""
        self.focus(stop)
        if stop is not None and stop.name == "input":
            self._selected.add(stop)

    def reveal(self, node: Node) -> None:
        """Scroll until an element is in view."""
        if is_hidden(node):
            raise _kind_error(node, "reveal", "it is hidden")
        self._engine.handlers.reveal(node)

    def insert(self, node: Node, text: str) -> None:
        """Write a character at the end of a field."""
        if kind_of(node) == "number" and text not in NUMBER_KEYS:
            return  # a browser ignores the key
        value = self.kept_text(node)
        limit = node.attributes.get("maxlength", "")
        if not limit.isdigit() or len(value) < int(limit):
            self.set_value(node, value + text)

    def set_value(self, node: Node, value: str) -> None:
        """Change the text of a field."""
        if self._changed is None or self._changed[0] is not node:
            self._changed = (node, self._tab.fields.value(node))
        self._tab.fields.edit(node, value)
        self._selected.discard(node)
        self._field_event(node, "input")

    def commit(self) -> None:
        """Tell the edited field that the user has changed it, if so."""
        changed, self._changed = self._changed, None
        if changed is not None and self._tab.is_present(changed[0]):
            node, before = changed
            if self._tab.fields.value(node) != before:
                self._field_event(node, "change")

    def _field_event(self, node: Node, name: str) -> None:
        if name in _bound_events(node):
            self._engine.plugins.bindings.take(node)
        self._engine.handlers.dispatch(node, name, {})
        self._engine.plugins.refresh()

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
        if is_inert(node):
            raise _kind_error(node, step, "it is inert")
        if self._tab.modal not in (None, node, *node.ancestors()):
            raise _kind_error(node, step, "a modal dialog is open, which does not contain it")

    def _check_takes_text(self, node: Node) -> None:
        self._check(node, "type into")
        if "contenteditable" in node.attributes:
            raise StepError(
                f"cannot type into {path_of(node)}, which is contenteditable",
                where="the page in memory",
                why="only a browser knows what its editor makes of a key",
                fix="test this step with Playwright: https://playwright.dev/python",
            )
        if not takes_text(node):
            raise _kind_error(node, "type into", "it takes no text")
        if "readonly" in node.attributes:
            raise _kind_error(node, "type into", "it is read-only")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _is_active(node: Node) -> bool:
    return node.name in ACTIVE or (node.name == "a" and "href" in node.attributes)


def _is_labelled(node: Node) -> bool:
    return node.name in LABELLED and kind_of(node) != "hidden"


def _option_names(option: Node) -> tuple[str, ...]:
    return shown_text(option), option_value(option), option.attributes.get("label", "")


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
