"""The reference engine: tags, elements and the walk that renders them.

Written for clarity; a compiled twin may stand in for it and must not differ in any outcome.
Everything that can go wrong with a tree goes wrong when its elements are built, so that the
traceback points at the line with the mistake. Rendering runs no code but this module's own.

Sources: https://html.spec.whatwg.org/multipage/syntax.html (what is written) and
https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments (how).
"""

# A tag and its elements are one mechanism, and properties would cost time.
# ruff: noqa: SLF001
# Arguments come from callers that no type checker has seen.
# pyright: reportPrivateUsage=false, reportUnnecessaryIsInstance=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import GeneratorType, MappingProxyType
from typing import Any, Literal, Self, TypeAlias, cast

from markupsafe import Markup

from fatmorph.markup import _call as building
from fatmorph.markup._attributes import VERBATIM_NAMES, add_attribute, add_mapping, mapped_name
from fatmorph.markup._call import (
    MAX_NESTED_ITERABLES,
    NOT_GENERATED,
    ChildList,
    Place,
    TagParts,
    check_generator,
    convert_child,
    note_failure,
    tag_parts,
    too_deep,
    uncalled_tag,
    unencodable,
)
from fatmorph.markup._comparing_py import same_tree, tree_hash
from fatmorph.markup._content import Check, Content
from fatmorph.markup._escaping_py import escape_attribute, escape_text, escaped, escaped_in_quotes
from fatmorph.markup._lines import event_bytes
from fatmorph.types import AttributeValue, ElementNamespace, Node

__all__ = (
    "COMMENT",
    "FRAGMENT",
    "Child",
    "Element",
    "Tag",
    "drops_newline",
    "escape_attribute",
    "escape_text",
    "frozen",
    "generated",
    "render",
    "render_bytes",
    "render_event",
    "revive_element",
    "revive_tag",
)

Child: TypeAlias = "str | Element"
"""What an element holds: text (`str`), trusted HTML (`Markup`, a `str`), or an element."""

new = object.__new__


