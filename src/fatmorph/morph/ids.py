"""Ids: a name for an element that is safe wherever ids are used.

An id made here is never empty, holds no character that a CSS selector would have to escape,
and differs whenever the texts of its parts differ.

Sources: https://html.spec.whatwg.org/multipage/dom.html#the-id-attribute and
https://drafts.csswg.org/css-syntax-3/#ident-token-diagram
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import TypeAlias
from uuid import UUID

from fatmorph.errors import AttributeValueError, short_repr
from fatmorph.markup._shortcuts import shortened
from fatmorph.markup._wording import LONG_INT

__all__ = ("IdPart", "dom_id")

IdPart: TypeAlias = "str | int | float | Decimal | UUID | date | time | Enum | tuple[IdPart, ...]"
"""What an id can be made of."""

# Everything but ASCII letters, digits and the characters that CSS calls non-ASCII ident code
# points. A fixed list, so that an id does not depend on a Python version's Unicode tables.
ESCAPED = re.compile(
    "[^a-zA-Z0-9\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d"
    "\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U0010ffff]"
)


@shortened("id")
def dom_id(*parts: IdPart) -> str:
    """Return an id made of parts, such as `cell-7`.

    Letters and digits stay as they are, parts are joined with `-`. Everything else is written
    with `_`: a hyphen inside a part as `_-`, an underscore as `__`, an empty part as `_e`, a
    leading digit with `_` before it, other characters as `_x` and their code in hexadecimal.

    Args:
        *parts: At least one. A number and the text of that number make the same id; an enum's
            member counts as its value, a date as its ISO form, a tuple as one part.

    Raises:
        AttributeValueError: No part, or a part without a lasting text, such as None.

    Example:
        >>> dom_id("cell", 7)
        'cell-7'
        >>> dom_id("todo-item", "milk & eggs")
        'todo_-item-milk_x20__x26__x20_eggs'
    """
    if not parts:
        raise AttributeValueError(
            "cannot make an id of no parts",
            why="an empty id breaks morphs",
            fix='dom_id("cell", 7)',
        )
    # hot: most parts are a word or a number, and a page has hundreds of them.
    try:
        joined = "-".join(
            [
                part
                if type(part) is str and part.isalnum() and part.isascii()
                else repr(part)
                if type(part) is int and part >= 0
                else _encoded(part)
                for part in parts
            ]
        )
    except AttributeValueError:
        raise
    except ValueError:  # an int with more digits than Python writes, which has its own error
        joined = "-".join(map(_encoded, parts))
    return f"_{joined}" if "0" <= joined[0] <= "9" else joined


def _encoded(part: IdPart) -> str:
    if isinstance(part, tuple):
        return f"_t{'-'.join(map(_encoded, part))}_z"
    return ESCAPED.sub(_escape, _text(part)) or "_e"


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return f"_{character}" if character in "-_" else f"_x{ord(character):x}_"


def _text(part: object) -> str:
    if type(part) is str:
        return part
    if isinstance(part, Enum):
        return _text(part.value)
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, str):
        return str.__str__(part)
    if isinstance(part, int):
        return _digits(part)
    if isinstance(part, float):
        return float.__repr__(part)
    if isinstance(part, date | time):
        return part.isoformat()
    if isinstance(part, Decimal | UUID):
        return str(part)
    raise AttributeValueError(
        f"cannot make an id of {type(part).__name__}",
        where=f"dom_id(…): {short_repr(part)}",
        why="an id must be the same in every process, today and tomorrow",
        fix='dom_id("row", row.id)',
    )


def _digits(part: int) -> str:
    try:
        return int.__repr__(part)
    except ValueError:
        raise AttributeValueError(
            "cannot make an id of int",
            where=f"dom_id(…): {short_repr(part)}",
            why=LONG_INT,
            fix="hex(value)",
        ) from None
