"""The content of a part of a page, as far as a proof needs it.

A patch of a part is proven only if the browser shows the page as it is written: if the parser
moves nothing, every id is known, and no id occurs twice. Content that may break this blocks the
page, which is then sent as a whole. A part with content that only a whole page may contain is
pinned: it is sent with more around it. Both are decided without a parser, and rather too often
than not.

Source: https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set as AbstractSet
from functools import lru_cache
from typing import Literal, NamedTuple

from fatmorph.markup._element import BuiltChild, Element
from fatmorph.morph.checks._misplaced import misplaced, misplaced_among, misplaced_child, rule
from fatmorph.morph.checks._nesting import (
    FOREIGN,
    IN_SELECT,
    TABLE_PARENTS,
    inside_foreign,
)

__all__ = (
    "BLOCKING",
    "IGNORE",
    "PINNED",
    "TOP",
    "Content",
    "Context",
    "content_of",
    "inside",
    "is_ignored",
    "stays_in",
)

IGNORE = "data-ignore-morph"
SPACES = " \t\n\f\r"
# Browsers make siblings of what is more than 512 deep, counted from <html>.
MAX_DEPTH = 400
# Names may contain user data, so longer ones are not kept.
MAX_CACHED_CHARACTERS = 64

# Elements that a parser reads in a way of their own, or whose state is shared by several.
BLOCKING = frozenset(
    {
        *("annotation-xml", "basefont", "bgsound", "frame", "frameset", "image", "isindex"),
        *("keygen", "listing", "noembed", "noframes", "noscript", "param", "plaintext", "template"),
        *("selectedcontent", "xmp"),
    }
)
# A fragment with a script runs it twice; the content of a template is not compared.
PINNED = frozenset({"script"})
VERBATIM = frozenset({"script", "style", "#comment"})
IN_SELECTS = frozenset({"option", "optgroup", "hr", "#comment"})
UNKEPT = frozenset({"id", IGNORE})

PLAIN, ID, NAME, TYPE, IGNORES, PRESERVES, BLOCKS = range(7)


class Context(NamedTuple):
    """Where an element is: its parent's name, the parser's state, and how deep.

    Args:
        parent: The parent's tag.
        flags: The bits of `checks._nesting`.
        depth: How many elements are around it.
    """

    parent: str
    flags: int
    depth: int


TOP = Context("#document", 0, 0)


class Content:
    """The ids of a part of a page, and what forbids to send it by itself."""

    __slots__ = ("blocks", "ids", "is_pinned")

    def __init__(self) -> None:
        self.ids: list[str] = []
        """All ids, in any order; one may occur twice."""
        self.is_pinned: bool = False
        """Whether it contains what a fragment must not contain."""
        self.blocks: bool = False
        """Whether nothing can be proven about the page."""

    def add(self, other: Content) -> None:
        """Add the content of another part."""
        self.ids += other.ids
        self.is_pinned |= other.is_pinned
        self.blocks |= other.blocks


class _Place(NamedTuple):
    is_blocking: bool
    is_pinned: bool
    flags: int  # for the children
    allowed: frozenset[str] | None  # the only children
    is_verbatim: bool


def content_of(root: Element, context: Context, known: AbstractSet[int] = frozenset()) -> Content:
    """Return the content of an element, itself included.

    Args:
        root: The element.
        context: Where it is.
        known: The addresses of its own children that are left out, as their content and their
            parent are known; inside of another child, the same object is a second one.
    """
    # hot: as tests/benchmarks/thin_patches.py shows.
    content = Content()
    pending = [(root, context.parent, context.flags, context.depth, False)]
    while pending:
        element, parent, flags, depth, is_below_ignored = pending.pop()
        tag = element.tag
        place = _place(tag, element.namespace, parent, flags)
        if place.is_blocking or depth > MAX_DEPTH:
            content.blocks = True
            return content
        content.is_pinned = content.is_pinned or place.is_pinned
        if attributes := element.attributes:
            is_below_ignored |= _note_attributes(
                content, tag, attributes, is_ignored=is_below_ignored
            )
        if place.is_verbatim:
            continue
        children: Iterable[BuiltChild] = element.children
        if known and element is root:
            children = [child for child in children if id(child) not in known]
        for child in children:
            if type(child) is Element or isinstance(child, Element):
                if place.allowed is not None and _is_foster(child, tag, place.allowed):
                    content.blocks = True
                pending.append((child, tag, place.flags, depth + 1, is_below_ignored))
            elif place.allowed is not None and child.strip(SPACES):
                content.blocks = True
            elif type(child) is not str and "<" in child:
                content.blocks = True  # trusted HTML, which is not read
        if tag == "html":
            content.blocks = content.blocks or _is_unusual_page(element)
        if content.blocks:
            return content
    return content


def inside(element: Element, context: Context) -> Context:
    """Return where the children of an element are."""
    flags = _place(element.tag, element.namespace, context.parent, context.flags).flags
    return Context(element.tag, flags, context.depth + 1)


def stays_in(child: Element, parent: Element, context: Context) -> bool:
    """Return whether the parser leaves a child in its parent, as far as the parent decides.

    Args:
        child: The child.
        parent: Its parent.
        context: Where the parent is.
    """
    allowed = _place(parent.tag, parent.namespace, context.parent, context.flags).allowed
    return allowed is None or not _is_foster(child, parent.tag, allowed)


def is_ignored(before: Element, after: Element) -> bool:
    """Return whether a morph of one element into the other does nothing."""
    return IGNORE in before.attributes and IGNORE in after.attributes


def _note_attributes(
    content: Content, tag: str, attributes: Mapping[str, str | Literal[True]], *, is_ignored: bool
) -> bool:
    """Note an element's id; return whether the element is ignored in every morph."""
    ignores = is_file = False
    for name, value in attributes.items():
        kind = _kind(name) if len(name) <= MAX_CACHED_CHARACTERS else PLAIN
        if kind == PLAIN:
            continue
        text = "" if value is True else value
        if kind == ID:
            content.ids.append(text)
            # A parser reads two of the characters as others, so the id is not what is written.
            content.blocks |= is_ignored or not text or "\r" in text or "\0" in text
        if kind in (ID, NAME) and text == "id":
            content.blocks = True  # the id of a form around it is this control
        elif kind == IGNORES:
            ignores = True
        elif kind == TYPE:
            is_file = text.lower() == "file"
        elif kind == PRESERVES:
            content.blocks |= not UNKEPT.isdisjoint(text.split(" "))
        elif kind == BLOCKS or (kind == NAME and tag == "details"):
            content.blocks = True
    if (ignores or (is_file and tag == "input")) and "id" not in attributes:
        # Another one may take its place: of an ignored element, the client then writes not even the
        # id, and a file input throws when a value is written into it.
        content.blocks = True
    return ignores


