"""One walk through a tree, which records everything that the checks need.

Each node is visited once, without recursion: a page may be deeper than the interpreter's stack.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from fatmorph.errors import short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._render import generated_range, made_at
from fatmorph.markup._spec_elements import HTML_ELEMENTS
from fatmorph.markup._url import is_neutral
from fatmorph.markup.parse import MAX_DEPTH
from fatmorph.markup.path import child_steps
from fatmorph.morph._matching.nodes import LISTED_ELEMENTS
from fatmorph.morph.checks import _vocabulary as kinds
from fatmorph.morph.checks._listeners import dead_listener
from fatmorph.morph.checks._misplaced import (
    CHOOSY,
    NAMED,
    ROOTS,
    misplaced,
    misplaced_among,
    misplaced_child,
    misplaced_text,
    rule,
)
from fatmorph.morph.checks._misspelt import meant_attribute, written_keyword
from fatmorph.morph.checks._nesting import (
    FOREIGN,
    IN_FORM,
    IN_MATHML,
    IN_TEMPLATE,
    UNKNOWN_TO_DATASTAR,
    UNTOUCHED,
    Nesting,
    inside_foreign,
)
from fatmorph.morph.checks._unread_attributes import unread_attribute
from fatmorph.morph.checks._wording import worded
from fatmorph.morph.finding import Finding

__all__ = ("Attributes", "Row", "Spot", "Survey", "Tree")

MAX_STEPS = 16  # of a path: the end of a longer one is enough to find the element
# Elements in these have no identity that a morph could keep, or not one that we know.
HIDDEN = FOREIGN | IN_TEMPLATE | UNTOUCHED
NOTED = NAMED | {*kinds.STATEFUL, *kinds.RAW_TEXT, "noscript"}
EMBEDDED = frozenset({"math", "svg"})
SPACES = " \t\n\f\r"
NEUTRAL_ACTION = re.compile(r"@(\w+)\('unsafe:")
ACTION_AS_TEXT = re.compile(r"@(delete|get|patch|post|put)\('[^']*'[^@]*\)\Z")
PAGE_END = re.compile("</html>|</head>|</body>")
NO_SPACE = re.compile(r"[,;]|[^\S ]")  # the client splits data-preserve-attr at spaces
SCROLLS = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:auto|scroll)")

Attributes: TypeAlias = "Mapping[str, Any]"  # Any: text, or True or None for a bare name


class Tree(Protocol):
    """A tree that can be checked: our elements, or those of a parser."""

    @property
    def tag(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def attributes(self) -> Attributes: ...
    @property
    def children(self) -> Sequence[Any]: ...


class Row:
    """One of several elements of the same name that came out of a list."""

    __slots__ = ("has_id", "has_state", "is_covered", "outer")

    def __init__(self, outer: Row | None) -> None:
        self.outer = outer
        self.has_id = False  # its own or one inside it: either identifies it
        self.has_state = False
        self.is_covered = False  # whether it is reported, or a row around it

    def note_id(self) -> None:
        """Record that an id identifies the row, and those around it."""
        row: Row | None = self
        while row is not None and not row.has_id:
            row.has_id = True
            row = row.outer

    def note_state(self) -> None:
        """Record that the row, and those around it, have state to lose."""
        row: Row | None = self
        while row is not None and not row.has_state:
            row.has_state = True
            row = row.outer


class Spot:
    """An element at one point of a tree; an equal element may occur elsewhere in it."""

    __slots__ = (
        *("depth", "element", "flags", "index", "is_anchored", "is_misnested", "number", "opens"),
        *("parent", "row"),
    )

    def __init__(
        self, element: Tree, parent: Spot | None, index: int, flags: int, row: Row | None
    ) -> None:
        self.element = element
        self.parent = parent
        self.index = index  # among the elements of its parent
        self.flags = flags
        self.row = row  # the nearest, itself included
        self.depth: int = parent.depth + 1 if parent else int(element.tag not in ROOTS)
        self.opens = 0  # flags for its descendants
        self.number = 0  # in document order
        self.is_anchored: bool | None = None
        self.is_misnested = False


class Survey:
    """The records of a walk through a tree.

    Args:
        root: An element, a fragment, or a parsed document.
    """

    def __init__(self, root: Tree) -> None:
        self.root = root
        self.findings: list[tuple[int, Finding]] = []
        self.spots: list[Spot] = []
        self.ids: dict[str, list[Spot]] = {}
        self.states: dict[int, tuple[Spot, str]] = {}
        self.rows: list[list[Spot]] = []
        self.applied: list[tuple[Spot, str, str]] = []
        self.inits: list[tuple[Spot, str, str]] = []
        self.signals: list[tuple[Spot, str, str]] = []
        self.heads: list[Spot] = []
        self.actions: list[tuple[Spot, Any]] = []  # Any: text, or True or None
        self.expressions: list[tuple[Spot, str, str]] = []
        self.has_trusted_html = False
        self.open_details: dict[str, Spot] = {}
        self._children: dict[int, list[Spot]] | None = None
        self._steps: dict[int, list[str]] = {}
        self._kinds: dict[str, int] = {}
        self._walk()

    def children(self, parent: Spot) -> list[Spot]:
        """Return the elements in an element."""
        if self._children is None:
            self._children = {}
            for spot in self.spots:
                if spot.parent is not None:
                    self._children.setdefault(spot.parent.number, []).append(spot)
        return self._children.get(parent.number, [])

    def path(self, spot: Spot) -> str:
        """Return the path of an element, or the end of a very long path."""
        steps: list[str] = []
        while spot.parent is not None and len(steps) < MAX_STEPS:
            parent = spot.parent
            if parent.number not in self._steps:
                self._steps[parent.number] = [step for _, step in child_steps(parent.element)]
            steps.append(self._steps[parent.number][spot.index])
            spot = parent
        root = spot.element
        if spot.parent is not None:
            steps.append("…")
        elif root.tag not in ROOTS and (root.tag != "html" or not steps):
            steps.append(f"{root.tag}#{root.id}" if root.id else root.tag)
        if len(steps) > 1 and steps[-1] == "html":
            steps.pop()
        return " > ".join(reversed(steps))

    def report(self, code: str, spot: Spot, **words: object) -> None:
        """Add a finding about an element."""
        words = {"tag": spot.element.tag, **words}
        finding = worded(code, self.path(spot), place=made_at(spot.element), **words)
        self.findings.append((spot.number, finding))

    # hot: tests/benchmarks/checking.py, which checks a board of 400 cells
    def _walk(self) -> None:
        pending = [Spot(self.root, None, 0, 0, None)]
        spots = self.spots
        while pending:
            spot = pending.pop()
            spots.append(spot)
            spot.number = len(spots)
            element = spot.element
            tag = element.tag
            if attributes := element.attributes:
                self._note_attributes(spot, attributes)
            if spot.flags & FOREIGN or tag in NOTED:
                self._check_nesting(spot, tag, attributes)
                if not spot.flags & FOREIGN:
                    self._note_tag(spot, tag, attributes)
            if spot.depth == MAX_DEPTH + 1:
                self.report("too-deep", spot)
            children = element.children
            if len(children) == 1 and type(children[0]) is str and tag not in NOTED:
                if children[0][:1] == "@":
                    self._note_texts(spot, tag, children)
                continue  # most elements are such leaves
            elements = [child for child in children if not isinstance(child, str)]
            if len(elements) < len(children):
                self._note_texts(spot, tag, children)
            if elements:
                pending += reversed(self._child_spots(spot, tag, elements))

    def _note_attributes(self, spot: Spot, attributes: Attributes) -> None:
        bits = 0
        known = self._kinds
        for name, value in attributes.items():
            kind = known.get(name)
            if kind is None:
                kind = known[name] = kinds.attribute_kind(name)
            if kind:
                bits |= kind
                if kind & kinds.ACTION:
                    self.actions.append((spot, value))
                if kind & kinds.EXPRESSION and type(value) is not bool:
                    self.expressions.append((spot, name, value or ""))
                if (
                    kind & kinds.NOTED
                    or value is True
                    or not value
                    or value == "id"
                    or (kind & kinds.HOLDS_URL and "unsafe:" in value)
                ):
                    self._note_attribute(spot, name, value, kind)
        if bits & kinds.ACTION and spot.row is not None:
            spot.row.note_state()
        if bits & kinds.ID and not spot.flags & IN_TEMPLATE:
            self._note_id(spot, attributes["id"])

    def _note_id(self, spot: Spot, value: Any) -> None:  # Any: text, or True or None
        if value is True or not value:
            self.report("empty-id", spot)
            return
        self.ids.setdefault(value, []).append(spot)
        if spot.row is not None:
            spot.row.note_id()

    def _note_attribute(self, spot: Spot, name: str, value: Any, kind: int) -> None:
        text = "" if value is True or value is None else value
        if kind & kinds.CHECKED and not spot.flags & UNKNOWN_TO_DATASTAR:
            self._check_datastar(spot, name, text, kind)
        if kind & kinds.STATE or (kind & kinds.STYLE and SCROLLS.search(text)):
            self._note_state(spot, "a scroll position" if kind & kinds.STYLE else name)
        if kind & kinds.PRESERVE and (wrong := NO_SPACE.search(text)):
            self.report("preserve-attr-list", spot, wrong=repr(wrong[0]))
        if kind & kinds.APPLIED:
            self.applied.append((spot, name, text))
        if kind & kinds.DEAD and not spot.flags & UNKNOWN_TO_DATASTAR:
            key = name.partition(":")[2].partition("__")[0]
            reason, fix = dead_listener(key)
            self.report("dead-listener", spot, event=short_repr(key), reason=reason, fix=fix)
        if kind & kinds.UNREAD and not spot.flags & UNKNOWN_TO_DATASTAR:
            reason, fix = unread_attribute(name, text)
            if reason:
                self.report("unread-attribute", spot, name=name, reason=reason, fix=fix)
        if kind & kinds.MISSPELT:
            self._note_misspelt(spot, name)
        if kind & kinds.INIT:
            self.inits.append((spot, name, text))
        if kind & kinds.SIGNALS and "__ifmissing" not in name:
            self.signals.append((spot, name, text))
        if kind & kinds.IGNORE:
            spot.opens |= UNKNOWN_TO_DATASTAR
        if kind & kinds.IGNORE_MORPH:
            spot.opens |= UNTOUCHED
        if kind & kinds.HOLDS_URL and "unsafe:" in text:
            self._note_neutral_url(spot, name, text, kind)
        if text == "id" and kind & (kinds.ID | kinds.NAME) and spot.flags & IN_FORM:
            self._note_named_id(spot)

    def _note_misspelt(self, spot: Spot, name: str) -> None:
        tag = spot.element.tag
        is_foreign = bool(spot.flags & FOREIGN) or tag in EMBEDDED
        if not is_foreign and (tag not in HTML_ELEMENTS or "is" in spot.element.attributes):
            return  # a custom element has attributes of its own
        if meant := meant_attribute(name, is_foreign=is_foreign):
            words = {"name": name, "meant": meant, "keyword": written_keyword(meant)}
            self.report("misspelt-attribute", spot, **words)

    def _note_neutral_url(self, spot: Spot, name: str, text: str, kind: int) -> None:
        if kind & kinds.URL and is_neutral(text):
            self.report("neutral-url", spot, name=name, fix=f'{{"{name}": Markup(url)}}')
        elif kind & kinds.NEEDS_VALUE and (action := NEUTRAL_ACTION.search(text)):
            self.report("neutral-url", spot, name=name, fix=f'at.{action[1]}("/path")')

    def _note_named_id(self, spot: Spot) -> None:
        if spot.element.tag in LISTED_ELEMENTS:
            self.report("control-named-id", spot)

    def _note_state(self, spot: Spot, state: str) -> None:
        if not spot.flags & HIDDEN:
            self.states.setdefault(spot.number, (spot, state))
            if spot.row is not None:
                spot.row.note_state()

    def _check_datastar(self, spot: Spot, name: str, text: str, kind: int) -> None:
        wrong = ""
        if kind & kinds.NEEDS_VALUE and not text:
            wrong = "has no value"
        elif kind & kinds.NEEDS_NO_VALUE and text:
            wrong = "has a key and a value"
        elif kind & kinds.NEEDS_KEY:
            wrong = "names no event"
        elif kind & kinds.NEEDS_NO_KEY:
            wrong = "has a key"
        if wrong:
            fix = kinds.datastar_call(name)
            self.report("datastar-value", spot, name=name, wrong=wrong, fix=fix)

    def _note_tag(self, spot: Spot, tag: str, attributes: Attributes) -> None:
        if tag in kinds.STATEFUL:
            if tag != "input" or attributes.get("type") not in kinds.STATELESS_INPUTS:
                self._note_state(spot, kinds.STATEFUL[tag])
            opens = tag in ("details", "dialog") and not spot.flags & HIDDEN
            if opens and not kinds.keeps_open(tag, attributes):
                self.report("open-not-preserved", spot)
            if tag == "details" and "open" in attributes and attributes.get("name"):
                self._note_open_details(spot, attributes["name"])
        elif tag == "noscript" and spot.element.children:
            self.report("noscript", spot)
        elif tag == "template" and "shadowrootmode" in attributes:
            self.report("shadow-root", spot)

    def _note_open_details(self, spot: Spot, name: str) -> None:
        if spot.flags & IN_TEMPLATE:
            return
        first = self.open_details.setdefault(name, spot)
        if first is not spot:
            words = {"name": repr(name), "first": self.path(first)}
            self.report("details-of-one-name", spot, **words)

    def _check_nesting(self, spot: Spot, tag: str, attributes: Attributes) -> None:
        namespace = getattr(spot.element, "namespace", None)
        parent = spot.parent.element.tag if spot.parent is not None else "#document"
        if found := misplaced(tag, namespace, attributes, parent, spot.flags):
            self._note_misnested(spot, parent, found)
            # Only the outermost mistake is reported, so its content is read as it was written.
            foreign = {"svg": FOREIGN, "mathml": FOREIGN | IN_MATHML}.get(namespace or "", 0)
            spot.flags = spot.flags & ~(FOREIGN | IN_MATHML) | foreign

    def _note_misnested(self, spot: Spot, parent: str, found: tuple[str, str]) -> None:
        if not spot.is_misnested:
            spot.is_misnested = True
            reason, fix = found
            self.report("misnested", spot, parent=parent, reason=reason, fix=fix)

    def _note_texts(self, spot: Spot, tag: str, children: Sequence[Any]) -> None:
        found = None if spot.flags & FOREIGN else self._rule(spot, tag)
        for child in children:
            if not isinstance(child, str):
                continue
            is_raw = type(child) is not str or tag in kinds.RAW_TEXT
            self.has_trusted_html |= type(child) is not str
            if not is_raw and (action := ACTION_AS_TEXT.match(child)):
                self.report("action-as-text", spot, action=short_repr(child), method=action[1])
            if is_raw and "</" in child and tag not in ROOTS:
                if (end := PAGE_END.search(child)) and not spot.flags & FOREIGN:
                    self.report("page-end", spot, text=repr(end[0]))
            elif not is_raw and found and found.children is not None and child.strip(SPACES):
                reason, fix = misplaced_text(tag)
                words = {"tag": "#text", "parent": tag, "reason": reason, "fix": fix}
                self.report("misnested", spot, **words)

    def _child_spots(self, spot: Spot, tag: str, elements: list[Tree]) -> list[Spot]:
        flags = spot.flags | spot.opens
        found = None
        if spot.flags & FOREIGN:
            flags = inside_foreign(tag, flags, spot.element.attributes)
        elif found := self._rule(spot, tag):
            flags = flags & ~found.closes | found.opens
        if tag == "head":
            self.heads.append(spot)
        rows = self._rows(spot, elements, flags)
        around = spot.row
        spots = [
            Spot(element, spot, index, flags, row)
            for index, (element, row) in enumerate(zip(elements, rows, strict=True))
        ]
        if group := [child for child in spots if child.row is not around]:
            self.rows.append(group)
        if tag in CHOOSY and not spot.flags & FOREIGN:
            self._check_children(tag, found, spots)
        return spots

    def _rule(self, spot: Spot, tag: str) -> Nesting | None:
        return rule(tag, spot.parent.element.tag if spot.parent is not None else "#document")

    def _check_children(self, tag: str, found: Nesting | None, spots: list[Spot]) -> None:
        if found is not None and found.children is not None:
            for child in spots:
                element = child.element
                if reason := misplaced_child(element.tag, element.attributes, tag, found.children):
                    self._note_misnested(child, tag, reason)
        for index, reason in misplaced_among((child.element.tag for child in spots), tag):
            self._note_misnested(spots[index], tag, reason)

    def _rows(self, spot: Spot, elements: list[Tree], flags: int) -> list[Row | None]:
        """Return the row that each element is, or is in."""
        rows = [spot.row] * len(elements)
        parent = spot.element
        if len(elements) < 2 or flags & HIDDEN or not isinstance(parent, Element):
            return rows
        start, stop = generated_range(parent)
        first, last = (
            sum(not isinstance(child, str) for child in parent.children[:end])
            for end in (start, stop)
        )
        counts = Counter(element.tag for element in elements[first:last])
        for index in range(first, last):
            if counts[elements[index].tag] > 1 and elements[index].tag != "#comment":
                rows[index] = Row(spot.row)
        return rows
