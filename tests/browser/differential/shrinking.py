"""Reduction of a pair to a smaller one that still shows a difference."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from browser.differential.pairs import Pair
from browser.differential.trees import Node

__all__ = ("shrunk",)

BATCH = 50


def shrunk(pair: Pair, differing: Callable[[Sequence[Pair]], list[bool]]) -> Pair:
    """Return the smallest differing pair that greedy removal finds."""
    while True:
        candidates = list(_smaller(pair))
        for start in range(0, len(candidates), BATCH):
            batch = candidates[start : start + BATCH]
            found = [each for each, differs in zip(batch, differing(batch), strict=True) if differs]
            if found:
                pair = found[0]
                break
        else:
            return pair


def _smaller(pair: Pair) -> Iterator[Pair]:
    """Yield every pair with one part removed, the largest parts first."""
    places = sorted(_places(pair.before) | _places(pair.after), key=len)
    for place in places:
        yield replace(pair, before=_without(pair.before, place), after=_without(pair.after, place))
    for side in ("before", "after"):
        roots: list[Node] = getattr(pair, side)
        for place in sorted(_places(roots), key=len):
            yield replace(pair, **{side: _without(roots, place)})
            yield replace(pair, **{side: _without(roots, place, unwraps=True)})
    yield from _plainer(pair)


def _plainer(pair: Pair) -> Iterator[Pair]:
    names = {
        name for root in (*pair.before, *pair.after) for node in root.walk()
        for name in node.attributes
    }  # fmt: skip
    for name in sorted(names):
        before, after = _copy(pair.before), _copy(pair.after)
        for root in (*before, *after):
            for node in root.walk():
                node.attributes.pop(name, None)
        yield replace(pair, before=before, after=after)
    for side in ("before", "after"):
        roots: list[Node] = getattr(pair, side)
        for place in sorted(_places(roots)):
            node = _at(roots, place)
            for name in node.attributes:
                changed = _copy(roots)
                del _at(changed, place).attributes[name]
                yield replace(pair, **{side: changed})
            if len(node.text) > 1 and not node.text.startswith("scriptRan"):
                changed = _copy(roots)
                _at(changed, place).text = "t"
                yield replace(pair, **{side: changed})
    if pair.omits_tags:
        yield replace(pair, omits_tags=False)


def _places(roots: list[Node]) -> set[tuple[int, ...]]:
    found = set()
    for index, root in enumerate(roots):
        found.add((index,))
        found |= {(index, *inner) for inner in _places(root.children)}
    return found


def _at(roots: list[Node], place: tuple[int, ...]) -> Node:
    node = roots[place[0]]
    for index in place[1:]:
        node = node.children[index]
    return node


def _without(roots: list[Node], place: tuple[int, ...], *, unwraps: bool = False) -> list[Node]:
    """Return copies without the node at a place; with `unwraps`, its children stay."""
    copies = _copy(roots)
    siblings = copies if len(place) == 1 else []
    try:
        siblings = _at(copies, place[:-1]).children if len(place) > 1 else copies
        node = siblings[place[-1]]
    except IndexError:
        return copies
    siblings[place[-1] : place[-1] + 1] = node.children if unwraps else []
    return copies


def _copy(roots: list[Node]) -> list[Node]:
    return [root.copy() for root in roots]
