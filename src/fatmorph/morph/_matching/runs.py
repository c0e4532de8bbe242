"""How often the client applies each Datastar attribute after a patch.

The client observes changes with a MutationObserver. Each record of an added node applies all
attributes of the node and its descendants; each record of a changed attribute applies that one.
So the attributes of an element are applied twice if it is inserted twice, or if it is moved into a
new element that was inserted empty.

Source: https://github.com/starfederation/datastar (`engine/engine.ts`)
"""

from __future__ import annotations

from collections import Counter

from fatmorph.morph._matching.document import Document
from fatmorph.morph._matching.nodes import Node

__all__ = ("ATTRIBUTES", "OTHER_ATTRIBUTES", "count_runs", "plugin_name")

# The attributes of the free client that have an effect when they are applied.
ATTRIBUTES = frozenset(
    {
        "attr",
        "bind",
        "class",
        "computed",
        "effect",
        "indicator",
        "init",
        "json-signals",
        "on",
        "on-intersect",
        "on-interval",
        "on-signal-patch",
        "ref",
        "show",
        "signals",
        "style",
        "text",
    }
)

# Those that control a morph, and those of Datastar Pro, which the free client does not apply.
OTHER_ATTRIBUTES = frozenset(
    {
        *("animate", "custom-validity", "ignore", "ignore-morph", "match-media", "on-raf"),
        *("on-resize", "on-signal-patch-filter", "persist", "preserve-attr", "query-string"),
        *("replace-url", "scroll-into-view", "view-transition"),
    }
)

IGNORE = "data-ignore"
IGNORE_SELF = "data-ignore__self"


def count_runs(document: Document) -> Counter[tuple[Node, str]]:
    """Return how often each attribute of each element is applied."""
    runs: Counter[tuple[Node, str]] = Counter()
    added = Counter(document.added)
    times: dict[Node, int] = {}
    ignored: set[Node] = set()
    changed = (*document.added, *(node for node, *_ in document.attributes), document.root)
    for root in {node.root: None for node in changed}:
        for node in (root, *root.descendants()):
            parent = node.parent
            times[node] = added[node] + (0 if parent is None else times[parent])
            if parent in ignored or IGNORE in node.attributes:
                ignored.add(node)
            elif times[node] and IGNORE_SELF not in node.attributes:
                runs.update(
                    {(node, name): times[node] for name in node.attributes if _is_applied(name)}
                )
    for node, name, _, _ in document.attributes:
        is_ignored = node in ignored or IGNORE_SELF in node.attributes
        if _is_applied(name) and name in node.attributes and not is_ignored:
            runs[node, name] += 1
    return runs


def plugin_name(name: str) -> str:
    """Return the name of a Datastar attribute without its prefix, key and modifiers.

    Example:
        >>> plugin_name("data-on:click__prevent")
        'on'
    """
    return name.removeprefix("data-").partition("__")[0].partition(":")[0]


def _is_applied(name: str) -> bool:
    return name.startswith("data-") and plugin_name(name) in ATTRIBUTES
