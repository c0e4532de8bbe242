"""Remember what a pure function returned, so that repeated calls cost next to nothing."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("MAX_REMEMBERED_CALLS", "cached")

# Per function. A page has tens of distinct attributes; a list of rows adds one URL per row.
MAX_REMEMBERED_CALLS = 2048

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def cached(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return `function`, remembering the results of calls whose arguments are hashable.

    Calls with unhashable arguments (a `dict` of headers) work and are not remembered.
    Unlike `functools.lru_cache` it keeps the signature for type checkers, and `True` is not `1`.

    Example:
        >>> double = cached(lambda text: text * 2)
        >>> double("ab") is double("ab")
        True
    """
    remembered = lru_cache(MAX_REMEMBERED_CALLS, typed=True)(function)

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return remembered(*args, **kwargs)  # type: ignore[arg-type]  # caught below
        except TypeError:
            pass  # unhashable, or a wrong call, whose own error comes next
        return function(*args, **kwargs)

    return call
