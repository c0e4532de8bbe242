"""Memoised views: `memo()` makes a view return the same element for the same values.

The engines keep the results; this module checks what is memoised.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import update_wrapper
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, overload

from fatmorph.markup._core import Element, Memo
from fatmorph.markup._memo_plan import memo_plan
from fatmorph.markup._memo_wording import memo_bound_error, memo_function_error

__all__ = ("memo",)

P = ParamSpec("P")
T = TypeVar("T", bound="Element | str | None")

MAX_ENTRIES = 4096  # several pages of a thousand parts
MAX_BYTES = 8 * 1024 * 1024  # 2 kB for each of them


@overload
def memo(function: Callable[P, T], /) -> Memo[P, T]: ...


@overload
def memo(
    *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES
) -> Callable[[Callable[P, T]], Memo[P, T]]: ...


# Any: the overloads say what comes back.
def memo(
    function: Callable[..., Any] | None = None,
    /,
    *,
    max_entries: int = MAX_ENTRIES,
    max_bytes: int = MAX_BYTES,
) -> Any:
    """Return a view that returns the same element for the same values, without building it again.

    The HTML of a kept element is kept, too. The result must depend on the arguments alone, and
    they must be values: text, numbers, bool, None, dates and times, UUIDs, Enum members, elements,
    and tuples, frozensets, frozen dataclasses and frozen Structs of these. Values of different
    types are different at every depth: `Markup("<b>")` is not `"<b>"`, and `True` is not `1`.

    Args:
        function: A plain function that returns an element, text or None.
        max_entries: How many results are kept; those used last stay.
        max_bytes: About how much memory they and their arguments may take. A larger result is
            returned, but not kept.

    Raises:
        MemoError: The function is async, a generator or a method, or a bound is not positive;
            and, at a call, an argument is not a value, or the result can change.

    Example:
        >>> from fatmorph import h
        >>> @memo
        ... def cell_view(number: int, color: str):
        ...     return h.button(number, style={"background": color})
        >>> cell_view(7, "tan") is cell_view(color="tan", number=7)
        True
        >>> cell_view.cache_info().entries
        1
    """
    for name, bound in (("max_entries", max_entries), ("max_bytes", max_bytes)):
        if type(bound) is not int or not 1 <= bound <= sys.maxsize:
            raise memo_bound_error(name, bound)

    def memoised(function: Callable[P, T]) -> Memo[P, T]:
        plan = memo_plan(_checked(function), Element)
        memo = Memo(function, plan, max_entries, max_bytes)
        update_wrapper(memo, function)
        return memo

    return memoised if function is None else memoised(function)


# Any: callers may use no type checker.
def _checked(function: Any) -> FunctionType:
    """Return the function if its results can be kept."""
    name = getattr(function, "__name__", type(function).__name__)
    if type(function) is not FunctionType:
        raise memo_function_error(
            name,
            f"a {type(function).__name__}",
            "an object that is called may have a state, which is not among the arguments",
            "@memo  (above the def of a function)",
        )
    plain = inspect.unwrap(function)
    if inspect.iscoroutinefunction(plain):
        raise memo_function_error(
            name,
            "an async function",
            "a coroutine can be awaited only once",
            f"{name}(await …)  (a plain function, which gets the values)",
        )
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise memo_function_error(
            name, "a generator", "it can be read only once", "return fragment(*elements)"
        )
    first = next(iter(inspect.signature(function, follow_wrapped=False).parameters), "")
    if first in ("self", "cls"):
        raise memo_function_error(
            name,
            "a method",
            f"{first} is not a value: it can change",
            f"{name}({first}.id, {first}.title)  (a function, which gets the values)",
        )
    return function
