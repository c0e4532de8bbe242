"""The reference engine: tags, and the call that makes an element of its arguments.

Written for clarity; a compiled twin may replace it and must not differ in any outcome. The elements
and their rendering are in `_tree_py`; this module passes on the names that the twin also has.
"""

# A tag and its elements share their private fields, because properties would cost time.
# ruff: noqa: SLF001
# Callers may use no type checker.
# pyright: reportPrivateUsage=false, reportUnnecessaryIsInstance=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType, GeneratorType
from typing import Any, Literal, cast

from markupsafe import Markup

from fatmorph.markup import _call
from fatmorph.markup._attributes import (
    VERBATIM_NAMES,
    Attrs,
    add_attribute,
    add_mapping,
    mapped_name,
)
from fatmorph.markup._call import (
    MAX_NESTED_ITERABLES,
    NOT_GENERATED,
    ChildList,
    Position,
    TagParts,
    check_generator,
    convert_child,
    is_attributes,
    note_failure,
    tag_parts,
    too_deep,
    uncalled_tag,
)
from fatmorph.markup._content import Check, Content
from fatmorph.markup._escaping_py import escape_attribute, escape_text, escaped_in_quotes
from fatmorph.markup._memo_py import Memo
from fatmorph.markup._regions_py import changed_regions
from fatmorph.markup._shortcuts_py import shortcut
from fatmorph.markup._tree_py import (
    BuiltChild,
    Element,
    Fragment,
    Frozen,
    NewElement,
    drops_newline,
    frozen,
    generated_range,
    place_of,
    render,
    render_bytes,
    render_event,
    revive_element,
)
from fatmorph.types import AttributeValue, Child, ElementNamespace

__all__ = (
    "COMMENT",
    "FRAGMENT",
    "BuiltChild",
    "Element",
    "Memo",
    "Tag",
    "changed_regions",
    "drops_newline",
    "escape_attribute",
    "escape_text",
    "frozen",
    "generated_range",
    "place_of",
    "record_places",
    "render",
    "render_bytes",
    "render_event",
    "revive_element",
    "revive_tag",
    "shortcut",
)

MAX_PLACES = 4096  # a program has a few thousand calls of tags


class _Slots:
    """The slots of tags, of which `Tag` and `_NewTag` have no others."""

    __slots__ = (
        "_check",
        "_content",
        "_element_type",
        "_end",
        "_is_newline_dropping",
        "_name",
        "_namespace",
        "_place",
        "_start",
        "_start_end",
    )

    _check: Check | None
    _content: Content
    _element_type: type[Element]
    _end: str
    _is_newline_dropping: bool
    _name: str
    _namespace: ElementNamespace
    _place: str | None
    _start: str
    _start_end: str


class _NewTag(_Slots):
    """A tag that has no parts yet; its class is assigned after them."""

    __slots__ = ()


