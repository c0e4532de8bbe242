"""Attributes that almost are Datastar's, so that the client does not read them.

Any `data-*` attribute is valid HTML, so only three kinds are found: a key after a hyphen, as before
Datastar 1.0, a name with one mistake before a key, and one whose value is an expression.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from typing import Final

from fatmorph.markup._suggestion import closest_name
from fatmorph.morph._matching.runs import ATTRIBUTES, OTHER_ATTRIBUTES, plugin_name
from fatmorph.morph.checks._listeners import EVENTS, dead_listener

__all__ = ("may_be_unread", "unread_attribute")

PLUGINS: Final = ATTRIBUTES | OTHER_ATTRIBUTES
KEYED: Final = ("attr", "bind", "class", "computed", "indicator", "ref", "signals", "style")
NAMES_ONE: Final = frozenset({"bind", "indicator", "ref"})  # the value is the name of a signal
NEAR: Final = 0.75
EXPRESSION: Final = re.compile(r"(?<![\w$])\$[A-Za-z_]|@[A-Za-z]+\(")


def may_be_unread(name: str) -> bool:
    """Return whether a name is worth a look at its value, because it resembles a Datastar's one."""
    plugin = plugin_name(name)
    if plugin in PLUGINS:
        return False
    head, _, key = plugin.partition("-")
    return head == "on" or (head in KEYED and bool(key)) or _meant(plugin) is not None


def unread_attribute(name: str, value: str) -> tuple[str, str]:
    """Return why the client does not read an attribute, and the code to write.

    Args:
        name: The attribute's name, for which `may_be_unread()` is true.
        value: Its value.

    Returns:
        Two empty texts if it may be an attribute of your own.

    Example:
        >>> unread_attribute("data-on-click", "@post('/save')")[1]
        'data.on("click", …)'
    """
    plugin, is_expression = plugin_name(name), EXPRESSION.search(value) is not None
    head, _, key = plugin.partition("-")
    if head == "on" and key == "load":
        return "nothing loads there; what runs at once has a name of its own", "data.init(…)"
    if head == "on" and (key in EVENTS or is_expression or dead_listener(key)[0]):
        return "the client reads the name of an event after a colon", f'data.on("{key}", …)'
    if head in KEYED and key and (is_expression or head in NAMES_ONE or head == "signals"):
        return "the client reads a key after a colon", _call(head, key)
    is_keyed = ":" in name
    if (meant := _meant(plugin)) and (is_keyed or is_expression):
        return f"it is almost data-{meant}", _call(meant, name.partition(":")[2])
    return "", ""


def _meant(plugin: str) -> str | None:
    return closest_name(plugin, PLUGINS, NEAR)


def _call(plugin: str, key: str) -> str:
    function = plugin.replace("-", "_").replace("class", "class_")
    if plugin == "on":
        return f'data.on("{key or "click"}", …)'
    if plugin in NAMES_ONE:
        return f'data.{function}("{key or "name"}")'
    if plugin in KEYED:
        return f'data.{function}({{"{key or "name"}": …}})'
    return f"data.{function}(…)"
