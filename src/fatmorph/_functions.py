"""Functions of users: the function inside of wrappers, and its name."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

__all__ = ("full_name", "unwrapped")

PARTIAL: type[Any] = partial  # without the type of what it returns


def unwrapped(function: object) -> object:
    """Return the function inside of partials and wrappers, which all calls of it share.

    Raises:
        ValueError: If a wrapper wraps itself.

    Example:
        >>> unwrapped(partial(sorted, key=str)) is sorted
        True
    """
    found: Any = function
    while True:
        if isinstance(found, PARTIAL):
            found = found.func
        elif getattr(found, "__wrapped__", None) is not None:
            found = inspect.unwrap(found)
        else:
            return found


def full_name(function: object) -> str:
    """Return the module and the name of a function, or of the class of an object that is called.

    Example:
        >>> full_name(unwrapped)
        'fatmorph._functions.unwrapped'
    """
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{getattr(named, '__qualname__', '')}"
