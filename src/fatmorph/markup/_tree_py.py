"""The reference engine's elements, and the walk that renders them.

All values are checked when an element is built, so that the traceback of an error points at the
line with the mistake. Rendering calls no code of the user.

Sources: https://html.spec.whatwg.org/multipage/syntax.html (the output) and
https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments (the algorithm).
"""

# A tag and its elements share their private fields, because properties would cost time.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import index
from types import MappingProxyType
from typing import Any, Literal, Protocol, Self, TypeAlias, cast

from markupsafe import Markup

from fatmorph.markup._call import NOT_GENERATED, unencodable
from fatmorph.markup._comparing_py import same_tree, tree_hash
from fatmorph.markup._escaping_py import escaped, escaped_in_quotes
from fatmorph.markup._lines import event_bytes
from fatmorph.markup._summary import summary
from fatmorph.types import ElementNamespace

__all__ = (
    "BuiltChild",
    "Element",
    "Fragment",
    "Frozen",
    "NewElement",
    "TagOfElement",
    "drops_newline",
    "frozen",
    "generated_range",
    "place_of",
    "render",
    "render_bytes",
    "render_event",
    "revive_element",
)

BuiltChild: TypeAlias = "str | Element"
"""A child of an element: text (`str`), trusted HTML (`Markup`, a `str`), or an element."""


class TagOfElement(Protocol):
    """The parts of a tag that its elements read."""

    _element_type: type[Element]
    _end: str
    _is_newline_dropping: bool
    _name: str
    _namespace: ElementNamespace
    _place: str | None
    _start: str
    _start_end: str


class _Slots:
    """The slots of elements, of which `Element` and `NewElement` have no others.

    The same layout is the condition for a new element to become an `Element`.
    """

    __slots__ = ("__weakref__", "_attributes", "_children", "_generated_range", "_tag")

    _tag: TagOfElement
    _attributes: dict[str, str | Literal[True]]
    _children: tuple[BuiltChild, ...]
    _generated_range: tuple[int, int]


class NewElement(_Slots):
    """An element that has no parts yet; its class is assigned after them."""

    __slots__ = ()


class Element(_Slots):
    """An immutable node of a page: a name, attributes and children.

    Elements are made by calling a `Tag`, compare by structure, and render with `str()`.
    """

    __slots__ = ()

    def __new__(cls, *_arguments: object, **_keywords: object) -> Self:
        raise TypeError("elements are made by calling a tag, such as div()")

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:  # not one of the two below
            raise TypeError("Element is not an acceptable base type")

    @property
    def tag(self) -> str:
        """Return the name; `#comment` and `#document-fragment` as in the DOM's nodeName."""
        return self._tag._name

    @property
    def namespace(self) -> ElementNamespace:
        """Return the namespace: `html`, `svg` or `mathml`."""
        return self._tag._namespace

    @property
    def attributes(self) -> Mapping[str, str | Literal[True]]:
        """Return the attributes: unescaped text, or `True` for a bare name."""
        return MappingProxyType(self._attributes)

    @property
    def children(self) -> tuple[BuiltChild, ...]:
        """Return the children: `str` is text, `Markup` is trusted HTML."""
        return self._children

    @property
    def id(self) -> str | None:
        """Return the id, or None."""
        value = self._attributes.get("id")
        return value if isinstance(value, str) else None

    def encode(self, encoding: str = "utf-8") -> bytes:
        """Return the HTML as bytes, for a response that takes text, such as Starlette's.

        Raises:
            EncodingError: Text with a lone surrogate.
        """
        return render_bytes(self) if encoding.lower() == "utf-8" else render(self).encode(encoding)

    def __html__(self) -> Markup:
        # Markup, not str: Markup.format() would escape a str from __html__() again.
        return Markup(render(self))  # noqa: S704

    def __str__(self) -> Markup:
        return Markup(render(self))  # noqa: S704

    def __format__(self, spec: str) -> str:
        return format(render(self), spec)  # plain: f"{element}" is like f" {element}"

    def __repr__(self) -> str:
        return summary(self._tag._name, self._attributes, len(self._children))

    def __eq__(self, other: object) -> bool:
        if not issubclass(type(other), Element):
            return NotImplemented
        return same_tree(self, other)

    def __hash__(self) -> int:
        return tree_hash(self)

    def __copy__(self) -> Element:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Element:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        attributes = dict(self._attributes)  # a copy, because an element is immutable
        return revive_element, (self._tag, attributes, self._children, self._generated_range)


class Frozen(Element):
    """An element that was rendered when it was frozen."""

    __slots__ = ("_html",)

    _html: str


class Fragment(Element):
    """Children without an element around them; an element with this child gets the children."""

    __slots__ = ()


