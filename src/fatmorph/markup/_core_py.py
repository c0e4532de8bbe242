"""The reference engine: tags, elements and the walk that renders them.

Written for clarity; a compiled twin may stand in for it and must not differ in any outcome.
Everything that can go wrong with a tree goes wrong when its elements are built, so that the
traceback points at the line with the mistake. Rendering runs no code but this module's own.

Sources: https://html.spec.whatwg.org/multipage/syntax.html (what is written) and
https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments (how).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

from markupsafe import Markup

from fatmorph import errors
from fatmorph.markup.attributes import VERBATIM_NAMES, add_attribute, mapped_name, written_name
from fatmorph.markup.path import find_path
from fatmorph.markup.spec import (
    ESCAPABLE_RAW_TEXT_ELEMENTS,
    NEWLINE_DROPPING_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    VOID_ELEMENTS,
)
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
    "render",
    "render_bytes",
)

Child: TypeAlias = "str | Element"
"""What an element holds: text (`str`), trusted HTML (`Markup`, a `str`), or an element."""

TAG_NAME = re.compile(r"[A-Za-z][-.\w]*", re.ASCII)
# Lists that hold lists are flattened; deeper than this only a list that holds itself goes.
MAX_NESTED_ITERABLES = 100

new = object.__new__

# What would end a raw text early, or make Datastar take a fragment for a page (its test is
# case-sensitive). https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
PAGE_ENDS = "</html>|</head>|</body>"
# https://html.spec.whatwg.org/multipage/syntax.html#comments
COMMENT_ENDS = re.compile(rf"\A-?>|<!--|--!?>|<!-\Z|{PAGE_ENDS}")


class Tag:
    """Build elements of one name when called.

    Args:
        name: As the standard writes it: `div`, `linearGradient`, `my-widget`.
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
        "_element_type",
        "_end",
        "_is_newline_dropping",
        "_name",
        "_namespace",
        "_start",
        "_start_end",
    )

    _check: Callable[[str, tuple[Child, ...]], tuple[Child, ...]] | None
    _element_type: type[Element]

    def __init__(self, name: str, namespace: ElementNamespace = "html") -> None:
        if not isinstance(name, str) or TAG_NAME.fullmatch(name) is None:
            raise errors.tag_name_error(name)
        is_html = namespace == "html"
        self._name = name
        self._namespace = namespace
        self._element_type = Element
        self._start = f"<{name}" if name != "html" else "<!doctype html><html"
        self._start_end = ">"
        self._end = "" if is_html and name in VOID_ELEMENTS else f"</{name}>"
        self._check = _content_check(name) if is_html else None
        self._is_newline_dropping = is_html and name in NEWLINE_DROPPING_ELEMENTS

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
        children = positional
        for item in positional:
            # Text and elements are children as they are; anything else has to be looked at.
            if type(item) is not str and type(item) is not Element:
                children = tuple(_sort_positional(self._name, positional, written))
                break
        for keyword, value in attributes.items():
            name = VERBATIM_NAMES.get(keyword)
            if name is not None and type(value) is str and name not in written:
                written[name] = value
            else:
                add_attribute(written, self._name, mapped_name(keyword), value)
        if self._check is not None:
            children = self._check(self._name, children)
        # Written out, not called: a tenth of the time that an element takes.
        element = new(self._element_type)
        element._tag = self
        element._attributes = written
        element._children = children
        return element

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tag):
            return NotImplemented
        return (self._name, self._namespace) == (other._name, other._namespace)

    def __hash__(self) -> int:
        return hash((self._name, self._namespace))

    def __repr__(self) -> str:
        return f"<Tag {self._name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive_tag, (self._name, self._namespace)


