"""The repr of an element: its start tag, cut to a line, and how many children it has.

A repr ends up in logs, so the values of most attributes are left out: a signal, a token in a hidden
field or a URL may be a secret. The few that tell elements apart are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fatmorph.errors import quoted, shortened

__all__ = ("summary",)

SHOWN = frozenset({"class", "id", "name", "role", "type"})
MAX_CHARACTERS = 60  # of the start tag: with the children, it is less than errors show of a value
MAX_VALUE_CHARACTERS = 30


def summary(name: str, attributes: Mapping[str, str | Literal[True]], child_count: int) -> str:
    """Return the repr of an element.

    Args:
        name: The name of the element.
        attributes: Its attributes; True is a bare name.
        child_count: The number of its children, texts included.

    Example:
        >>> summary("input", {"id": "token", "value": "s3cret", "hidden": True}, 0)
        '<input id="token" value=… hidden>'
        >>> summary("p", {}, 2)
        '<p> with 2 children'
    """
    tag = f"<{shortened(name, MAX_VALUE_CHARACTERS)}"
    for attribute, value in attributes.items():
        part = _written(attribute, value)
        if len(tag) + len(part) > MAX_CHARACTERS:
            tag += " …"
            break
        tag += f" {part}"
    if not child_count:
        return f"{tag}>"
    return f"{tag}> with {child_count} {'child' if child_count == 1 else 'children'}"


def _written(name: str, value: str | Literal[True]) -> str:
    name = quoted(name)
    if value is True:
        return name
    if name not in SHOWN:
        return f"{name}=…"
    # str(), because the repr of Markup and of other classes of text would hide the text.
    return f'{name}="{shortened(quoted(str(value)), MAX_VALUE_CHARACTERS)}"'
