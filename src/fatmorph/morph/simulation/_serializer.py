"""Serialize a document as `innerHTML` and `outerHTML` do.

Source: https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments
"""

from __future__ import annotations

from fatmorph.markup._spec_elements import VOID_ELEMENTS
from fatmorph.markup.parse import ParsedElement
from fatmorph.morph._matching.nodes import Node

__all__ = ("inner_html", "outer_html", "written_attributes")

# `basefont`, `bgsound`, `frame` and `keygen` are obsolete, but have no end tag either.
WITHOUT_END_TAG = VOID_ELEMENTS | {"basefont", "bgsound", "frame", "keygen", "param"}
# Scripting is on in the page, so the serializer writes the content of `noscript` verbatim.
VERBATIM = frozenset(
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"}
)


def outer_html(node: Node) -> str:
    """Return the HTML of a node and its descendants."""
    pieces: list[str] = []
    pending: list[Node | str] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            pieces.append(current)
        elif current.name == "#text":
            pieces.append(_text(current))
        elif current.name == "#comment":
            pieces.append(f"<!--{current.text}-->")
        else:
            pieces.append(_start_tag(current))
            if current.namespace != "html" or current.name not in WITHOUT_END_TAG:
                pending.append(f"</{current.name}>")
                pending += _content(current)
    return "".join(pieces)


def inner_html(node: Node) -> str:
    """Return the HTML of a node's descendants."""
    return "".join(outer_html(child) for child in node.children())


def written_attributes(node: Node) -> list[str]:
    """Return the attributes of a start tag, each as HTML."""
    return [
        f'{name}="{_escaped(value).replace(chr(34), "&quot;")}"'
        for name, value in node.attributes.items()
    ]


def _content(node: Node) -> list[Node]:
    """Return the nodes inside a node, the last first."""
    content: ParsedElement | None = node.content
    children = (node if content is None else Node.of(content)).children()
    return list(children)[::-1]


def _start_tag(node: Node) -> str:
    return f"<{' '.join([node.name, *written_attributes(node)])}>"


def _text(node: Node) -> str:
    parent = node.parent
    is_verbatim = parent is not None and parent.namespace == "html" and parent.name in VERBATIM
    return node.text if is_verbatim else _escaped(node.text)


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("\xa0", "&nbsp;")
    return escaped.replace("<", "&lt;").replace(">", "&gt;")
