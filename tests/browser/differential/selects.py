"""Pairs of pages with a `<select>` that shows a copy of its chosen option."""

from random import Random

from browser.differential.pairs import Pair
from browser.differential.trees import Node

__all__ = ("select_pair",)


def select_pair(seed: int) -> Pair:
    """Return the pair of a seed, which is the same on every machine."""
    random = Random(seed)
    has_ids = random.random() < 0.6
    before = [_option(random, has_ids=has_ids) for _ in range(random.randint(0, 4))]
    after = [option.copy() for option in before]
    for _ in range(random.randint(0, 4)):
        _edit(random, after, has_ids=has_ids)
    has_copy, had_copy = (random.random() < 0.9 for _ in range(2))
    return Pair(
        [_page(random, before, has_copy=had_copy)],
        [_page(random, _unique(after), has_copy=has_copy)],
    )


def _page(random: Random, options: list[Node], *, has_copy: bool) -> Node:
    shown = [Node("selectedcontent")] if has_copy else []
    select = Node("select", {"id": "s"}, children=[Node("button", children=shown), *options])
    others = [Node("p", {"id": "p"}, children=[Node("#text", text="x")])]
    children = [select, *others] if random.random() < 0.8 else [*others, select]
    return Node("div", {"id": "d"}, children=children)


def _option(random: Random, *, has_ids: bool) -> Node:
    attributes = {"id": f"o{random.randint(0, 99)}"} if has_ids else {}
    if random.random() < 0.3:
        attributes["selected"] = ""
    if random.random() < 0.1:
        attributes["disabled"] = ""
    return Node("option", attributes, children=_content(random))


def _content(random: Random) -> list[Node]:
    text = Node("#text", text=random.choice("ABCDEFGH"))
    if random.random() < 0.5:
        return [text]
    element = Node("b", children=[text])
    return [element] if random.random() < 0.5 else [element, Node("#text", text="z")]


def _edit(random: Random, options: list[Node], *, has_ids: bool) -> None:
    kind = random.choice(("insert", "remove", "move", "select", "text", "text"))
    if kind == "insert" or not options:
        options.insert(random.randint(0, len(options)), _option(random, has_ids=has_ids))
        return
    place = random.randrange(len(options))
    if kind == "remove":
        del options[place]
    elif kind == "move":
        options.insert(random.randrange(len(options)), options.pop(place))
    elif kind == "text":
        options[place].children = _content(random)
    elif options[place].attributes.pop("selected", None) is None:
        options[place].attributes["selected"] = ""


def _unique(options: list[Node]) -> list[Node]:
    """Return the options with one of each id."""
    return list(
        {
            option.attributes.get("id", index): option for index, option in enumerate(options)
        }.values()
    )
