"""A tree as HTML again, for the parts of a page that are written as `Markup`.

Source: https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments
"""

from __future__ import annotations

from html import escape

from fatmorph._converting.trees import Tree
from fatmorph.markup._spec_elements import (
    NEWLINE_DROPPING_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    VOID_ELEMENTS,
)

__all__ = ("end_tag", "serialized", "start_tag")

VERBATIM = RAW_TEXT_ELEMENTS | {"plaintext"}
# The last five are obsolete, but have no end tag either.
WITHOUT_END_TAG = VOID_ELEMENTS | {"basefont", "bgsound", "frame", "keygen", "param"}


def serialized(node: Tree) -> str:
    """Return the HTML of a node and everything in it.

    Example:
        >>> from fatmorph._converting.trees import read_tree
        >>> serialized(read_tree("<p title=a>1 &lt; 2", "fragment"))
        '<p title="a">1 &lt; 2</p>'
    """
    pieces: list[str] = []
    pending: list[Tree | str] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            pieces.append(current)
        elif current.tag == "#comment":
            pieces.append(f"<!--{''.join(map(str, current.children))}-->")
        elif current.tag not in ("#tag", "#value"):
            is_element = not current.tag.startswith("#")
            if is_element:
                pieces.append(start_tag(current))
                pending.append(end_tag(current))
            is_verbatim = current.namespace == "html" and current.tag in VERBATIM
            pending += [
                escape(child, quote=False) if isinstance(child, str) and not is_verbatim else child
                for child in reversed(current.children)
            ]
    return "".join(pieces)


def start_tag(node: Tree) -> str:
    """Return the start tag of an element, with the newline that a parser drops."""
    written = "".join(
        f' {name}="{value.replace("&", "&amp;").replace(chr(34), "&quot;")}"'
        for name, value in node.attributes.items()
    )
    first = node.children[0] if node.children else None
    drops_newline = isinstance(first, str) and first.startswith("\n")
    is_dropping = node.namespace == "html" and node.tag in NEWLINE_DROPPING_ELEMENTS
    return f"<{node.tag}{written}>" + ("\n" if drops_newline and is_dropping else "")


def end_tag(node: Tree) -> str:
    """Return the end tag of an element, nothing for one that has none."""
    is_void = node.namespace == "html" and node.tag in WITHOUT_END_TAG
    return "" if is_void else f"</{node.tag}>"
