"""Which fields of a form are valid.

Departures: 1. The constraints of dates and times are unknown. 2. A pattern is read by Python.

Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constraints
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.field_values import number_in, step_mismatch
from fatmorph.testing._browser.fields import (
    Fields,
    controls,
    is_disabled,
    is_ticked_in_group,
    kind_of,
    options,
)

__all__ = ("invalid_fields",)

BARRED = frozenset({"button", "hidden", "image", "reset", "submit"})
# For others, `readonly` has no meaning: a browser ignores it.
READ_ONLY = frozenset(
    {"", "date", "datetime-local", "email", "month", "number", "password", "search", "tel", "text"}
    | {"time", "url", "week"}
)
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
WITH_HOST = frozenset({"http", "https", "ws", "wss"})
WITH_PATTERN = frozenset({"email", "password", "search", "tel", "text", "url"})


def invalid_fields(fields: Fields, form: Node) -> list[Node]:
    """Return the fields of a form that its constraints make invalid, in document order."""
    return [
        node for node in controls(form) if _can_be_invalid(node) and not _is_valid(fields, node)
    ]


def _can_be_invalid(node: Node) -> bool:
    kind = kind_of(node)
    if node.name == "button" or kind in BARRED or is_disabled(node):
        return False
    return node.name == "select" or "readonly" not in node.attributes or kind not in READ_ONLY


def _is_valid(fields: Fields, node: Node) -> bool:
    kind, is_required = kind_of(node), "required" in node.attributes
    if kind == "checkbox":
        return not is_required or fields.is_ticked(node)
    if kind == "radio":
        return is_ticked_in_group(fields, node)
    if node.name == "select":
        return not is_required or _is_chosen(fields, node)
    if kind == "file":
        return not is_required or bool(fields.files(node))
    value = fields.value(node)
    if not value:
        return not is_required and not fields.raw_text(node)  # a text that is not a number
    return all(check(fields, node, kind, value) for check in CHECKS)


def _is_chosen(fields: Fields, select: Node) -> bool:
    """Return whether an option is chosen, and not the first one, which stands for none."""
    chosen = fields.chosen(select)
    if fields.is_list(select) or not chosen:
        return bool(chosen)
    is_placeholder = chosen[0] is options(select)[0] and chosen[0].parent is select
    return not (is_placeholder and not fields.value(select))


def _has_length(fields: Fields, node: Node, _: str, value: str) -> bool:
    shortest = node.attributes.get("minlength", "").strip()
    is_edited = fields.is_edited(node)
    return not (is_edited and shortest.isdecimal() and len(value) < int(shortest))


def _has_format(_: Fields, node: Node, kind: str, value: str) -> bool:
    if kind == "email":
        addresses = value.split(",") if "multiple" in node.attributes else [value]
        return all(EMAIL.fullmatch(each) for each in addresses)
    return kind != "url" or _is_url(value)


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme) and (
        parts.scheme not in ("http", "https", "ws", "wss") or bool(parts.netloc)
    )


def _has_pattern(_: Fields, node: Node, kind: str, value: str) -> bool:
    pattern = node.attributes.get("pattern") if kind in WITH_PATTERN else None
    if pattern is None:
        return True
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # as a browser, which ignores a pattern that it cannot read
        return True


def _is_in_range(_: Fields, node: Node, kind: str, value: str) -> bool:
    if kind not in ("number", "range"):
        return True
    number, low, high = float(value), number_in(node, "min"), number_in(node, "max")
    is_in = (low is None or number >= low) and (high is None or number <= high)
    return kind == "range" or (is_in and not step_mismatch(node, number))


CHECKS: tuple[Callable[[Fields, Node, str, str], bool], ...] = (
    _has_length,
    _has_format,
    _has_pattern,
    _is_in_range,
)
