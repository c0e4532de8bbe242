"""Pretty printing: HTML with line breaks that are invisible in a browser.

White space between elements is text, which can be visible. Lines are therefore broken only inside
tags, before an attribute or the closing `>`: parsing the printed page gives the same tree.

Source: https://html.spec.whatwg.org/multipage/syntax.html#start-tags
"""

from __future__ import annotations

from collections.abc import Iterator

from fatmorph.markup._core import (
    BuiltChild,
    Element,
    drops_newline,
    escape_attribute,
    escape_text,
)
from fatmorph.markup._render import as_element, render
from fatmorph.markup._spec_elements import VOID_ELEMENTS
from fatmorph.types import HasHtml

__all__ = ("pretty",)

LINE_CHARACTERS = 100
INDENT = "  "
# Levels; otherwise a page thousands of levels deep would become gigabytes of white space.
MAX_INDENT = 24


def pretty(view: Element | HasHtml) -> str:
    """Return the HTML of a view, broken into lines at long elements.

    Use it for snapshots and for reading; a parser reads the same tree from it.

    Args:
        view: As for `render()`. Trusted HTML is printed unchanged.

    Raises:
        ChildError: `view` cannot be rendered.

    Example:
        >>> from fatmorph import h
        >>> print(pretty(h.ul(h.li("one " * 12), h.li("two " * 12), id="list")))
        <ul id="list"
          ><li>one one one one one one one one one one one one </li
          ><li>two two two two two two two two two two two two </li
        ></ul>
    """
    root = as_element(view)
    printer = _Printer(_one_liners(root))
    printer.print(root)
    return printer.text()


def _one_liners(root: Element) -> dict[int, str]:
    """Return the HTML of every element that fits on a line, by the element's `id()`."""
    order: list[Element] = [root]
    for element in order:  # grows while it is walked: parents before children
        order.extend(child for child in element.children if isinstance(child, Element))
    fitting: dict[int, str] = {}
    for element in reversed(order):
        inner = [
            fitting.get(id(child)) if isinstance(child, Element) else child
            for child in element.children
        ]
        if None not in inner and sum(map(len, filter(None, inner))) <= LINE_CHARACTERS:
            html = render(element)
            if len(html) <= LINE_CHARACTERS and "\n" not in html:
                fitting[id(element)] = html
    return fitting


def _fits(html: str, depth: int) -> bool:
    return len(html) + len(INDENT) * min(depth, MAX_INDENT) <= LINE_CHARACTERS


class _Printer:
    """A writer that holds back the last `>` of a tag, so that a line can be broken before it."""

    def __init__(self, one_liners: dict[int, str]) -> None:
        self.one_liners = one_liners
        self.parts: list[str] = []
        self.is_tag_open = False

    def text(self) -> str:
        self.finish_tag()
        return "".join(self.parts)

    def finish_tag(self) -> None:
        if self.is_tag_open:
            self.parts.append(">")
            self.is_tag_open = False

    def break_line(self, depth: int) -> None:
        if self.is_tag_open:
            self.parts.append("\n" + INDENT * min(depth, MAX_INDENT))
            self.finish_tag()

    def write_tag(self, html: str) -> None:
        """Write HTML that ends with a tag."""
        self.finish_tag()
        self.parts.append(html[:-1])
        self.is_tag_open = True

    def write_text(self, html: str) -> None:
        """Write HTML that may end in the middle of text."""
        self.finish_tag()
        self.parts.append(html)

    def print(self, root: Element) -> None:
        # A list instead of recursion: pages may be deeper than the interpreter's stack.
        pending: list[tuple[Iterator[BuiltChild], str]] = [(iter((root,)), "")]
        while pending:
            siblings, end = pending[-1]
            child = next(siblings, None)
            depth = len(pending) - 1
            if child is None:
                pending.pop()
                if end:
                    self.break_line(depth - 1)
                    self.write_tag(end)
            elif isinstance(child, str):
                self.write_text(escape_text(child) if type(child) is str else child)
            elif child.tag == "#comment":
                self.break_line(depth)
                self.write_text(render(child))
            elif one_liner := self.one_liner(child, depth):
                self.break_line(depth)
                self.write_tag(one_liner)
            elif child.tag == "#document-fragment":
                pending[-1] = (iter(child.children), "")
            else:
                self.break_line(depth)
                self.print_start_tag(child, depth)
                is_void = child.namespace == "html" and child.tag in VOID_ELEMENTS
                pending.append((iter(child.children), "" if is_void else f"</{child.tag}>"))

    def one_liner(self, element: Element, depth: int) -> str | None:
        html = self.one_liners.get(id(element))
        # An element without child elements is not broken because of its indentation alone: only
        # its end tag would move.
        if html and (_fits(html, depth) or all(isinstance(c, str) for c in element.children)):
            return html
        return None

    def print_start_tag(self, element: Element, depth: int) -> None:
        start = f"<{element.tag}"
        if element.tag == "html":
            self.write_text("<!doctype html>\n")
        attributes = [
            name if value is True else f'{name}="{escape_attribute(value)}"'
            for name, value in element.attributes.items()
        ]
        one_line = " ".join((start, *attributes))
        if _fits(one_line, depth):
            self.write_tag(one_line + ">")
        else:
            separator = "\n" + INDENT * min(depth + 1, MAX_INDENT)
            self.write_tag(separator.join((start, *attributes)) + ">")
            self.break_line(depth + 1)
        if drops_newline(element):
            self.write_text("\n")
