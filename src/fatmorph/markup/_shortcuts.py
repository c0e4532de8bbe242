"""Shortcuts: functions whose plain calls the engine answers itself.

The function stays the reference: it has the rules and the errors, and makes all other results.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from fatmorph.markup._core import shortcut

if TYPE_CHECKING:
    from collections.abc import Callable

    from fatmorph.markup._shortcuts_py import ShortcutKind

__all__ = ("shortened",)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def shortened(
    kind: ShortcutKind, *, harmless: frozenset[str] | None = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Return a decorator for a function whose plain calls the engine in use answers.

    Args:
        kind: The result of the function.
        harmless: For an object of expressions, the names that have no rules of their own;
            default all.

    Example:
        >>> def dom_id(*parts: object) -> str:
        ...     return "-".join(map(str, parts))
        >>> shortened("id")(dom_id)("cell", 7)
        'cell-7'
    """

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        short = cast("Callable[Arguments, Result]", shortcut(kind, function, harmless))
        # The C engine returns an object that is not a function, with the same attributes.
        return short if short is function else update_wrapper(short, function)

    return decorate