class Tag:
    """Build elements of one name when called.

    Args:
        name: As the standard writes it: `div`, `linearGradient`, `my-widget`. HTML's names
            become lower case, as in a browser.
        namespace: `html`, `svg` or `mathml`; decides how the parser reads the content.

    Raises:
        TagNameError: `name` cannot stand in a start tag.

    Example:
        >>> div = Tag("div")
        >>> str(div({"id": "cart"}, "2 < 3", class_="open"))
        '<div id="cart" class="open">2 &lt; 3</div>'
    """

    __slots__ = (
        "_check",
        "_content",
        "_element_type",
        "_end",
        "_is_newline_dropping",
        "_name",
        "_namespace",
        "_start",
        "_start_end",
    )

    _check: Check | None
    _content: Content
    _element_type: type[Element]
    _namespace: ElementNamespace

    def __init__(self, name: str, namespace: ElementNamespace = "html") -> None:
        self._take(tag_parts(name, namespace))

    @property
    def name(self) -> str:
        """Return the name as it is written."""
        return self._name

    @property
    def namespace(self) -> ElementNamespace:
        """Return the namespace that the elements belong to."""
        return self._namespace

    # hot: tests/benchmarks/rendering.py, "table"
    def __call__(
        self, /, *positional: Node | Mapping[str, Any], **attributes: AttributeValue
    ) -> Element:
        """Return an element.

        Args:
            *positional: First any mappings, which are attributes, with names as HTML writes
                them; then children. `None`, `True` and `False` are skipped, iterables are
                flattened and consumed, objects with `__html__` are trusted (UNESCAPED).
            **attributes: Names lose one trailing `_`, and `_` becomes `-`.

        Raises:
            AttributeNameError: A name that HTML cannot write.
            AttributeValueError: A value that its attribute cannot hold.
            ChildError: Something that cannot be a child of this element.
            RawTextError: Text that would end a script, style or comment early.
        """
        written: dict[str, str | Literal[True]] = {}
        children: Any = positional  # Any: a cast would cost more than the loop
        generated = NOT_GENERATED
        for item in positional:
            # Text and elements are children as they are; anything else has to be looked at.
            if type(item) is not str and type(item) is not Element:
                children = _sort_positional(self._name, positional, written)
                generated = children.generated
                children = tuple(children)
                break
        for keyword, value in attributes.items():
            # A subclass of str may lie about its text, or raise, when it is looked up.
            name = VERBATIM_NAMES.get(keyword) if type(keyword) is str else None
            if name is not None and type(value) is str and name not in written:
                written[name] = value
            else:
                add_attribute(written, self._name, mapped_name(keyword), value)
        if self._check is not None:
            if self._content.attribute_check is not None:
                self._content.attribute_check(self._name, written)
            children = self._check(self._name, children)
            if not self._content.heeds:
                generated = NOT_GENERATED
        # Written out, not called: a tenth of the time that an element takes.
        element = new(self._element_type)
        element._tag = self
        element._attributes = written
        element._children = children
        element._generated = generated
        return element

    def __init_subclass__(cls) -> None:
        raise TypeError("Tag is not an acceptable base type")

    def _take(self, parts: TagParts) -> None:
        self._name = parts.name
        self._namespace = parts.namespace
        self._start = parts.start
        self._start_end = ">" if parts.has_start_end else ""
        self._end = parts.end
        self._check = parts.content.check
        self._content = parts.content
        self._is_newline_dropping = parts.is_newline_dropping
        self._element_type = _Fragment if parts.is_fragment else Element

    def __eq__(self, other: object) -> bool:
        if type(other) is not Tag:
            return NotImplemented
        return (self._name, self._namespace) == (other._name, other._namespace)

    def __hash__(self) -> int:
        return hash((self._name, self._namespace))

    def __repr__(self) -> str:
        return f"<Tag {self._name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return revive_tag, (self._name, self._namespace)


class Element:
    """An immutable node of a page: a name, attributes and children.

    Elements are made by calling a `Tag`, compare by structure, and render with `str()`.
    """

    __slots__ = ("__weakref__", "_attributes", "_children", "_generated", "_tag")

    _tag: Tag
    _attributes: dict[str, str | Literal[True]]
    _children: tuple[Child, ...]
    _generated: tuple[int, int]

    def __new__(cls, *_arguments: object, **_keywords: object) -> Self:
        raise TypeError("elements are made by calling a tag, such as div()")

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
    def children(self) -> tuple[Child, ...]:
        """Return the children: `str` is text, `Markup` is trusted HTML."""
        return self._children

    @property
    def id(self) -> str | None:
        """Return the id, or None."""
        value = self._attributes.get("id")
        return value if isinstance(value, str) else None

    def __html__(self) -> Markup:
        # Markup, not str: Markup.format() escapes what it gets from __html__() otherwise.
        return Markup(render(self))  # noqa: S704

    def __str__(self) -> str:
        return render(self)

    def __repr__(self) -> str:
        name = self._tag._name
        if self.id:
            name += f"#{self.id}"
        count = len(self._children)
        return f"<{name}: {count} {'child' if count == 1 else 'children'}>"

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
        return revive_element, (self._tag, self._attributes, self._children, self._generated)


class _Frozen(Element):
    """An element whose HTML was rendered when it was frozen."""

    __slots__ = ("_html",)

    _html: str


class _Fragment(Element):
    """Children without an element around them; dissolves in the element it is given to."""

    __slots__ = ()


# Messages name the type of a value; these two are elements to whoever reads one.
_Frozen.__name__ = _Fragment.__name__ = "Element"


