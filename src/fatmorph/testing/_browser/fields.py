"""The fields of a page: what a user typed, ticked and chose, and what a form sends.

Sources: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html and
https://www.rfc-editor.org/rfc/rfc7578
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from fatmorph.morph._matching.document import Record
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.field_values import accepted_value

__all__ = (
    "MULTIPART",
    "Fields",
    "File",
    "controls",
    "encoded_form",
    "form_of",
    "group_of",
    "is_disabled",
    "is_on",
    "is_ticked_in_group",
    "kind_of",
    "option_value",
    "options",
)

BUTTON_TYPES = frozenset({"button", "image", "reset", "submit"})
INPUT_TYPES = BUTTON_TYPES | frozenset(
    {"checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "month", "number"}
    | {"password", "radio", "range", "search", "tel", "text", "time", "url", "week"}
)
TICKED = frozenset({"checkbox", "radio"})
BOUNDARY = "----fatmorph-form-boundary"
MULTIPART, PLAIN = "multipart/form-data", "text/plain"


@dataclass(frozen=True)
class File:
    """A file that a user has chosen.

    Args:
        name: Its name.
        content: Its bytes.
        type: Its media type.
    """

    name: str
    content: bytes
    type: str = "application/octet-stream"


class Fields:
    """The state of fields that is not in their attributes."""

    def __init__(self) -> None:
        self._values: dict[Node, str] = {}
        self._ticks: dict[Node, bool] = {}
        self._choices: dict[Node, list[Node]] = {}
        self._files: dict[Node, list[File]] = {}
        self._raw: dict[Node, str] = {}
        self._edited: set[Node] = set()

    def value(self, node: Node) -> str:
        """Return the text of a field, or the value of the chosen option."""
        if node.name == "select":
            chosen = self.chosen(node)
            return option_value(chosen[0]) if chosen else ""
        if node.name == "textarea":
            return self._values.get(node, node.text_content().removeprefix("\n"))
        if kind_of(node) == "file":
            files = self.files(node)
            return f"C:\\fakepath\\{files[0].name}" if files else ""
        kind = kind_of(node)
        if kind in TICKED:
            return node.attributes.get("value", "on")
        text = self._values.get(node, node.attributes.get("value", ""))
        return accepted_value(node, kind, text)

    def raw_text(self, node: Node) -> str:
        """Return what a user sees in a field, also if it is not a value, such as `1e`."""
        return self._raw.get(node, self.value(node))

    def set_value(self, node: Node, text: str) -> None:
        """Set the text of a field, or choose the options with a value."""
        if node.name == "select":
            self.choose(node, [each for each in options(node) if option_value(each) == text][:1])
        elif kind_of(node) in TICKED or kind_of(node) == "hidden":
            node.attributes["value"] = text
        else:
            self._values[node] = accepted_value(node, kind_of(node), text)
        self._raw.pop(node, None)
        self._edited.discard(node)

    def edit(self, node: Node, text: str) -> None:
        """Let a user change the text of a field."""
        self.set_value(node, text)
        self._raw[node] = text
        self._edited.add(node)

    def is_edited(self, node: Node) -> bool:
        """Return whether the user was the last to change a text."""
        return node in self._edited

    def is_typed(self, node: Node) -> bool:
        """Return whether a user's text differs from the one that the server has sent."""
        if node in self._values:
            typed = self._values[node]
            return bool(typed) and typed != Fields().value(node)
        if node in self._ticks:
            return self._ticks[node] != ("checked" in node.attributes)
        return node in self._choices and self._choices[node] != Fields().chosen(node)

    def is_ticked(self, node: Node) -> bool:
        """Return whether a checkbox or a radio button is ticked."""
        if node in self._ticks or "checked" not in node.attributes:
            return self._ticks.get(node, False)
        # If the page ticks several of a group, the last one is ticked.
        return kind_of(node) != "radio" or not any(
            "checked" in other.attributes and other not in self._ticks
            for other in _after(node, group_of(node))
        )

    def tick(self, node: Node, *, is_ticked: bool) -> None:
        """Tick a checkbox or a radio button, which unticks the others of its group."""
        if is_ticked and kind_of(node) == "radio":
            self._ticks.update(dict.fromkeys(group_of(node), False))
        self._ticks[node] = is_ticked

    def chosen(self, select: Node) -> list[Node]:
        """Return the chosen options of a select."""
        choices = self._choices.get(select)
        known = [each for each in choices or () if select in each.ancestors()]
        if known or choices == [] or (choices is not None and self.is_list(select)):
            return known
        selected = [each for each in options(select) if "selected" in each.attributes]
        if "multiple" in select.attributes:
            return selected
        enabled = [] if self.is_list(select) else [each for each in options(select) if is_on(each)]
        return selected[-1:] or enabled[:1]

    def is_list(self, select: Node) -> bool:
        """Return whether a select shows a list, of which no option need be chosen."""
        size = select.attributes.get("size", "").strip()
        return "multiple" in select.attributes or (size.isdecimal() and int(size) > 1)

    def choose(self, select: Node, chosen: list[Node]) -> None:
        """Choose options."""
        self._choices[select] = chosen

    def files(self, node: Node) -> list[File]:
        """Return the chosen files of a field."""
        return self._files.get(node, [])

    def set_files(self, node: Node, files: list[File]) -> None:
        """Choose files."""
        self._files[node] = files

    def reset(self, form: Node) -> None:
        """Set every field of a form to what the server has sent."""
        for node in controls(form):
            self.forget(node)

    def forget(self, node: Node) -> None:
        """Set a field to what the server has sent."""
        for states in (self._values, self._ticks, self._choices, self._files, self._raw):
            states.pop(node, None)
        self._edited.discard(node)

    def take_writes(self, records: list[Record]) -> list[Node]:
        """Take the properties that a patch has written; return the fields that it changed."""
        changed: dict[Node, None] = {}
        for node, name, _, after in records:
            field = node
            if name == "selected":
                select = next((each for each in node.ancestors() if each.name == "select"), None)
                if select is None:
                    continue
                field = select
                self._take_selected(select, node, is_selected=after is not None)
            elif name == "checked":
                self._ticks.pop(node, None)
            else:
                self._values.pop(node, None)
            changed[field] = None
        return list(changed)

    def _take_selected(self, select: Node, option: Node, *, is_selected: bool) -> None:
        if "multiple" in select.attributes:
            others = [each for each in self.chosen(select) if each is not option]
            self._choices[select] = [*others, option] if is_selected else others
        elif is_selected:
            self._choices[select] = [option]
        elif option in self._choices.get(select, ()):
            del self._choices[select]

    def entries(self, form: Node, submitter: Node | None) -> Iterator[tuple[str, str | File]]:
        """Yield the names and the values that a form sends."""
        for node in controls(form):
            name = node.attributes.get("name", "")
            if not name or is_disabled(node):
                continue
            yield from ((name, value) for value in self._sent_values(node, submitter))

    def _sent_values(self, node: Node, submitter: Node | None) -> list[str | File]:
        kind = kind_of(node)
        if node.name == "button" or kind in BUTTON_TYPES:
            return [self.value(node)] if node is submitter else []
        if kind in TICKED:
            return [self.value(node)] if self.is_ticked(node) else []
        if node.name == "select":
            return [option_value(option) for option in self.chosen(node) if is_on(option)]
        if kind == "file":
            return list(self.files(node)) or [File("", b"")]
        return [self.value(node)] if node.name in ("input", "textarea") else []


