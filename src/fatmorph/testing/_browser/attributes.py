"""The names of Datastar attributes: the plugin, its key, and its modifiers.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from fatmorph.morph._matching.nodes import Node

__all__ = ("Attribute", "attributes_of", "is_ignored", "milliseconds", "parsed_name", "read_name")

TIME = re.compile(r"(\d+)(ms|s)?")
IGNORE = "data-ignore"
CAMEL_KEYS = frozenset({"bind", "computed", "indicator", "ref", "signals"})
IGNORE_SELF = "data-ignore__self"


class Attribute(NamedTuple):
    """The name of a Datastar attribute.

    Args:
        plugin: `on`, `signals`.
        key: The text after the colon, in the case that the modifier gives it; may be empty.
        modifiers: The tags of each modifier: `{"debounce": ("300ms", "leading")}`.
    """

    plugin: str
    key: str
    modifiers: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1000)
def parsed_name(name: str, default_case: str) -> Attribute | None:
    """Return the parts of an attribute's name; None if it is not Datastar's.

    Args:
        name: As HTML has it.
        default_case: The case of a key without the modifier: `camel` or `kebab`.

    Example:
        >>> parsed_name("data-on:my-event__case.camel__once", "kebab")
        Attribute(plugin='on', key='myEvent', modifiers={'case': ('camel',), 'once': ()})
    """
    if not name.startswith("data-"):
        return None
    first, *rest = name[5:].split("__")
    plugin, _, key = first.partition(":")
    modifiers = {parts[0]: tuple(parts[1:]) for parts in (each.split(".") for each in rest)}
    case = modifiers.get("case", (default_case,))
    return Attribute(plugin, _cased(key, case[0] if case else default_case), modifiers)


def read_name(name: str) -> Attribute | None:
    """Return the parts of an attribute's name, with the case that its plugin gives to a key."""
    attribute = parsed_name(name, "kebab")
    is_camel = attribute is not None and attribute.plugin in CAMEL_KEYS
    return parsed_name(name, "camel") if is_camel else attribute


def attributes_of(node: Node, plugin: str, case: str = "kebab") -> Iterator[tuple[str, Attribute]]:
    """Yield the attributes of one plugin, with their names."""
    prefix = f"data-{plugin}"
    for name in list(node.attributes):
        if name.startswith(prefix):
            attribute = parsed_name(name, case)
            if attribute is not None and attribute.plugin == plugin:
                yield name, attribute


def is_ignored(node: Node) -> bool:
    """Return whether Datastar leaves an element alone."""
    if IGNORE_SELF in node.attributes:
        return True
    return any(IGNORE in each.attributes for each in (node, *node.ancestors()))


def milliseconds(tags: tuple[str, ...], default: float = 0) -> float:
    """Return the time in the tags of a modifier.

    Example:
        >>> milliseconds(("2s", "leading")), milliseconds(("300",))
        (2000.0, 300.0)
    """
    match = TIME.fullmatch(tags[0]) if tags else None
    if match is None:
        return default
    return float(match[1]) * (1000 if match[2] == "s" else 1)


def _cased(key: str, case: str) -> str:
    if case in ("camel", "pascal"):
        key = re.sub("-[a-z]", lambda pair: pair[0][1].upper(), key)
        return key[:1].upper() + key[1:] if case == "pascal" else key
    return key.replace("-", "_") if case == "snake" else key
