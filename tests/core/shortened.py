"""The functions that have shortcuts, and the shortcut of each on an engine."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from fatmorph import at, data, dom_id
from fatmorph.datastar._attributes.appearance import HARMLESS

# Name -> what it makes, the function that users call
SHORTENED: dict[str, tuple[str, Callable[..., Any]]] = {
    "dom_id": ("id", dom_id),
    "at.get": ("action", at.get),
    "at.post": ("action", at.post),
    "at.subscribe": ("action", at.subscribe),
    "data.on": ("event", data.on),
    "data.init": ("statements", data.init),
    "data.effect": ("statements", data.effect),
    "data.on_intersect": ("statements", data.on_intersect),
    "data.on_interval": ("statements", data.on_interval),
    "data.on_raf": ("statements", data.on_raf),
    "data.on_signal_patch": ("value", data.on_signal_patch),
    "data.show": ("value", data.show),
    "data.text": ("value", data.text),
    "data.bind": ("signal", data.bind),
    "data.ref": ("signal", data.ref),
    "data.signals": ("signals", data.signals),
    "data.class_": ("object", data.class_),
    "data.attr": ("object", data.attr),
}


def reference(name: str) -> Callable[..., Any]:
    """Return the function that decides on all calls."""
    return inspect.unwrap(SHORTENED[name][1])


@cache
def short(core: ModuleType, name: str) -> Callable[..., Any]:
    """Return the shortcut, which keeps what it has learnt."""
    harmless = HARMLESS if name == "data.attr" else None
    return core.shortcut(SHORTENED[name][0], reference(name), harmless)
