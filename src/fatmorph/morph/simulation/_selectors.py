"""Find the elements of a document that a CSS selector matches.

cssselect2 parses and matches the selectors.

Source: https://www.w3.org/TR/selectors-4/
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element as TreeElement, SubElement

from fatmorph.errors import MissingExtraError, MorphError, short_repr
from fatmorph.morph._matching.nodes import Node

__all__ = ("select",)

NAMESPACES = {
    "html": "http://www.w3.org/1999/xhtml",
    "svg": "http://www.w3.org/2000/svg",
    "mathml": "http://www.w3.org/1998/Math/MathML",
}


def select(html: Node, selector: str) -> list[Node]:
    """Return the elements that match, in document order.

    Args:
        html: The document element.
        selector: Any number of CSS selectors, separated by commas.

    Raises:
        MorphError: The selector is invalid.
        MissingExtraError: cssselect2 is not installed.
    """
    cssselect2 = _cssselect2()
    try:
        cssselect2.compile_selector_list(selector)
    except cssselect2.SelectorError as error:
        raise MorphError(
            f"cannot read the selector {short_repr(selector)}",
            where="simulate(…, selector=…)",
            why="it is not a CSS selector, or only browsers know its kind",
            fix='simulate(before, after, selector="#cart")',
        ) from error
    nodes: dict[Any, Node] = {}  # Any: the elements of an optional module's tree
    root = _tree(html, nodes)
    wrapper = cssselect2.ElementWrapper.from_html_root(root)
    return [nodes[found.etree_element] for found in wrapper.query_all(selector)]


def _cssselect2() -> Any:  # Any: an optional module without types
    try:
        return import_module("cssselect2")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "cannot find elements by a selector without cssselect2",
            where="simulate(…, selector=…)",
            why="only simulations need it",
            fix='pip install "fatmorph[testing]"',
        ) from error


def _tree(html: Node, nodes: dict[Any, Node]) -> TreeElement:
    root = TreeElement(_qualified(html), html.attributes)
    nodes[root] = html
    elements = {html: root}
    for node in html.descendants():
        if node.is_element and node.parent is not None:
            parent = elements[node.parent]
            elements[node] = SubElement(parent, _qualified(node), node.attributes)
            nodes[elements[node]] = node
    return root


def _qualified(node: Node) -> str:
    return f"{{{NAMESPACES[node.namespace]}}}{node.name}"