# Messages show the name of a type; for a user, these two are elements.
Frozen.__name__ = Fragment.__name__ = "Element"
# Python then refuses `object.__new__(Element)`, which would return an element without parts.
for made_by_calls in (Element, Fragment):
    made_by_calls.__abstractmethods__ = frozenset(("__new__",))  # type: ignore[attr-defined]


# hot: tests/benchmarks/rendering.py, "table"
def render(node: Element) -> str:
    """Return the HTML of an element; trees may be of any depth."""
    parts: list[str] = []
    write = parts.append
    # A list instead of recursion: pages may be deeper than the interpreter's stack.
    pending: list[tuple[Iterator[BuiltChild], str]] = []
    siblings = iter(node._children) if type(node) is Fragment else iter((node,))
    end = ""
    while True:
        for child in siblings:
            if type(child) is str:
                write(escaped(child))
            elif type(child) is Element:
                start = child._tag._start
                for name, value in child._attributes.items():
                    if value is True:
                        start += f" {name}"
                    else:
                        start += f' {name}="{escaped_in_quotes(value)}"'
                write(start + child._tag._start_end)
                if child._tag._is_newline_dropping and drops_newline(child):
                    write("\n")
                if len(child._children) == 1 and type(text := child._children[0]) is str:
                    # Most elements are such leaves, which would take a fifth longer with `pending`.
                    write(escaped(text))
                    write(child._tag._end)
                    continue
                pending.append((siblings, end))
                siblings, end = iter(child._children), child._tag._end
                break
            elif type(child) is Frozen:
                write(child._html)
            else:
                write(cast("Markup", child))  # UNESCAPED, it is trusted
        else:
            write(end)
            if not pending:
                return "".join(parts)
            siblings, end = pending.pop()


def render_bytes(node: Element) -> bytes:
    """Return the HTML of an element as UTF-8.

    Raises:
        EncodingError: Text with a lone surrogate; the message has the path to it.
    """
    html = render(node)
    try:
        return html.encode()
    except UnicodeEncodeError:
        raise unencodable(node) from None


def render_event(node: Element, head: bytes, line: bytes) -> bytes:
    """Return a server-sent event with the HTML of an element, each line of it after `line`.

    Raises:
        EncodingError: Text with a lone surrogate; the message has the path to it.
    """
    return event_bytes(head, line, render_bytes(node))


def frozen(node: Element) -> Element:
    """Return an equal element whose HTML is rendered now, once."""
    if type(node) is Frozen:
        return node
    if type(node) is Fragment:
        children = tuple(frozen(c) if isinstance(c, Element) else c for c in node._children)
        return revive_element(node._tag, node._attributes, children, node._generated_range)
    copy: Frozen = object.__new__(Frozen)
    copy._tag = node._tag
    copy._attributes = node._attributes
    copy._children = node._children
    copy._generated_range = node._generated_range
    copy._html = render(node)
    return copy


def generated_range(node: Element) -> tuple[int, int]:
    """Return the range of the children that came from lists and iterators, for checks.

    A tuple does not count, because `*children` makes one. The range of several lists includes the
    children between them. (0, 0) means that there is no such child, or that the range is not
    stored because there are too many children before or after it.
    """
    return node._generated_range


def place_of(node: Element) -> str | None:
    """Return the file and the line that made an element, or None if they were not recorded."""
    return node._tag._place


CHILD_TYPES = (str, Markup, Element, Frozen)


def drops_newline(element: Element) -> bool:
    """Return whether the parser would drop the first newline of the content.

    Source: https://html.spec.whatwg.org/multipage/syntax.html#element-restrictions
    """
    if element._tag._is_newline_dropping:
        for child in element._children:
            if not isinstance(child, str):
                return False
            if child:
                return child[0] in "\r\n"
    return False


def revive_element(
    tag: TagOfElement,
    attributes: dict[str, str | Literal[True]],
    children: tuple[BuiltChild, ...],
    generated_range: tuple[int, int] = NOT_GENERATED,
) -> Element:
    """Return an element from checked parts, such as the content of a pickle.

    Raises:
        TypeError: A part is of another type than those of an element.
    """
    if not hasattr(tag, "_element_type"):
        raise TypeError(f"a tag is not {type(tag).__name__}")
    if type(attributes) is not dict or type(children) is not tuple:
        raise TypeError("an element has a dict of attributes and a tuple of children")
    for name, value in attributes.items():
        if type(name) is not str or (type(value) is not str and value is not True):
            raise TypeError("an attribute is a str and its value, a str or True")
    for child in children:
        if type(child) not in CHILD_TYPES:
            raise TypeError(f"a child is not {type(child).__name__}")
    start, stop = map(index, generated_range)
    is_range = 0 <= start < stop <= len(children)
    element: Element = NewElement()  # type: ignore[assignment]
    element._tag = tag
    element._attributes = attributes
    element._children = children
    element._generated_range = (start, stop) if is_range else NOT_GENERATED
    element.__class__ = tag._element_type
    return element
