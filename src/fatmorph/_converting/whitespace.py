"""White space that a browser ignores: in text, between elements, in classes and in styles.

The rules are those of CSS for elements with their default style: runs of blanks count as one, and
those at the edges of a block count as nothing. Blanks are kept in `<pre>` and where a style says
`white-space: pre`. A stylesheet can change all of this, and is not read.

Scripts and styles lose the indentation that all of their lines have, and blanks at their ends.

Source: https://drafts.csswg.org/css-text-3/#white-space-rules
"""

from __future__ import annotations

import re
from textwrap import dedent

from fatmorph._converting.trees import Tree

__all__ = ("without_ignored_blanks",)

BLANKS = " \t\n\f\r"
RUN = re.compile(r"[ \t\n\f\r]+")
PRESERVING_STYLE = re.compile(r"white-space(?:-collapse)?\s*:\s*(?:pre|break-spaces)")

CODE_TYPES = ("application/json", "application/ld+json", "module", "text/css", "text/javascript")
PRESERVING = frozenset(
    (
        *("iframe", "listing", "noembed", "noframes", "plaintext", "pre", "script", "style"),
        *("textarea", "xmp", "annotation"),
    )
)
# Elements that take no place in a line.
HIDDEN = frozenset(
    (
        *("#comment", "#tag", "area", "base", "col", "dialog", "link", "meta", "noscript"),
        *("param", "rp", "script", "source", "style", "template", "title", "track"),
    )
)
# https://html.spec.whatwg.org/multipage/rendering.html#flow-content-3
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center"),
        *("colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "head", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main"),
        *("menu", "nav", "ol", "optgroup", "option", "p", "plaintext", "pre", "search"),
        *("section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr"),
        *("ul", "xmp"),
    )
)
# Elements whose content begins and ends a line of its own.
CONTAINERS = BLOCKS | frozenset(
    (
        *("#document", "#document-fragment", "audio", "button", "datalist", "iframe", "map"),
        *("marquee", "noscript", "object", "picture", "select", "template", "video"),
    )
)
# The only elements of SVG and MathML whose text is shown.
SHOWN_TEXT = frozenset(
    (
        *("a", "altglyph", "desc", "text", "textpath", "title", "tref", "tspan"),
        *("mi", "mn", "mo", "ms", "mtext"),
    )
)


def without_ignored_blanks(root: Tree) -> Tree:
    r"""Return a copy of a tree without the white space that a browser ignores.

    Example:
        >>> from fatmorph._converting.trees import read_tree
        >>> tree = read_tree("<div>\n <p>one\n two</p>\n</div>", "fragment")
        >>> without_ignored_blanks(tree).children[0].children[0].children
        ['one two']
    """
    copied = _copy(root)
    pending = [(root, copied, False)]
    while pending:
        source, target, is_kept = pending.pop()
        is_kept = is_kept or _preserves(source)
        texts = _code(source) if _is_code(source) else _texts(source, is_kept=is_kept)
        for child, text in zip(source.children, texts, strict=True):
            if isinstance(child, str):
                if text:
                    _add_text(target, text)
            else:
                inner = _copy(child)
                target.children.append(inner)
                pending.append((child, inner, is_kept))
    return copied


def _copy(node: Tree) -> Tree:
    attributes = node.attributes
    if "class" in attributes:
        attributes = {**attributes, "class": " ".join(RUN.split(attributes["class"].strip(BLANKS)))}
    return Tree(node.tag, node.namespace, attributes)


def _add_text(target: Tree, text: str) -> None:
    if target.children and isinstance(target.children[-1], str):
        target.children[-1] += text
    else:
        target.children.append(text)


def _preserves(node: Tree) -> bool:
    if node.tag.startswith("#"):
        return node.tag in ("#comment", "#tag", "#value")
    if node.tag in PRESERVING or node.attributes.get("xml:space") == "preserve":
        return True
    return PRESERVING_STYLE.search(node.attributes.get("style", "")) is not None


def _is_code(node: Tree) -> bool:
    kind = node.attributes.get("type", "").lower()
    return node.tag == "style" or (node.tag == "script" and (not kind or kind in CODE_TYPES))


def _code(node: Tree) -> list[str]:
    """Return the children of a script or style, without indentation if no text can contain it."""
    texts: list[str] = []
    for child in node.children:
        text = child if isinstance(child, str) else ""
        is_in_text = "`" in text or "\\\n" in text
        plain = text if is_in_text else dedent(text)
        line = plain.strip(BLANKS)
        texts.append(plain.rstrip(BLANKS) + "\n" if "\n" in line else line)
    return texts


def _texts(node: Tree, *, is_kept: bool) -> list[str]:
    """Return the text of each child that is text, without what is ignored."""
    children = node.children
    if is_kept or all(not isinstance(child, str) for child in children):
        return [child if isinstance(child, str) else "" for child in children]
    shows_text = node.namespace == "html" or node.tag.lower() in SHOWN_TEXT
    before = _edges(children, is_container=_is_container(node))
    after = _edges(children[::-1], is_container=_is_container(node))[::-1]
    texts: list[str] = []
    for child, is_start, is_end in zip(children, before, after, strict=True):
        text = RUN.sub(" ", child) if isinstance(child, str) else ""
        if is_start:
            text = text.removeprefix(" ")
        if is_end or (text == " " and not shows_text):
            text = text.removesuffix(" ")
        texts.append(text)
    return texts


def _edges(children: list[Tree | str], *, is_container: bool) -> list[bool]:
    """Return for each child whether the next thing before it is the edge of a block."""
    edges: list[bool] = []
    is_edge = is_container
    for child in children:
        edges.append(is_edge)
        if isinstance(child, str):
            is_edge = is_edge and not child.strip(BLANKS)
        elif child.tag not in HIDDEN:
            is_edge = child.tag in BLOCKS and child.namespace == "html"
    return edges


def _is_container(node: Tree) -> bool:
    return (node.tag in CONTAINERS and node.namespace == "html") or node.tag.startswith("#")
