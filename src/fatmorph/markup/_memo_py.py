"""The reference engine's memoised views: the results of the last calls, by the tokens of a key.

A call with known values moves its entry to the end; a new one drops entries from the front until
all are within their bounds. The function itself runs without the lock, so that views may call each
other and themselves. If two threads build the same element, the one that is ready first is kept.
"""

# The private fields of an element, because properties would cost time.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from sys import getsizeof
from threading import RLock
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, cast

from markupsafe import Markup

from fatmorph.markup._memo_plan import CacheInfo, MemoPlan
from fatmorph.markup._tree_py import Element, Frozen, frozen

__all__ = ("Memo",)

P = ParamSpec("P")
T = TypeVar("T", bound="Element | str | None")

# Equal content of these, of one type, is also equal by `==`.
COMPARED = frozenset((str, Markup, int, bool, type(None)))
RESULTS = (str, Markup, type(None))
ENTRY_BYTES = 400  # about: the entry, its key, and their places in a dict, measured


class _Entry(NamedTuple):
    result: Any
    tokens: tuple[object, ...]  # alive, because a key may have their addresses
    size: int


class Memo(Generic[P, T]):
    """A view that returns the same element for the same values.

    `memo()` makes it.
    """

    __wrapped__: Callable[P, T]
    __name__: str
    __qualname__: str

    def __init__(
        self, function: Callable[P, T], plan: MemoPlan, max_entries: int, max_bytes: int
    ) -> None:
        self._function = function
        self._plan = plan
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        # Re-entrant, because the garbage collector may run a view inside of it.
        self._lock = RLock()
        self._entries: OrderedDict[object, _Entry] = OrderedDict()
        self._bytes = self._hits = self._misses = 0

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the kept result of a call with the same values, or the function's."""
        plan = self._plan
        count = len(plan.parameters)
        values: tuple[object, ...] = args
        if kwargs or len(args) != count or count != plan.positional:
            bound = plan.bind(args, kwargs)
            if bound is None:
                return self._function(*args, **kwargs)  # raises Python's own TypeError
            values = bound
        kinds = tuple(map(type, values))
        key: tuple[object, ...] = (kinds, values)
        if not COMPARED.issuperset(kinds):
            values = plan.flatten(values)
            key = tuple(map(_exact, values))
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
                self._hits += 1
                return cast("T", entry.result)
            self._misses += 1
        result: object = self._function(*args, **kwargs)
        if issubclass(type(result), Element):  # not isinstance(): a proxy claims another class
            result = frozen(cast("Element", result))
        elif type(result) not in RESULTS:
            plan.refuse_result(result)
        size = ENTRY_BYTES + _size(result) + sum(_size(value) for value in values)
        return cast("T", self._kept(key, _Entry(result, values, size)))

    def cache_clear(self) -> None:
        """Forget all results and figures."""
        with self._lock:
            dropped, self._entries = self._entries, OrderedDict()
            self._bytes = self._hits = self._misses = 0
        del dropped

    def cache_info(self) -> CacheInfo:
        """Return the figures: hits, misses, entries and bytes, and the bounds of both."""
        with self._lock:
            return self._plan.info(
                self._hits,
                self._misses,
                len(self._entries),
                self._max_entries,
                self._bytes,
                self._max_bytes,
            )

    def __reduce__(self) -> str:
        return self.__qualname__  # like a function: the module's name for it

    def _kept(self, key: object, entry: _Entry) -> object:
        dropped: list[_Entry] = []  # until the lock is free: weak references may run views
        with self._lock:
            first = self._entries.get(key)
            if first is not None:
                return first.result
            if entry.size <= self._max_bytes:
                self._entries[key] = entry
                self._bytes += entry.size
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                _, oldest = self._entries.popitem(last=False)
                self._bytes -= oldest.size
                dropped.append(oldest)
        return entry.result


def _exact(token: Any) -> tuple[object, ...]:
    """Return a token so that equal results mean the same type and content."""
    kind = cast("type[object]", type(token))
    if kind in COMPARED:
        return kind, token
    if kind is float:
        return kind, token.hex()  # -0.0 is not 0.0, and NaN is NaN
    return _tree(token) if issubclass(kind, Element) else (object, id(token))


def _tree(root: Element) -> tuple[object, ...]:
    """Return all that can be seen of a tree, also by checks and in the order of attributes."""
    seen: list[object] = [Element]
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        if issubclass(type(node), Element):
            tag, children = node._tag, node._children
            names = (tag._name, tag._namespace, tag._place)
            seen += (names, tuple(node._attributes.items()), node._generated_range, len(children))
            pending += children
        else:
            seen += (type(node), node)
    return tuple(seen)


def _size(root: object) -> int:
    """Return about how many bytes a token or a result takes."""
    size = 0
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        if issubclass(type(node), Element):
            size += sum(map(getsizeof, (node, node._attributes, node._children)))
            size += sum(map(getsizeof, node._attributes.values()))
            size += getsizeof(node._html) if type(node) is Frozen else 0
            pending += node._children
        elif type(node) in COMPARED:
            size += getsizeof(node)
    return size
