"""Values that an attribute cannot hold, under names that other libraries taught.

`h.select(options=[…])` means children, `h.div(data={…})` several attributes. Used only for errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from fatmorph.markup._objects import has_html

__all__ = ("familiar_remedy",)

CHILDREN = frozenset(
    {"body", "cells", "children", "choices", "columns", "content", "contents", "entries", "html"}
    | {"inner-html", "inner", "items", "options", "rows", "text", "values"}
)
# Elements whose attributes of these names hold text or numbers.
OWN_ATTRIBUTES = frozenset({("meta", "content"), ("textarea", "rows")})
ITEMS = MappingProxyType(
    {
        "datalist": "h.option(item)",
        "menu": "h.li(item)",
        "ol": "h.li(item)",
        "optgroup": "h.option(item)",
        "select": "h.option(item)",
        "table": "h.tr([h.td(cell) for cell in item])",
        "tbody": "h.tr([h.td(cell) for cell in item])",
        "thead": "h.tr([h.th(cell) for cell in item])",
        "tr": "h.td(item)",
        "ul": "h.li(item)",
    }
)
MAPPINGS = frozenset({"attributes", "attrs", "kwargs", "props"})
PREFIXES = MappingProxyType({"aria": "aria", "data": "data", "dataset": "data"})
CLASSES = frozenset({"class-list", "class-names", "classes"})


def familiar_remedy(element: str, name: str, value: object) -> str | None:
    """Return code for what the name means elsewhere; None if it means nothing.

    Example:
        >>> familiar_remedy("select", "options", ["a", "b"])
        'h.select([h.option(item) for item in value])'
    """
    if name in CHILDREN and (element, name) not in OWN_ATTRIBUTES:
        return _children(element, value)
    if name in CLASSES:
        return "class_=value"
    if _is_mapping(value):
        if name in MAPPINGS:
            return f"h.{element}(value)  (as a positional argument)"
        if name in PREFIXES:
            items = f'f"{PREFIXES[name]}-{{key}}": item for key, item in value.items()'
            return f"h.{element}({{{items}}})  (as a positional argument)"
    if name.startswith("on") and callable(value):
        event = name.removeprefix("on")
        return f'data.on("{event}", at.post("/{event}"))  (as a positional argument)'
    return None


def _children(element: str, value: object) -> str | None:
    is_list = isinstance(value, list | tuple)
    if _is_mapping(value) and element in ("datalist", "optgroup", "select"):
        return f"h.{element}([h.option(text, value=key) for key, text in value.items()])"
    items = list(cast("list[object]", value)) if is_list else []
    if is_list and element in ITEMS and not any(map(has_html, items)):
        if element in ("datalist", "optgroup", "select") and _are_pairs(items):
            return f"h.{element}([h.option(text, value=key) for key, text in value])"
        return f"h.{element}([{ITEMS[element]} for item in value])"
    if is_list or has_html(value):
        return f"h.{element}(value)  (as a positional argument)"
    return None


def _are_pairs(values: list[object]) -> bool:
    return all(
        isinstance(item, list | tuple) and len(cast("list[object]", item)) == 2 for item in values
    )


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)
