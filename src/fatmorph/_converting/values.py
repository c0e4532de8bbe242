"""Python values as code: literals, and calls of functions that write Datastar."""

# The types of items in a page's data are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fatmorph._converting import strings
from fatmorph._converting.layout import Code, Group, Item, Text, Word

__all__ = ("Call", "value_code")


class Call:
    """A call of a function of `data` or `at`, with the value that it returns."""

    def __init__(
        self, function: str, value: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> None:
        self.function = function
        self.value = value
        self.arguments = arguments
        self.keywords = keywords

    def code(self) -> Code:
        """Return the code of the call."""
        items = [Item(value_code(argument)) for argument in self.arguments]
        items += [Item(value_code(value), f"{name}=") for name, value in self.keywords.items()]
        return Group(f"{self.function}(", items, ")")


def value_code(value: Any) -> Code:  # Any: what a JSON value or a call may be
    """Return the code of a value: a text, a number, a container of values, or a call.

    Example:
        >>> value_code({"retry": "never", "counts": [1, None]}).flat
        '{"retry": "never", "counts": [1, None]}'
    """
    if isinstance(value, Call):
        return value.code()
    if isinstance(value, str):
        return Text(value, is_divided=False)
    if isinstance(value, Mapping):
        items = [Item(value_code(item), f"{strings.literal(key)}: ") for key, item in value.items()]
        return Group("{", items, "}")
    if isinstance(value, list | tuple):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return Group(opening, [Item(value_code(item)) for item in value], closing)
    return Word(repr(value))
