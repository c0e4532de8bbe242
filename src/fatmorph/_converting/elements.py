"""Nodes as code: each element a call, with the engine asked whether it writes the same page.

A node that the engine refuses, or would change, becomes `Markup`, with the reason in a comment: the
start and end tag alone if only these are refused, otherwise the whole element.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fatmorph._converting.attributes import VARIABLE, Attributes, read_attributes
from fatmorph._converting.comparing import node_count
from fatmorph._converting.layout import Code, Comprehension, Group, Item, Text, Word
from fatmorph._converting.loops import Loop
from fatmorph._converting.program import Program
from fatmorph._converting.serializing import end_tag, serialized, start_tag
from fatmorph._converting.template_tags import TemplateTags
from fatmorph._converting.trees import Tree, without_tags
from fatmorph.errors import (
    AttributeNameError,
    AttributeValueError,
    FatmorphError,
    TagNameError,
)
from fatmorph.markup._element import Markup, Tag, comment
from fatmorph.markup._spec_elements import (
    HTML_ELEMENTS,
    MATHML_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    SVG_ELEMENTS,
)

__all__ = ("Built", "ElementWriter")

LONG_TEXT = 80  # characters; a longer script or style is a constant
# An element with so many levels in it becomes a function: readers can follow no more, and Python's
# parser reads 200 open brackets.
MAX_LEVELS = 12
LONG_PART = 30  # lines; a longer part of a page becomes a function
PARTS = frozenset(
    (
        *("article", "aside", "dialog", "fieldset", "footer", "form", "head", "header", "main"),
        *("nav", "search", "section", "table", "template"),
    )
)
RAW_TEXT = RAW_TEXT_ELEMENTS | {"plaintext"}
LEAVES = ("#comment", "#tag", "#value")
TAGS_OF_NAMES: Mapping[str, str] = {"html": "h", "svg": "svg", "mathml": "mathml"}


@dataclass
class Built:
    """Nodes as code, and what is known of it."""

    items: list[Item] = field(default_factory=list[Item])
    nodes: list[Any] = field(default_factory=list[Any])
    """The same, made by the engine; Any: elements and text of either engine."""
    levels: int = 0
    lines: int = 0
    markup_nodes: int = 0
    is_element: bool = False
    """Whether the only item is the call of a tag."""
    is_text: bool = True
    """Whether all items are texts."""

    def add(self, other: Built) -> None:
        """Add nodes at the end."""
        self.items += other.items
        self.nodes += other.nodes
        self.levels = max(self.levels, other.levels)
        self.lines += other.lines
        self.markup_nodes += other.markup_nodes
        self.is_text = self.is_text and other.is_text
        self.is_element = other.is_element and len(self.items) == 1


class ElementWriter:
    """Writes the code of trees into a program.

    Args:
        program: Takes the constants and functions.
        tags: The template tags of the page.
        loops: The loops in the trees, by the ids of the nodes `#loop`.
        exact: Whether blanks in styles are kept.
    """

    def __init__(
        self, program: Program, tags: TemplateTags, loops: Mapping[int, Loop], *, exact: bool
    ) -> None:
        self._exact = exact
        self._program = program
        self._tags = tags
        self._loops = loops
        self._repeated = {id(n) for loop in loops.values() for n in _subtree(loop.element)}

    def built(self, root: Tree) -> Built:
        """Return the children of a root as code."""
        built: dict[int, Built] = {}
        for node in _children_first(root):
            inner = Built()
            for child in node.children if node.tag not in LEAVES else ():
                inner.add(self._text(child) if isinstance(child, str) else built.pop(id(child)))
            built[id(node)] = self._node(node, inner) if node is not root else inner
        return built[id(root)]

    def _node(self, node: Tree, inner: Built) -> Built:
        if node.tag == "#loop":
            return self._loop(self._loops[id(node)], inner)
        if node.tag in ("#tag", "#value"):
            comments = (self._tags.comment(int(str(node.children[0]))),)
            return Built([Item(None, comments=comments)], lines=1, is_text=False)
        if node.tag == "#comment":
            return self._comment(node)
        if node.namespace == "html" and node.tag in RAW_TEXT:
            return self._raw_text(node)
        if node.tag == "head" and not (node.attributes or inner.items):
            return Built()  # a parser adds it
        return self._part(node, self._element(node, inner))

    def _text(self, text: str) -> Built:
        if variable := VARIABLE.fullmatch(text):
            return Built([Item(Word(variable[1]))], [text], lines=1)
        comments = self._tags.comments(text, ", in the text")
        plain = self._tags.restored(text)
        return Built([Item(Text(plain), comments=comments)], [plain], lines=1 + len(plain) // 80)

    def _comment(self, node: Tree) -> Built:
        text = self._tags.restored("".join(map(str, node.children)))
        try:
            element = comment(text)
        except FatmorphError as error:
            return self._markup(f"<!--{text}-->", "comment", error.what, 1)
        call = Group(f"{self._program.use('comment')}(", [Item(Text(text))], ")")
        return Built([Item(call)], [element], lines=1, is_element=True, is_text=False)

    def _element(self, node: Tree, inner: Built) -> Built:
        attributes = read_attributes(node, self._tags, exact=self._exact)
        reason = "" if attributes.is_written else "fatmorph would change an attribute"
        if not reason:
            try:
                element = Tag(node.tag, node.namespace)(attributes.given, *inner.nodes)
                return self._call(self._tag_name(node), attributes, element, inner)
            except (AttributeNameError, AttributeValueError, TagNameError) as error:
                reason = error.what
            except FatmorphError as error:
                return self._whole_markup(node, error.what)
        if node.namespace == "html" and node.tag in RAW_TEXT:
            return self._whole_markup(node, reason)
        return self._tags_alone(node, inner, reason)

    def _call(self, name: str, attributes: Attributes, element: Any, inner: Built) -> Built:
        for imported in attributes.imports:
            self._program.use(imported)
        before, keywords = attributes.items(as_keywords=inner.is_text)
        items = [*before, *inner.items, *keywords]
        call = Group(f"{name}(", items, ")")
        is_short = call.flat is not None and len(call.flat) <= LONG_TEXT
        return Built(
            [Item(call, comments=tuple(attributes.comments))],
            [element],
            levels=0 if is_short else inner.levels + 1,
            lines=1 if is_short else 2 + inner.lines + len(before) + len(keywords),
            markup_nodes=inner.markup_nodes,
            is_element=True,
            is_text=False,
        )

    def _tag_name(self, node: Tree) -> str:
        """Return the code for the tag of an element."""
        name = node.tag.replace("-", "_")
        catalog = TAGS_OF_NAMES[node.namespace]
        if node.namespace == "html":
            if node.tag in HTML_ELEMENTS:
                return f"{self._program.use('h')}.{'del_' if name == 'del' else name}"
            return self._program.tag("element", node.tag, "html")
        if node.tag in (SVG_ELEMENTS if node.namespace == "svg" else MATHML_ELEMENTS):
            return f"{self._program.use(catalog)}.{name}"
        return self._program.tag("Tag", node.tag, node.namespace)

    def _tags_alone(self, node: Tree, inner: Built, reason: str) -> Built:
        """Return an element as two tags in `Markup`, with its children between them."""
        name = self._program.use("Markup")
        start, end = start_tag(without_tags(node, self._tags)), end_tag(node)
        why = f"the tags of <{node.tag}> are Markup: {reason}"
        built = Built(markup_nodes=1, lines=3, is_text=False)
        begin = Group(f"{name}(", [Item(Text(start))], ")")
        built.add(Built([Item(begin, comments=(why,))], [Markup(start)]))
        built.add(inner)
        if end:
            finish = Group(f"{name}(", [Item(Text(end))], ")")
            built.add(Built([Item(finish)], [Markup(end)]))
        return built

    def _raw_text(self, node: Tree) -> Built:
        """Return a script, a style, or another element whose text is not escaped."""
        text = "".join(map(str, node.children))
        comments = self._tags.comments(text, f", in the {node.tag}")
        text = self._tags.restored(text)
        inner = Built()
        try:
            Tag(node.tag)(text)
            code = Word(self._program.text(node.tag, text)) if _is_long(text) else Text(text)
            inner.add(Built([Item(code, comments=comments)] if text else [], [text]))
        except FatmorphError as error:
            return self._whole_markup(node, error.what)
        return self._element(node, inner)

    def _whole_markup(self, node: Tree, reason: str) -> Built:
        html = serialized(without_tags(node, self._tags))
        return self._markup(html, node.tag, reason, 1 + node_count(node))

    def _markup(self, html: str, name: str, reason: str, count: int) -> Built:
        why = f"Markup, because fatmorph refuses this {name}: {reason}"
        if _is_long(html):
            item = Item(Word(self._program.text(name, html, reason=why)))
        else:
            call = Group(f"{self._program.use('Markup')}(", [Item(Text(html))], ")")
            item = Item(call, comments=(why,))
        nodes = [Markup(html)]
        return Built([item], nodes, lines=2, markup_nodes=count, is_text=False)

    def _loop(self, loop: Loop, inner: Built) -> Built:
        (item,) = inner.items
        table = self._program.table(loop.name, loop.table)
        code = Comprehension(item.code or Word("None"), f"for {loop.target} in {table}")
        items = [Item(code, comments=item.comments)]
        return Built(items, inner.nodes, inner.levels + 1, lines=3, is_text=False)

    def _part(self, node: Tree, built: Built) -> Built:
        """Return a call of a function instead, if the part of the page is long or deep."""
        is_long = node.tag in PARTS and built.lines > LONG_PART
        if not (is_long or built.levels >= MAX_LEVELS) or id(node) in self._repeated:
            return built
        call = self.function(f"{node.attributes.get('id') or node.tag}_part", built)
        count = built.markup_nodes
        return Built(
            [Item(call)], built.nodes, lines=1, markup_nodes=count, is_element=True, is_text=False
        )

    def function(self, name: str, built: Built) -> Code:
        """Add a function that returns nodes; return its call."""
        code, comments = self.expression(built)
        name = self._program.new_name(self._tags.restored(name))
        return Word(f"{self._program.function(name, code, comments)}()")

    def expression(self, built: Built) -> tuple[Code, tuple[str, ...]]:
        """Return one expression for nodes, a fragment unless they are one element."""
        elements = [item for item in built.items if item.code is not None and built.is_element]
        if len(elements) == len(built.items) == 1 and elements[0].code is not None:
            return elements[0].code, elements[0].comments
        return Group(f"{self._program.use('fragment')}(", built.items, ")"), ()


def _is_long(text: str) -> bool:
    return "\n" in text.strip("\n") or len(text) > LONG_TEXT


def _subtree(node: Tree) -> list[Tree]:
    nodes = [node]
    for each in nodes:
        nodes += (child for child in each.children if isinstance(child, Tree))
    return nodes


def _children_first(root: Tree) -> Iterable[Tree]:
    """Return the nodes of a tree, each after all that are in it."""
    nodes: list[Tree] = []
    pending = [root]
    while pending:
        nodes.append(pending.pop())
        pending += (child for child in nodes[-1].children if isinstance(child, Tree))
    return reversed(nodes)
