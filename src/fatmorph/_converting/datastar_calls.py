"""Attributes of Datastar as calls of `data`, and their actions as calls of `at`.

Each call is made here, and is used only if it writes exactly the attribute that the page has. Any
other spelling of the client stays an ordinary attribute.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fatmorph import at, data
from fatmorph._converting.javascript_literals import literal_values, object_members
from fatmorph._converting.values import Call
from fatmorph.datastar._attributes.fetch import OPTION_NAMES
from fatmorph.datastar._attributes.modifiers import CASES
from fatmorph.errors import FatmorphError

__all__ = ("action_call", "datastar_call")

NAME = re.compile(r"data-([a-z-]+)(?::((?:(?!__).)+))?((?:__[-a-z0-9.]+)*)", re.DOTALL)
ACTION = re.compile(r"@(get|post|put|patch|delete|query)\((.*)\)", re.DOTALL)

# Attribute → the function whose only argument is an expression, or the name of a signal.
OF_ONE_VALUE = {
    "bind": "bind",
    "custom-validity": "custom_validity",
    "effect": "effect",
    "indicator": "indicator",
    "init": "init",
    "on-intersect": "on_intersect",
    "on-interval": "on_interval",
    "on-raf": "on_raf",
    "on-resize": "on_resize",
    "on-signal-patch": "on_signal_patch",
    "ref": "ref",
    "replace-url": "replace_url",
    "show": "show",
    "text": "text",
    "view-transition": "view_transition",
}
OF_AN_OBJECT = {"attr": "attr", "class": "class_", "style": "style"}
WITHOUT_VALUE = {
    "ignore": "ignore",
    "ignore-morph": "ignore_morph",
    "json-signals": "json_signals",
    "persist": "persist",
    "query-string": "query_string",
    "scroll-into-view": "scroll_into_view",
}
FLAGS = {
    "viewtransition": "view_transition",
    "self": "self_only",
    **{
        name: name
        for name in (
            *("capture", "document", "exit", "filter", "focus", "full", "half", "history", "loop"),
            *("once", "outside", "passive", "prevent", "session", "stop", "terse", "window"),
        )
    },
}
TIMES = ("debounce", "delay", "throttle")
CLIENT_OPTIONS = {client: name for name, client in OPTION_NAMES.items()}


def datastar_call(name: str, value: str) -> Call | None:
    """Return the call of `data` that writes an attribute, None if there is none.

    Example:
        >>> call = datastar_call("data-on:click__once", "@post('/save')")
        >>> call.code().flat
        'data.on("click", at.post("/save"), once=True)'
    """
    found = NAME.fullmatch(name)
    if found is None:
        return None
    plugin, key, modifiers = found.groups()
    try:
        keywords = _keywords(modifiers)
        function, arguments = _arguments(plugin, key, value, keywords)
        plain = [
            argument.value if isinstance(argument, Call) else argument for argument in arguments
        ]
        write: Callable[..., Any] = getattr(data, function)
        written = write(*plain, **keywords)
    except (FatmorphError, KeyError, TypeError, ValueError):
        return None
    if dict(written) not in ({name: value}, {name: value or True}):
        return None
    return Call(f"data.{function}", written, arguments, keywords)


def action_call(expression: str) -> Call | None:
    """Return the call of `at` that writes an expression, None if there is none.

    Example:
        >>> action_call("@get('/list', {retry: 'never'})").code().flat
        'at.get("/list", retry="never")'
    """
    found = ACTION.fullmatch(expression)
    if found is None:
        return None
    try:
        url, *options = literal_values(found[2])
        keywords = {CLIENT_OPTIONS[name]: value for name, value in (options or [{}])[0].items()}
        write: Callable[..., str] = getattr(at, found[1])
        written = write(url, **keywords)
    except (AttributeError, FatmorphError, KeyError, TypeError, ValueError):
        return None
    if written != expression:
        return None
    return Call(f"at.{found[1]}", written, (url,), keywords)


def _keywords(modifiers: str) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for modifier in filter(None, modifiers.split("__")):
        name, *tags = modifier.split(".")
        if name in TIMES and tags:
            keywords[name] = (tags[0], *tags[1:]) if tags[1:] else tags[0]
        elif name == "duration" and tags:
            keywords |= {name: tags[0]} | dict.fromkeys(tags[1:], True)
        elif name == "threshold":
            keywords[name] = int(tags[0])
        elif name == "ifmissing":
            keywords["if_missing"] = True
        elif name == "case":
            keywords["case"] = tags[0]
        else:
            keywords[FLAGS[name]] = True
    return keywords


def _arguments(
    plugin: str, key: str | None, value: str, keywords: dict[str, Any]
) -> tuple[str, tuple[Any, ...]]:
    """Return the name of the function, and its arguments without a name.

    Raises:
        KeyError: No function writes this attribute.
        ValueError: None writes this value.
    """
    if plugin == "on" and key is not None:
        return "on", (_cased(key, keywords.pop("case", "kebab")), _expression(value))
    if plugin == "computed" and key is not None:
        return "computed", ({_cased(key, keywords.pop("case", "camel")): value},)
    if key is not None:
        raise KeyError(plugin)
    if plugin == "signals":
        (signals,) = literal_values(value)
        return "signals", (signals,)
    if plugin == "preserve-attr":
        return "preserve_attr", tuple(value.split())
    if plugin in OF_AN_OBJECT:
        return OF_AN_OBJECT[plugin], (object_members(value),)
    if plugin in WITHOUT_VALUE:
        return WITHOUT_VALUE[plugin], ()
    return OF_ONE_VALUE[plugin], (_expression(value),)


def _cased(key: str, case: Any) -> str:
    return CASES[case][1](key)


def _expression(text: str) -> str | Call:
    return action_call(text) or text