class Element:
    """An immutable node of a page: a name, attributes and children.

    Elements are made by calling a `Tag`, compare by structure, and render with `str()`.
    """

    __slots__ = ("__weakref__", "_attributes", "_children", "_tag")

    _tag: Tag
    _attributes: dict[str, str | Literal[True]]
    _children: tuple[Child, ...]

    def __init__(self) -> None:
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

    def __html__(self) -> str:
        return render(self)

    def __str__(self) -> str:
        return render(self)

    def __repr__(self) -> str:
        name = self._tag._name
        if self.id:
            name += f"#{self.id}"
        count = len(self._children)
        return f"<{name}: {count} {'child' if count == 1 else 'children'}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element):
            return NotImplemented
        # A list instead of recursion: pages may be deeper than the interpreter's stack.
        pending: list[tuple[Child, Child]] = [(self, other)]
        while pending:
            mine, theirs = pending.pop()
            if mine is theirs:
                continue
            if isinstance(mine, str) or isinstance(theirs, str):
                if type(mine) is not type(theirs) or mine != theirs:
                    return False
                continue
            if (
                mine._tag != theirs._tag
                or mine._attributes != theirs._attributes
                or len(mine._children) != len(theirs._children)
            ):
                return False
            pending.extend(zip(mine._children, theirs._children, strict=True))
        return True

    def __hash__(self) -> int:
        tokens: list[object] = []
        pending: list[Child] = [self]
        while pending:
            node = pending.pop()
            if isinstance(node, str):
                tokens.append(node)
            else:
                attributes = frozenset(node._attributes.items())
                tokens += (node._tag, attributes, len(node._children))
                pending.extend(node._children)
        return hash(tuple(tokens))

    def __copy__(self) -> Element:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Element:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _new_element, (self._tag, self._attributes, self._children)


class _Frozen(Element):
    """An element whose HTML was rendered when it was frozen."""

    __slots__ = ("_html",)

    _html: str


class _Fragment(Element):
    """Children without an element around them; dissolves in the element it is given to."""

    __slots__ = ()


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
                write(escape_text(child))
            elif type(child) is Element:
                start = child._tag._start
                for name, value in child._attributes.items():
                    if value is True:
                        start += f" {name}"
                    else:
                        start += f' {name}="{escape_attribute(value)}"'
                write(start + child._tag._start_end)
                if child._tag._is_newline_dropping and drops_newline(child):
                    write("\n")
                if len(child._children) == 1 and type(text := child._children[0]) is str:
                    # Most elements are such leaves; the detour would cost them a fifth.
                    write(escape_text(text))
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
        raise errors.encoding_error(*_unencodable(node)) from None


def frozen(node: Element) -> Element:
    """Return an equal element whose HTML is rendered now, once."""
    if type(node) is _Fragment:
        children = tuple(frozen(c) if isinstance(c, Element) else c for c in node._children)
        return _new_element(node._tag, {}, children)
    copy = object.__new__(_Frozen)
    copy._tag = node._tag
    copy._attributes = node._attributes
    copy._children = node._children
    copy._html = render(node)
    return copy


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


