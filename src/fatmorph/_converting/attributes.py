"""The attributes of an element as code: keywords, entries of a dict, and calls of `data`.

A keyword is used for a value of the type that editors expect for it. Any other value is an entry
of a dict, where every text is allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from keyword import iskeyword
from typing import Any

from fatmorph._converting import strings
from fatmorph._converting.attribute_types import (
    ANY_TEXT,
    BOOLEANS,
    INTEGERS,
    NUMBERS,
    TEXTS_OF_ARIA,
    WORDS,
    WORDS_ON_ELEMENTS,
)
from fatmorph._converting.comparing import declarations
from fatmorph._converting.datastar_calls import datastar_call
from fatmorph._converting.layout import Code, Group, Item, Text, Word
from fatmorph._converting.template_tags import TemplateTags
from fatmorph._converting.trees import Tree
from fatmorph._converting.values import Call, value_code
from fatmorph.errors import FatmorphError
from fatmorph.markup._attributes import mapped_name, written_name
from fatmorph.markup._element import Markup, Tag
from fatmorph.types import ElementNamespace

__all__ = ("Attributes", "read_attributes")

ENGINE_NAME = re.compile(r"[A-Za-z][-.\w]*", re.ASCII)
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{0,5}[1-9])?")
# Between lone surrogates, which no parser returns: no text of a page is taken for a variable.
VARIABLE = re.compile("\ud800([a-z_0-9]+)\udfff")


@dataclass
class Attributes:
    """The attributes of one element: as code, and as the engine takes them."""

    given: dict[str, Any] = field(default_factory=dict[str, Any])
    """The values for the engine; Any: as for the call of a tag."""
    calls: list[Code] = field(default_factory=list[Code])
    entries: list[tuple[str, Code, bool]] = field(default_factory=list[tuple[str, Code, bool]])
    """Name, value, and whether the keyword of that name takes it."""
    comments: list[str] = field(default_factory=list[str])
    imports: set[str] = field(default_factory=set[str])
    """The names of fatmorph that the code has."""
    is_written: bool = True
    """Whether the engine writes all of them as they are."""

    def items(self, *, as_keywords: bool) -> tuple[list[Item], list[Item]]:
        """Return the items before the children, and the keywords after them.

        Args:
            as_keywords: Whether to write keywords, where a keyword takes the value.
        """
        keywords = [
            Item(value, f"{_keyword(name)}=")
            for name, value, is_typed in self.entries
            if as_keywords and is_typed
        ]
        entries = [
            Item(value, f"{strings.literal(name)}: ")
            for name, value, is_typed in self.entries
            if not (as_keywords and is_typed)
        ]
        before = [Item(Group("{", entries, "}"))] if entries else []
        return [*before, *map(Item, self.calls)], keywords


def read_attributes(node: Tree, tags: TemplateTags, *, exact: bool) -> Attributes:
    """Return the attributes of an element.

    Args:
        node: The element; its names and values may have the marks of template tags.
        tags: The template tags.
        exact: Whether blanks in a style are kept.
    """
    found = Attributes()
    element = _Element(node.tag, node.namespace, exact=exact)
    for name, value in node.attributes.items():
        if tags.number(name) is not None:
            found.comments += tags.comments(name, ", among the attributes")
            continue
        found.comments += tags.comments(value, f", in {name}")
        _read_attribute(found, element, tags.restored(name), tags.restored(value))
    return found


def _read_attribute(found: Attributes, element: _Element, name: str, text: str) -> None:
    call = datastar_call(name, text) if name.startswith("data-") else None
    if call is not None:
        found.given |= call.value
        found.calls.append(call.code())
        has_action = any(isinstance(argument, Call) for argument in call.arguments)
        found.imports |= {"data", "at"} if has_action else {"data"}
        return
    if variable := VARIABLE.fullmatch(text):
        found.given[name] = text
        found.entries.append((name, Word(variable[1]), _is_any_text(name)))
        return
    value: Any = element.value(name, text)
    code, is_typed = value_code(value), element.takes(name, value)
    if not element.is_written(name, value, text):
        value = element.trusted(name, text)
        if value is None:
            found.is_written = False
            return
        found.imports.add("Markup")
        found.comments.append(f"{name} is Markup, because fatmorph would change its text")
        code, is_typed = Group("Markup(", [Item(Text(str.__str__(value)))], ")"), False
    found.given[name] = value
    found.entries.append((name, code, is_typed and _has_keyword(name)))


class _Element:
    """An element, as far as the values of its attributes depend on it."""

    def __init__(self, tag: str, namespace: ElementNamespace, *, exact: bool) -> None:
        self._tag = tag
        self._namespace = namespace
        # For a name that the engine does not write, the rules of a `div`.
        self._engine_tag = Tag(tag if ENGINE_NAME.fullmatch(tag) else "div", namespace)
        self._exact = exact

    def value(self, name: str, text: str) -> Any:  # Any: as for the call of a tag
        """Return the value for an attribute's text: a flag, a number, a mapping, or the text."""
        if name == "style":
            return self._style(text)
        if self._namespace == "html":
            if text == "" and name in BOOLEANS:
                return True
            if name in INTEGERS and INTEGER.fullmatch(text):
                return int(text)
        elif name in NUMBERS and DECIMAL.fullmatch(text):
            return float(text) if "." in text else int(text)
        if text in ("true", "false") and name.startswith("aria-") and name not in TEXTS_OF_ARIA:
            return text == "true"
        return text

    def takes(self, name: str, value: Any) -> bool:
        """Return whether the keyword for an attribute takes a value of this type."""
        if not isinstance(value, str):
            return True
        if self._namespace != "html":
            return name not in NUMBERS
        words = WORDS_ON_ELEMENTS.get((self._tag, name), WORDS.get(name))
        if words is not None:
            return value in words
        if name.startswith("aria-"):
            return name in TEXTS_OF_ARIA
        return name not in BOOLEANS and name not in INTEGERS

    def is_written(self, name: str, value: Any, text: str) -> bool:
        """Return whether the engine writes a value as the text of the page."""
        try:
            written = dict(self._engine_tag({name: value}).attributes)
        except FatmorphError:
            return False
        if name == "nonce":
            written.pop("data-preserve-attr", None)
        ((found, attribute),) = written.items() or [("", "")]
        plain = "" if attribute is True else attribute
        is_name = found == name or (self._namespace == "html" and found.lower() == name)
        return is_name and (plain == text or (name == "style" and self._is_style(plain, text)))

    def trusted(self, name: str, text: str) -> Markup | None:
        """Return the Markup that the engine writes as the text, None if there is none."""
        for html in (text, escape(text, quote=False)):
            value = Markup(html)
            if self.is_written(name, value, text):
                return value
        return None

    def _style(self, text: str) -> Any:
        found = declarations(text)
        is_kept = found is None or (self._exact and not self.is_written("style", found, text))
        return text if is_kept else found

    def _is_style(self, one: str, other: str) -> bool:
        found = declarations(one)
        return found is not None and found == declarations(other) and not self._exact


def _is_any_text(name: str) -> bool:
    is_text = name in ANY_TEXT or name in TEXTS_OF_ARIA or name.startswith("data-")
    return is_text and _has_keyword(name)


def _keyword(name: str) -> str:
    keyword = name.replace("-", "_")
    return f"{keyword}_" if iskeyword(keyword) else keyword


def _has_keyword(name: str) -> bool:
    """Return whether a keyword stands for a name, and for no other."""
    keyword = _keyword(name)
    if "_" in name or not keyword.isascii() or not keyword.isidentifier():
        return False
    try:
        return mapped_name(keyword).name == written_name(name).name
    except FatmorphError:
        return False
