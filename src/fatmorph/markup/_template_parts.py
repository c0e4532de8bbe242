"""Template strings of Python 3.14: how they are recognized, and what a value in one stands for.

Source: https://peps.python.org/pep-0750/
"""

# The types exist only from Python 3.14, and callers may use no type checker.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from fatmorph.errors import add_place, short_repr

__all__ = ("is_interpolation", "is_template", "template_excerpt", "template_value")

EXCERPT_CHARACTERS = 38  # before and after the start of a value: one line of a terminal

# Any: without type hints of Python 3.14. Before 3.14, nothing is a template string.
TEMPLATE: Any = None
INTERPOLATION: Any = None
if sys.version_info >= (3, 14):
    from string.templatelib import Interpolation, Template

    TEMPLATE, INTERPOLATION = Template, Interpolation

CONVERSIONS: dict[str, Callable[[object], str]] = {"a": ascii, "r": repr, "s": str}


def is_template(value: object) -> bool:
    """Return whether an object is a template string of Python; another class may have the name."""
    return type(value) is TEMPLATE


def is_interpolation(value: object) -> bool:
    """Return whether an object is a value in a template string, with its expression."""
    return type(value) is INTERPOLATION


def template_value(part: Any) -> Any:
    """Return the value of an interpolation, converted and formatted as in an f-string.

    Raises:
        Exception: Any exception of the value, with a note of the expression.
    """
    value = part.value
    try:
        if part.conversion:
            value = CONVERSIONS[part.conversion](value)
        return format(value, part.format_spec) if part.format_spec else value
    except Exception as error:
        add_place(error, f"formatting {{{part.expression}}} of a template string")
        raise


def template_excerpt(template: Any, index: int) -> str:
    """Return the source around an interpolation, with expressions instead of values.

    Args:
        template: A template string.
        index: The number of the interpolation from zero; the number of all shows the end.
    """
    pieces: list[str] = []
    for text, part in zip(template.strings, (*template.interpolations, None), strict=True):
        pieces += [text, f"{{{part.expression}}}" if part else ""]
    before, after = "".join(pieces[: 2 * index + 1]), "".join(pieces[2 * index + 1 :])
    return f"t{short_repr(before[-EXCERPT_CHARACTERS:] + after[:EXCERPT_CHARACTERS])}"