@lru_cache(maxsize=512)
def _kind(name: str) -> int:
    lower = name.lower()
    if lower in ("id", "name"):
        return BLOCKS if name != lower else ID if name == "id" else NAME
    if lower == "type":
        return TYPE
    if lower.endswith("scope-children"):
        return BLOCKS
    for ending, kind in (("ignore-morph", IGNORES), ("preserve-attr", PRESERVES)):
        if lower.endswith(ending):
            return kind if name == f"data-{ending}" else BLOCKS
    return PLAIN


def _place(tag: str, namespace: str, parent: str, flags: int) -> _Place:
    is_kept = len(tag) + len(parent) <= MAX_CACHED_CHARACTERS
    return (_kept_place if is_kept else _own_place)(tag, namespace, parent, flags)


def _own_place(tag: str, namespace: str, parent: str, flags: int) -> _Place:
    is_comment = tag == "#comment"
    is_blocking = tag in BLOCKING or (bool(flags & IN_SELECT) and tag not in IN_SELECTS)
    if not is_comment:
        is_blocking |= misplaced(tag, namespace, {}, parent, flags) is not None
        # In an <svg> only some attributes of <font> end it.
        is_blocking |= bool(flags & FOREIGN) and tag == "font"
    # A <form> there is closed at once; in a fragment that begins with a row, it is dropped.
    is_blocking |= tag == "form" and parent in TABLE_PARENTS
    found = None
    if flags & FOREIGN:
        below = inside_foreign(tag, flags, {})
    else:
        found = rule(tag, parent)
        below = flags if found is None else flags & ~found.closes | found.opens
    allowed = None if found is None else found.children
    if tag == "iframe":
        allowed = frozenset[str]()
    if tag == "html":
        allowed = frozenset({"head", "body", "#comment"})
    return _Place(is_blocking, tag in PINNED, below, allowed, tag in VERBATIM)


_kept_place = lru_cache(maxsize=1024)(_own_place)


def _is_foster(child: Element, parent: str, allowed: frozenset[str]) -> bool:
    """Return whether the parser puts a child elsewhere, as it does in parts of a table."""
    if parent == "html" and child.tag == "#comment":
        return False
    if child.tag == "input" and parent in TABLE_PARENTS:
        return True  # unless it is hidden, which is not worth the search
    return misplaced_child(child.tag, {}, parent, allowed) is not None


def _is_unusual_page(html: Element) -> bool:
    tags = [child.tag for child in html.children if isinstance(child, Element)]
    return "body" not in tags or next(misplaced_among(tags, "html"), None) is not None