def kind_of(node: Node) -> str:
    """Return the type of an `<input>` or a `<button>`; empty for other elements."""
    if node.name == "button":
        kind = node.attributes.get("type", "").lower()
        return kind if kind in BUTTON_TYPES else "submit"
    if node.name != "input":
        return ""
    kind = node.attributes.get("type", "text").lower()
    return kind if kind in INPUT_TYPES else "text"


def is_disabled(node: Node) -> bool:
    """Return whether a control is disabled, by itself or by a `<fieldset>`."""
    if node.name not in ("button", "input", "select", "textarea", "fieldset", "option"):
        return False
    if "disabled" in node.attributes:
        return True
    return any(
        each.name == "fieldset" and "disabled" in each.attributes and not _is_in_legend(node, each)
        for each in node.ancestors()
    )


def form_of(node: Node) -> Node | None:
    """Return the form that a control belongs to."""
    form_id = node.attributes.get("form")
    if form_id is not None:
        named = (each for each in node.root.descendants() if each.attributes.get("id") == form_id)
        return next((each for each in named if each.name == "form"), None)
    return next((each for each in node.ancestors() if each.name == "form"), None)


def group_of(node: Node) -> list[Node]:
    """Return the radio buttons of which only one can be ticked, with this one."""
    name, form = node.attributes.get("name"), form_of(node)
    return [
        other
        for other in (node.root.descendants() if name else ())
        if _is_radio(other, name) and form_of(other) is form
    ] or [node]