class Tag(_Slots):
    """A callable that builds elements of one name.

    Args:
        name: As in the standard: `div`, `linearGradient`, `my-widget`. Names of HTML become
            lower case, as in a browser.
        namespace: `html`, `svg` or `mathml`; decides how the parser reads the content.

    Raises:
        TagNameError: A start tag cannot contain `name`.

    Example:
        >>> div = Tag("div")
        >>> print(div({"id": "cart"}, "2 < 3", class_="open"))
        <div id="cart" class="open">2 &lt; 3</div>
    """

    __slots__ = ()

    # Not __init__(), which could be called again: a tag is immutable.
    def __new__(cls, name: str, namespace: ElementNamespace = "html") -> Tag:  # noqa: PYI034
        """Return the tag of a name."""
        return _new_tag(tag_parts(name, namespace))

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
        self, /, *positional: Child | Mapping[str, Any], **attributes: AttributeValue
    ) -> Element:
        """Return an element.

        Args:
            *positional: Mappings of attributes, with names as in HTML; then children. `None`,
                `True` and `False` are skipped, iterables are flattened and consumed, objects
                with `__html__` are trusted (UNESCAPED).
            **attributes: One trailing `_` of a name is dropped, and `_` becomes `-`.

        Raises:
            AttributeNameError: A name cannot be written in HTML.
            AttributeValueError: An attribute cannot hold its value.
            ChildError: This element cannot hold one of the children.
            RawTextError: Text would end a script, style or comment early.
        """
        written: dict[str, str | Literal[True]] = {}
        children: Any = positional  # Any: a cast would cost more than the loop
        generated_range = NOT_GENERATED
        for item in positional:
            # Most calls have only text and elements: the tuple of arguments is then the tuple of
            # children, without a copy.
            if type(item) is not str and type(item) is not Element:
                children = _sort_positional(self._name, positional, written)
                generated_range = children.generated_range
                children = tuple(children)
                break
        if attributes:
            verbatim = VERBATIM_NAMES.get
            for keyword, value in attributes.items():
                # Exact types only: a subclass of str can return anything, or raise, from
                # __hash__().
                name = verbatim(keyword) if type(keyword) is str else None
                if name is not None and type(value) is str and name not in written:
                    written[name] = value
                else:
                    add_attribute(written, self._name, mapped_name(keyword), value)
        if self._check is not None:
            if self._content.attribute_check is not None:
                self._content.attribute_check(self._name, written)
            children = self._check(self._name, children)
            if not self._content.heeds:
                generated_range = NOT_GENERATED
        # Inlined: a call of revive_element() takes a tenth of the time for an element.
        element: Element = NewElement()  # type: ignore[assignment]
        element._tag = self
        element._attributes = written
        element._children = children
        element._generated_range = generated_range
        element.__class__ = self._element_type
        return element

    def __init_subclass__(cls) -> None:
        raise TypeError("Tag is not an acceptable base type")

    def __eq__(self, other: object) -> bool:
        if type(other) is not Tag:
            return NotImplemented
        return (self._name, self._namespace) == (other._name, other._namespace)

    def __hash__(self) -> int:
        return hash((self._name, self._namespace))

    def __repr__(self) -> str:
        return f"<Tag {self._name}>"

    def __copy__(self) -> Tag:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Tag:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return revive_tag, (self._name, self._namespace)


# Python then refuses `object.__new__(Tag)`, which would return a tag without parts.
Tag.__abstractmethods__ = frozenset(("__new__",))  # type: ignore[attr-defined]


def _sort_positional(
    element: str, positional: tuple[object, ...], written: dict[str, str | Literal[True]]
) -> ChildList:
    """Add the attributes in mappings to `written` and return the children."""
    children = ChildList()
    has_child = False
    for index, item in enumerate(positional):
        if item is None or item is True or item is False:
            continue
        kind = type(item)
        if not has_child and (kind is dict or kind is Attrs or is_attributes(item)):
            add_mapping(written, element, cast("Mapping[Any, object]", item))
        else:
            has_child = True  # an empty list counts too: the valid order must not depend on data
            _add_child(children, element, item, (index,))
    children.settle()
    return children


def _add_child(children: ChildList, element: str, item: object, position: Position) -> None:
    kind = type(item)
    if item is None or item is True or item is False:
        return
    if kind is str or kind is Element or kind is Markup or kind is Frozen:
        children.append(cast("BuiltChild", item))
    elif kind is Fragment:
        fragment = cast("Element", item)
        children.add_fragment(fragment._children, fragment._generated_range)
    elif kind is list or kind is tuple or kind is GeneratorType:
        _add_children(children, element, item, position)
    elif kind is Tag:  # not isinstance(): a proxy claims the class of its target
        uncalled_tag(element, item, position)
    else:
        child = convert_child(element, item, position)
        if child is NotImplemented:
            _add_children(children, element, item, position)
        elif type(child) is tuple or type(child) is list:
            _add_children(children, element, child, position)
        else:
            children.append(child)