# hot: tests/benchmarks/rendering.py, "table"
def render(node: Element) -> str:
    """Return the HTML of an element; trees may be of any depth."""
    parts: list[str] = []
    write = parts.append
    # A list instead of recursion: pages may be deeper than the interpreter's stack.
    pending: list[tuple[Iterator[Child], str]] = []
    siblings = iter(node._children) if type(node) is _Fragment else iter((node,))
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
                    # Most elements are such leaves; the detour would cost them a fifth.
                    write(escaped(text))
                    write(child._tag._end)
                    continue
                pending.append((siblings, end))
                siblings, end = iter(child._children), child._tag._end
                break
            elif type(child) is _Frozen:
                write(child._html)
            else:
                write(cast("Markup", child))  # UNESCAPED, as its author asked
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
    if type(node) is _Frozen:
        return node
    if type(node) is _Fragment:
        children = tuple(frozen(c) if isinstance(c, Element) else c for c in node._children)
        return revive_element(node._tag, node._attributes, children, node._generated)
    copy: _Frozen = new(_Frozen)
    copy._tag = node._tag
    copy._attributes = node._attributes
    copy._children = node._children
    copy._generated = node._generated
    copy._html = render(node)
    return copy


def generated(node: Element) -> tuple[int, int]:
    """Return from where to where the children came out of lists and iterators, for checks.

    A tuple counts for none: that is what `*children` makes. Several lists count as one, with
    what is between them; (0, 0) is none, or one with too much beside it to be remembered.
    """
    return node._generated


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
    tag: Tag,
    attributes: dict[str, str | Literal[True]],
    children: tuple[Child, ...],
    generated: tuple[int, int] = NOT_GENERATED,
) -> Element:
    """Return an element of checked parts, such as those that were pickled."""
    element = new(tag._element_type)
    element._tag = tag
    element._attributes = attributes
    element._children = children
    element._generated = generated
    return element


def _sort_positional(
    element: str, positional: tuple[object, ...], written: dict[str, str | Literal[True]]
) -> ChildList:
    """Put the mappings among the arguments into `written` and return the children."""
    children = ChildList()
    has_child = False
    for index, item in enumerate(positional):
        if item is None or item is True or item is False:
            continue
        if not has_child and isinstance(item, Mapping):
            add_mapping(written, element, item)
        else:
            has_child = True  # even if it is an empty list: order must not depend on data
            _add_child(children, element, item, (index,))
    children.settle()
    return children


def _add_child(children: ChildList, element: str, item: object, place: Place) -> None:
    kind = type(item)
    if item is None or item is True or item is False:
        return
    if kind is str or kind is Element or kind is Markup or kind is _Frozen:
        children.append(cast("Child", item))
    elif kind is _Fragment:
        fragment = cast("Element", item)
        children.add_fragment(fragment._children, fragment._generated)
    elif kind is Tag:  # not isinstance(): a proxy claims its target's class
        uncalled_tag(element, item, place)
    else:
        child = convert_child(element, item, place)
        if child is NotImplemented:
            _add_children(children, element, item, place)
        else:
            children.append(child)


def _add_children(children: ChildList, element: str, items: Any, place: Place) -> None:
    if len(place) > MAX_NESTED_ITERABLES:
        too_deep(element, items, place)
    if type(items) is GeneratorType:
        check_generator(element, items, place)
    start = len(children)
    index = 0
    try:
        for item in items:
            if type(item) is str or type(item) is Element:
                children.append(item)
            else:
                _add_child(children, element, item, (*place, index))
            index += 1  # not enumerate(): it also counts the item that could not be fetched
    except Exception as error:
        note_failure(element, error, (*place, index))
        raise
    if type(items) is not tuple:
        children.note_generated(start, len(children))


def _special_tag(parts: TagParts) -> Tag:
    tag: Tag = new(Tag)
    tag._take(parts)
    return tag


COMMENT = _special_tag(building.COMMENT)
FRAGMENT = _special_tag(building.FRAGMENT)


def revive_tag(name: str, namespace: ElementNamespace) -> Tag:
    """Return the tag that was pickled."""
    for special in (COMMENT, FRAGMENT):
        if name == special._name:
            return special
    return Tag(name, namespace)
