"""A page of HTML as a module of Python, and the proof that both are the same page."""

from __future__ import annotations

from dataclasses import dataclass

from fatmorph._converting.comparing import Difference, first_difference, node_count
from fatmorph._converting.elements import ElementWriter
from fatmorph._converting.layout import Code, comment_line
from fatmorph._converting.loops import with_loops
from fatmorph._converting.program import Program
from fatmorph._converting.running import rendered
from fatmorph._converting.serializing import serialized
from fatmorph._converting.template_tags import TemplateTags, is_template_page
from fatmorph._converting.trees import Kind, Tree, kind_of, read_tree, without_tags
from fatmorph._converting.whitespace import without_ignored_blanks

__all__ = ("Conversion", "convert")

PAGE = "page"


@dataclass(frozen=True)
class Conversion:
    """A module, and how its page compares with the HTML."""

    code: str
    nodes: int
    """How many elements, texts and comments the page has."""
    markup_nodes: int
    """How many of them are in `Markup`."""
    template_tags: int
    difference: Difference | None
    """The first difference between the page and the rendered code."""
    is_written_by_html: bool = True
    """Whether there is HTML that a parser makes the page's own tree of."""


def convert(
    text: str, *, title: str = "", view: str = "", loops: bool = False, exact: bool = False
) -> Conversion:
    """Return the module that writes a page.

    Args:
        text: The page, or a part of one.
        title: The first line of the module.
        view: The name of the function that returns the page; nothing for a variable `page`.
        loops: Whether repeated siblings become loops.
        exact: Whether white space is kept that a browser ignores.

    Raises:
        MissingExtraError: turbohtml is not installed.

    Example:
        >>> print(convert("<p class=a>Hello", title="A greeting.").code)
        \"\"\"A greeting.\"\"\"
        <BLANKLINE>
        from fatmorph import h
        <BLANKLINE>
        page = h.p("Hello", class_="a")
        <BLANKLINE>
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as a parser does
    tags = TemplateTags(text, is_template=is_template_page(text))
    kind = kind_of(tags.marked)
    tree = _plain(read_tree(tags.marked, kind, tags), exact=exact)
    expected = _plain(without_tags(tree, tags), exact=exact)
    program = Program(title or "A page.", (PAGE, view))
    writer = ElementWriter(program, tags, with_loops(tree, tags) if loops else {}, exact=exact)
    built = writer.built(tree)
    code = _module(program, *writer.expression(built), view)
    actual = _plain(read_tree(rendered(code, view or PAGE), kind), exact=exact)
    difference = first_difference(expected, actual, exact=exact)
    again = _plain(read_tree(_html(expected, kind), kind), exact=exact) if difference else expected
    return Conversion(
        code,
        node_count(expected),
        built.markup_nodes,
        len(tags.tags),
        difference,
        first_difference(expected, again, exact=exact) is None,
    )


def _html(tree: Tree, kind: Kind) -> str:
    html = serialized(tree)
    return f"<!doctype html>{html}" if kind == "document" else html


def _module(program: Program, expression: Code, comments: tuple[str, ...], view: str) -> str:
    if view:
        program.function(view, expression, comments)
        return program.source()
    lines = [comment_line(text, 0) for text in comments]
    return program.source("\n".join((*lines, *expression.lines(0, f"{PAGE} = "))) + "\n")


def _plain(tree: Tree, *, exact: bool) -> Tree:
    return tree if exact else without_ignored_blanks(tree)