def escape_text(text: str) -> str:
    """Return text with `& < >` as references."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def escape_attribute(text: str) -> str:
    """Return text with `& < > "` as references, for a double-quoted attribute."""
    if '"' in text:
        return escape_text(text).replace('"', "&quot;")
    return escape_text(text)


def _new_element(
    tag: Tag, attributes: dict[str, str | Literal[True]], children: tuple[Child, ...]
) -> Element:
    element = object.__new__(tag._element_type)
    element._tag = tag
    element._attributes = attributes
    element._children = children
    return element


def _sort_positional(
    element: str, positional: tuple[object, ...], written: dict[str, str | Literal[True]]
) -> list[Child]:
    """Put the mappings among the arguments into `written` and return the children."""
    children: list[Child] = []
    for index, item in enumerate(positional):
        if isinstance(item, Mapping) and not children:
            for name, value in item.items():
                add_attribute(written, element, written_name(name), value)
        else:
            _add_child(children, element, item, (index,))
    return children


def _add_child(children: list[Child], element: str, item: object, place: tuple[int, ...]) -> None:
    if item is None or item is True or item is False:
        return
    if type(item) is str or type(item) is Element or type(item) in (Markup, _Frozen):
        children.append(item)
    elif type(item) is _Fragment:
        children.extend(item._children)
    elif hasattr(type(item), "__html__"):
        children.append(_trusted(element, item, place))
    elif isinstance(item, str):
        children.append(str.__str__(item))
    elif isinstance(item, int):
        children.append(int.__repr__(item))
    elif isinstance(item, float):
        children.append(float.__repr__(item))
    elif isinstance(item, Decimal):
        children.append(Decimal.__str__(item))
    elif isinstance(item, Tag):
        raise errors.uncalled_tag_error(element, _place(element, place), item._name)
    elif isinstance(item, bytes | bytearray | memoryview | Mapping):
        raise errors.child_error(element, _place(element, place), item)
    elif hasattr(type(item), "__iter__"):
        _add_children(children, element, item, place)
    else:
        raise errors.child_error(element, _place(element, place), item)


def _add_children(
    children: list[Child], element: str, items: Any, place: tuple[int, ...]
) -> None:
    if len(place) > MAX_NESTED_ITERABLES:
        raise errors.nesting_error(element, _place(element, place[:1]), MAX_NESTED_ITERABLES)
    index = -1
    try:
        for index, item in enumerate(items):  # noqa: B007 - named in the note below
            if type(item) is str or type(item) is Element:
                children.append(item)
            else:
                _add_child(children, element, item, (*place, index))
    except errors.FatmorphError:
        raise
    except Exception as error:
        # The user's own code failed; say what it was building.
        error.add_note(f"while building {_place(element, (*place, index + 1))}")
        raise


def _trusted(element: str, item: object, place: tuple[int, ...]) -> Markup:
    html = cast("Any", item).__html__()
    if not isinstance(html, str):
        raise errors.html_method_error(element, _place(element, place), item, html)
    return Markup(str.__str__(html))


def _place(element: str, place: tuple[int, ...]) -> str:
    first, *items = place
    return f"{element}(…), positional argument {first + 1}" + "".join(
        f", item {index + 1}" for index in items
    )


def _content_check(
    name: str,
) -> Callable[[str, tuple[Child, ...]], tuple[Child, ...]] | None:
    if name in VOID_ELEMENTS:
        return _no_children
    if name in ESCAPABLE_RAW_TEXT_ELEMENTS:
        return _only_text
    if name in RAW_TEXT_ELEMENTS:
        ends = rf"(?i:</{name}(?![^\s/>]))|{PAGE_ENDS}" + ("|<!--" if name == "script" else "")
        return partial(_one_raw_text, re.compile(ends))
    return None


def _no_children(name: str, children: tuple[Child, ...]) -> tuple[Child, ...]:
    if children:
        raise errors.void_error(name, children[0])
    return children


def _only_text(name: str, children: tuple[Child, ...]) -> tuple[Child, ...]:
    for child in children:
        if isinstance(child, Element):
            raise errors.markup_in_text_error(name, child)
    return children


def _one_raw_text(
    ends: re.Pattern[str], name: str, children: tuple[Child, ...]
) -> tuple[Child, ...]:
    """Return the children as one verbatim text, or refuse what would end it early."""
    text = "".join(cast("tuple[str, ...]", _only_text(name, children)))
    if found := ends.search(text):
        raise errors.raw_text_error(name, found[0])
    # Markup, because neither parser nor browser decodes references in here.
    return (Markup(text),) if text else ()


def _unencodable(root: Element) -> tuple[str, str]:
    """Return the path and the text of the first lone surrogate."""
    found = find_path(root, lambda element: _surrogate_text(element) is not None)
    if found is None:
        return repr(root), "its trusted HTML"
    path, element = found
    return path, _surrogate_text(element) or ""


def _surrogate_text(element: Element) -> str | None:
    for text in (*element._attributes, *element._attributes.values(), *element._children):
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError:
                return text
    return None


def _special_tag(name: str, start: str, end: str, element_type: type[Element]) -> Tag:
    tag = Tag("special")
    tag._name = name
    tag._element_type = element_type
    tag._start = start
    tag._start_end = ""
    tag._end = end
    return tag


COMMENT = _special_tag("#comment", "<!--", "-->", Element)
COMMENT._check = partial(_one_raw_text, COMMENT_ENDS)
FRAGMENT = _special_tag("#document-fragment", "", "", _Fragment)


def _revive_tag(name: str, namespace: ElementNamespace) -> Tag:
    special = {"#comment": COMMENT, "#document-fragment": FRAGMENT}
    return special.get(name) or Tag(name, namespace)
