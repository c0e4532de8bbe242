"""Random changes of a whole page, as elements: what `fatmorph.morph.diff()` compares."""

from random import Random
from typing import Any

from browser.differential.edits import edit
from browser.differential.pages import Profile, new_child
from browser.differential.trees import Node
from fatmorph import comment, element, h, mathml, svg
from fatmorph.markup._element import Element

__all__ = ("changed_pages", "page_pair")

FOREIGN: dict[str, Any] = {"svg": svg, "math": mathml}  # Any: catalogs are modules


def page_pair(seed: int) -> tuple[Element, Element]:
    """Return two pages, of which the second one is a change of the first."""
    first, second = changed_pages(seed, 1)
    return first, second


def changed_pages(seed: int, changes: int) -> list[Element]:
    """Return a page and the pages that it becomes by a number of changes."""
    random = Random(seed)
    profile = Profile(random)
    profile.id_density = random.choice((0.3, 0.6, 0.9, 1.0))
    profile.duplicate_density = random.choice((0.0,) * 9 + (0.1,))
    profile.empty_id_density = 0.0
    is_tame = random.random() < 0.9
    main = Node("section", {"id": "main"} if random.random() < 0.9 else {})
    main.children = [new_child(profile, "flow", 0) for _ in range(random.randint(1, 5))]
    # Half of the pages are made of the same objects where they are equal, as with memo().
    known: dict[Any, Any] | None = {} if random.random() < 0.5 else None
    pages = []
    for number in range(changes + 1):
        if number:
            edit(profile, main, random.choice((1, 1, 1, 2, 2, 3, 5)))
        if is_tame:
            _tame(main)
        pages.append(h.html(h.head(h.title("Page")), h.body(_built(main, h, known))))
    return pages


def _tame(root: Node) -> None:
    """Remove what makes every page unsafe, so that most pages are compared in detail."""
    for node in root.walk():
        if node.attributes.get("name") == "id" or node.name == "details":
            node.attributes.pop("name", None)
        if "id" in node.attributes.get("data-preserve-attr", "").split():
            del node.attributes["data-preserve-attr"]
        if "id" not in node.attributes:
            node.attributes.pop("data-ignore-morph", None)
            if node.attributes.get("type", "").lower() == "file":
                del node.attributes["type"]
        node.children = [child for child in node.children if child.name != "template"]
        if node.name == "select":
            node.children = [child for child in node.children if child.name != "#text"]


# Any: a module, and elements or texts.
def _built(node: Node, catalog: Any, known: dict[Any, Any] | None) -> Any:
    if node.name == "#text":
        return node.text
    if node.name == "#comment":
        return comment(node.text)
    catalog = FOREIGN.get(node.name, catalog)
    is_known = hasattr(catalog, node.name)
    tag = getattr(catalog, node.name) if is_known else element(node.name)
    built = tag(node.attributes, *[_built(child, catalog, known) for child in node.children])
    return built if known is None else known.setdefault(built, built)