def is_ticked_in_group(fields: Fields, node: Node) -> bool:
    """Return whether one of the radio buttons is ticked, if one has to be."""
    group = group_of(node)
    is_required = any("required" in each.attributes for each in group)
    return not is_required or any(map(fields.is_ticked, group))


def controls(form: Node) -> Iterator[Node]:
    """Yield the controls of a form, in document order."""
    for node in form.root.descendants():
        if node.name in ("button", "input", "select", "textarea") and form_of(node) is form:
            yield node


def options(select: Node) -> list[Node]:
    """Return the options of a select."""
    return [node for node in select.descendants() if node.name == "option"]


def option_value(option: Node) -> str:
    """Return the value of an option: its attribute, or its text."""
    return option.attributes.get("value", " ".join(option.text_content().split()))


def encoded_form(entries: list[tuple[str, str | File]], enctype: str) -> tuple[str, bytes]:
    """Return the content type and the body of a form.

    Example:
        >>> encoded_form([("a", "1 2"), ("b", "&")], "")
        ('application/x-www-form-urlencoded', b'a=1+2&b=%26')
    """
    if enctype.lower() == PLAIN:
        lines = [f"{k}={v.name if isinstance(v, File) else _with_crlf(v)}\r\n" for k, v in entries]
        return PLAIN, "".join(lines).encode()
    if enctype.lower() != MULTIPART:
        pairs = [(k, v.name if isinstance(v, File) else _with_crlf(v)) for k, v in entries]
        return "application/x-www-form-urlencoded", urlencode(pairs).encode()
    parts = [_part(name, value) for name, value in entries]
    end = f"--{BOUNDARY}--\r\n".encode()
    return f"{MULTIPART}; boundary={BOUNDARY}", b"".join(parts) + end


def _part(name: str, value: str | File) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    if isinstance(value, File):
        head += f'; filename="{_quoted(value.name)}"\r\nContent-Type: {value.type}'
        return head.encode() + b"\r\n\r\n" + value.content + b"\r\n"
    return head.encode() + b"\r\n\r\n" + _with_crlf(value).encode() + b"\r\n"


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _after(node: Node, nodes: list[Node]) -> list[Node]:
    return nodes[nodes.index(node) + 1 :]


def is_on(option: Node) -> bool:
    """Return whether an option can be chosen."""
    groups = [each for each in option.ancestors() if each.name == "optgroup"]
    return all("disabled" not in each.attributes for each in (option, *groups))


def _is_radio(node: Node, name: str | None) -> bool:
    return kind_of(node) == "radio" and node.attributes.get("name") == name


def _is_in_legend(node: Node, fieldset: Node) -> bool:
    legends = (each for each in node.ancestors() if each.name == "legend")
    return any(each.parent is fieldset for each in legends)
