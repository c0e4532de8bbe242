"""Dead listeners: names of events that are almost those of a browser, so that nothing sends them.

An event may have any name, so only three kinds are found: modifiers as Vue, Alpine and Svelte write
them, names in another spelling, and names with one mistake.

Sources: https://vuejs.org/guide/essentials/event-handling,
https://alpinejs.dev/directives/on
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, get_args

from datastar_py.attributes import JSEvent

from fatmorph.markup._spec_attributes import EVENT_HANDLER_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("dead_listener", "is_one_mistake")

# Those of SVG's animations are words that an event of your own may be close to.
RARE: Final = frozenset({"activate", "begin", "bounce", "end", "finish", "repeat", "start", "zoom"})
# These have no attribute of HTML's.
OTHERS: Final = frozenset(
    {
        *("compositionend", "compositionstart", "compositionupdate"),
        *("focusin", "focusout", "fullscreenchange", "fullscreenerror", "gesturechange"),
        *("gestureend", "gesturestart", "readystatechange", "visibilitychange"),
    }
)
EVENTS: Final = frozenset(
    {
        *(name.removeprefix("on") for name in EVENT_HANDLER_ATTRIBUTES),
        *get_args(JSEvent),
        *OTHERS,
    }
)
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {"doubleclick": "dblclick", "rightclick": "contextmenu", "hover": "mouseenter"}
)
SEPARATORS: Final = "[.|:@]"
ARGUMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {name: f"{name}=True" for name in ("capture", "document", "once", "outside", "passive")}
    | {name: f"{name}=True" for name in ("prevent", "stop", "window")}
    | {"away": "outside=True", "preventdefault": "prevent=True", "stoppropagation": "stop=True"}
    | {"debounce": 'debounce="250ms"', "throttle": 'throttle="250ms"', "delay": 'delay="250ms"'}
)
CONDITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {name: f"evt.{name}Key" for name in ("alt", "ctrl", "meta", "shift")}
    | {name: f"evt.key === 'Arrow{name.title()}'" for name in ("down", "left", "right", "up")}
    | {name: f"evt.key === '{name.title()}'" for name in ("backspace", "delete", "enter", "tab")}
    | dict.fromkeys(("esc", "escape"), "evt.key === 'Escape'")
    | {"cmd": "evt.metaKey", "self": "evt.target === el", "space": "evt.key === ' '"}
)
# They change nothing that Datastar could change.
WITHOUT_EFFECT: Final = frozenset({"camel", "dot", "exact", "native", "nonpassive"})
TIME_OR_KEY: Final = r"\d+(?:ms|s)?|f\d+|[a-z]"
SHORT: Final = 5  # letters; a longer name may also have a wrong letter
ENDINGS: Final = ("d", "ed", "s")  # `closed` is a name of its own


def dead_listener(key: str) -> tuple[str, str]:
    """Return why nothing sends an event, and the code to write; two empty texts if it may come.

    Args:
        key: The name of the event, as the attribute has it, without Datastar's modifiers.

    Example:
        >>> dead_listener("submit.prevent")[1]
        'data.on("submit", …, prevent=True)'
    """
    key = key.lower()
    if key in EVENTS:
        return "", ""
    event, *others = re.split(SEPARATORS, key)
    modifiers = [each.replace("-", "") for each in others]  # preventDefault is prevent-default here
    if modifiers and (known := _known(event)) and all(map(_is_modifier, modifiers)):
        return (
            "modifiers are parameters here, and a part of the name for the client",
            _with_modifiers(known, modifiers),
        )
    if known := _known(key):
        return f"the browser's name for it is {known}", f'data.on("{known}", …)'
    if known := _near(key):
        return f"it is almost {known}", f'data.on("{known}", …)'
    return "", ""


def _known(name: str) -> str:
    """Return the browser's name for an event in another spelling, or the empty text."""
    folded = name.replace("-", "").replace("_", "")
    folded = ALIASES.get(folded, folded)
    bare = folded.removeprefix("on")
    return folded if folded in EVENTS else bare if bare in EVENTS else ""


def _is_modifier(text: str) -> bool:
    is_named = text in ARGUMENTS or text in CONDITIONS or text in WITHOUT_EFFECT
    return is_named or re.fullmatch(TIME_OR_KEY, text) is not None


def _with_modifiers(event: str, modifiers: list[str]) -> str:
    conditions = [
        CONDITIONS.get(each) or f"evt.key === '{each.upper() if len(each) > 1 else each}'"
        for each in modifiers
        if each in CONDITIONS or re.fullmatch(r"f\d+|[a-z]", each)
    ]
    arguments = [ARGUMENTS[each] for each in modifiers if each in ARGUMENTS]
    expression = f'"{" && ".join(conditions)} && …"' if conditions else "…"
    return f'data.on("{event}", {", ".join([expression, *arguments])})'


def _near(name: str) -> str:
    """Return the event whose name has one letter more, less, swapped or wrong."""
    if len(name) < SHORT - 1 or not name.isalpha():
        return ""
    for event in sorted(EVENTS - RARE):
        if name[0] == event[0] and len(event) >= SHORT - 1 and is_one_mistake(name, event):
            is_word = any(name == event + end or event == name + end for end in ENDINGS)
            return "" if is_word else event
    return ""


def is_one_mistake(name: str, event: str) -> bool:
    """Return whether a name has one letter more, less, swapped, or, if long, wrong."""
    if abs(len(name) - len(event)) > 1:
        return False
    start = next((i for i, letter in enumerate(name) if letter != event[i : i + 1]), len(name))
    rest, meant = name[start:], event[start:]
    if len(name) != len(event):
        return rest[1:] == meant or rest == meant[1:]
    is_swapped = rest[:2] == meant[1::-1] and rest[2:] == meant[2:]
    return is_swapped or (len(event) > SHORT and rest[1:] == meant[1:])
