"""Remember the results of pure functions, so that repeated calls cost almost nothing.

Arguments may be a user's text, and a cache outlives the request. So only short calls are
remembered, and the memory of all caches together is bounded.
"""

# The types of the items in callers' tuples are unknown.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from fatmorph.datastar._signal_classes import Signal
from fatmorph.markup._attributes import Attrs
from fatmorph.markup.escape import JSExpression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("MAX_REMEMBERED_BYTES", "MAX_REMEMBERED_CALLS", "MAX_REMEMBERED_CHARACTERS", "cached")

# Per function. A page has tens of distinct attributes; a list of rows adds one URL per row.
MAX_REMEMBERED_CALLS = 2048
# In the arguments and the result of one call. Expressions that people write are shorter.
MAX_REMEMBERED_CHARACTERS = 1000
# For all functions together: some 14,000 calls of a typical page. When the memory is used up, all
# calls are forgotten, and the next page fills the caches again.
MAX_REMEMBERED_BYTES = 16 * 1024 * 1024

# The size of a call without its text: the key, its place in the cache, and an Attrs.
CALL_BYTES = 600
# The largest size of a character in Python: https://peps.python.org/pep-0393/
CHARACTER_BYTES = 4
# The size of an item of a tuple or of an Attrs without its text, in characters.
ITEM_CHARACTERS = 25
MAX_DEPTH = 4  # of tuples in tuples: modifiers, or names with their expressions
PLAIN_TYPES: Final = frozenset({bool, float, type(None), type})  # a class of signals is a type

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class _NotRememberedError(Exception):
    """Carry a result past a cache, which does not keep exceptions."""

    def __init__(self, result: Any) -> None:  # Any: an exception cannot be generic
        super().__init__()
        self.result = result


class _Memory:
    """How much of the memory for remembered calls is used, and how to get it back."""

    def __init__(self) -> None:
        self.used_bytes = 0
        self.forget: list[Callable[[], None]] = []

    def take(self, characters: int) -> None:
        """Make room for a call; memory that evicted calls gave back is not counted."""
        size = CALL_BYTES + CHARACTER_BYTES * characters
        if self.used_bytes + size > MAX_REMEMBERED_BYTES:
            for forget in self.forget:
                forget()
            self.used_bytes = 0
        self.used_bytes += size


_memory = _Memory()


def cached(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return `function`, remembering the results of short calls with hashable arguments.

    Calls with unhashable arguments (a `dict` of headers), with more than
    `MAX_REMEMBERED_CHARACTERS`, or with objects of other types than text, numbers, tuples and
    `JSExpression` work, but are not remembered. Unlike `functools.lru_cache`, it keeps the
    signature for type checkers and distinguishes `True` from `1`.

    Example:
        >>> double = cached(lambda text: text * 2)
        >>> double("ab") is double("ab")
        True
    """

    def remember(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        result = function(*args, **kwargs)
        characters = _characters((result, *args, *kwargs.values()))
        if characters > MAX_REMEMBERED_CHARACTERS:
            raise _NotRememberedError(result)
        _memory.take(characters)
        return result

    remembered = lru_cache(MAX_REMEMBERED_CALLS, typed=True)(remember)
    _memory.forget.append(remembered.cache_clear)

    # hot: as tests/benchmarks/rendering.py shows. A call is measured only when it is new.
    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return remembered(*args, **kwargs)  # type: ignore[arg-type]  # caught below
        except _NotRememberedError as passed:
            result: Result = passed.result
            return result
        except TypeError:
            pass  # unhashable, or a wrong call, whose own error comes next
        return function(*args, **kwargs)

    return call


def _characters(values: Iterable[object], depth: int = MAX_DEPTH) -> int:
    """Return the size of plain values; for any other value, more than is remembered.

    A subclass of `str`, or any other object, may hold data that cannot be measured here.
    """
    characters = 0
    for value in values:
        # hot: exact types, and the most frequent first, as tests/benchmarks/rendering.py shows.
        if type(value) is str:
            characters += len(value)
        elif type(value) is Attrs:
            for name in value:
                characters += ITEM_CHARACTERS + len(name) + len(str(value[name]))
        elif type(value) is JSExpression or type(value) is Signal:
            characters += _characters((value.value,), 0)
        elif type(value) is int:
            characters += value.bit_length() // 8
        elif type(value) is tuple and len(value) <= MAX_REMEMBERED_CHARACTERS and depth:
            characters += ITEM_CHARACTERS * len(value) + _characters(value, depth - 1)
        elif type(value) not in PLAIN_TYPES:
            return MAX_REMEMBERED_CHARACTERS + 1
    return characters