def _add_children(children: ChildList, element: str, items: Any, position: Position) -> None:
    if len(position) > MAX_NESTED_ITERABLES:
        too_deep(element, items, position)
    if type(items) is GeneratorType:
        check_generator(element, items, position)
    start = len(children)
    index = 0
    try:
        for item in items:
            if type(item) is str or type(item) is Element:
                children.append(item)
            else:
                _add_child(children, element, item, (*position, index))
            # Not enumerate(): an item that cannot be produced needs an index too.
            index += 1
    except Exception as error:
        note_failure(element, error, (*position, index))
        raise
    if type(items) is not tuple:
        children.note_generated(start, len(children))


def _new_tag(parts: TagParts) -> Tag:
    tag: Tag = _NewTag()  # type: ignore[assignment]
    tag._name = parts.name
    tag._namespace = parts.namespace
    tag._start = parts.start
    tag._start_end = ">" if parts.has_start_end else ""
    tag._end = parts.end
    tag._check = parts.content.check
    tag._content = parts.content
    tag._place = None
    tag._is_newline_dropping = parts.is_newline_dropping
    tag._element_type = Fragment if parts.is_fragment else Element
    tag.__class__ = Tag
    return tag


COMMENT = _new_tag(_call.COMMENT)
FRAGMENT = _new_tag(_call.FRAGMENT)


def revive_tag(name: str, namespace: ElementNamespace) -> Tag:
    """Return the tag that was pickled."""
    for special in (COMMENT, FRAGMENT):
        if name == special._name:
            return special
    return Tag(name, namespace)


def record_places(library: str | None, is_written: bool) -> None:  # noqa: FBT001 - as in C
    """Note the place of each call of a tag from now on, or no more.

    Args:
        library: The folder whose frames are not noted; None to stop.
        is_written: Whether the HTML has the places, in the attribute `data-made-at`.
    """
    Tag.__call__ = _call_of_tag if library is None else _Places(library, is_written).call()  # type: ignore[method-assign]


_call_of_tag = Tag.__call__


class _Places:
    """Tags that know where they were called: a copy for each place in the program."""

    def __init__(self, library: str, is_written: bool) -> None:  # noqa: FBT001 - as in C
        self._library = library
        self._is_written = is_written
        self._placed: dict[tuple[int, int, int], tuple[Tag, CodeType, Tag]] = {}

    def call(self) -> Callable[..., Element]:
        """Return a method for `Tag.__call__`."""

        def call(tag: Tag, /, *positional: Any, **attributes: Any) -> Element:
            element = _call_of_tag(tag, *positional, **attributes)
            if type(element) is not Fragment:
                element._tag = self._tag_here(tag)
            return element

        return call

    def _tag_here(self, tag: Tag) -> Tag:
        frame = sys._getframe(2)
        while frame.f_code.co_filename.startswith(self._library):
            if frame.f_back is None:
                return tag
            frame = frame.f_back
        # Not the code itself: its hash is that of all its constants and names.
        key = (id(tag), id(frame.f_code), frame.f_lasti)
        if key not in self._placed:
            if len(self._placed) >= MAX_PLACES:
                self._placed.clear()
            placed = self._new_tag(tag, f"{frame.f_code.co_filename}:{frame.f_lineno}")
            self._placed[key] = (tag, frame.f_code, placed)
        return self._placed[key][2]

    def _new_tag(self, tag: Tag, place: str) -> Tag:
        placed: Tag = _NewTag()  # type: ignore[assignment]
        for name in _Slots.__slots__:
            setattr(placed, name, getattr(tag, name))
        placed._place = place
        # A script with a changed attribute would run again.
        if self._is_written and tag._start_end and tag._name != "script":
            value = escaped_in_quotes(place).encode(errors="replace").decode()
            placed._start += f' data-made-at="{value}"'
        placed.__class__ = Tag
        return placed
