"""The calls of a memoised view: their values in one order, and the tokens of which a key consists.

A key is a flat tuple of tokens, which the engines compare by type and by content, never by a
class's own `__eq__()`: `Markup("<b>")` is not `"<b>"`, `True` is not `1`, `-0.0` is not `0.0`. A
value of several parts begins with its class and its length, so no two values have the same tokens.
"""

# The types of a user's values are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal
from enum import Enum, EnumType
from functools import cached_property
from inspect import Parameter, Signature
from types import FunctionType, MemberDescriptorType
from typing import Any, NamedTuple
from uuid import UUID

from markupsafe import Markup

from fatmorph.markup._memo_wording import (
    is_struct,
    memo_argument_error,
    memo_result_error,
    memo_state_error,
)

__all__ = ("CacheInfo", "MemoPlan", "memo_plan")

# Tokens themselves. Exact types only: a subclass of str may have a state of its own.
PLAIN_TYPES = frozenset((str, Markup, int, bool, float, type(None)))
MAX_RECORDS = 100  # classes of arguments of one view
REQUIRED: Any = ...  # instead of a default
POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that Python code made


class CacheInfo(NamedTuple):
    """The figures of one memoised view since it was made or cleared."""

    hits: int
    """Calls that were answered with a kept result."""
    misses: int
    """Calls that ran the function."""
    entries: int
    """Kept results."""
    max_entries: int
    bytes: int
    """The memory of the kept results and of their arguments."""
    max_bytes: int


class MemoPlan(NamedTuple):
    """The functions and names by which an engine reads the calls of one view.

    A C engine reads the fields in their order.
    """

    parameters: tuple[str, ...]
    """Those that one value each is given to; empty if `positional` is -1."""
    defaults: tuple[object, ...]
    """One for each parameter; `...` if there is none."""
    positional_only: int
    """How many parameters cannot be given by their names."""
    positional: int
    """How many parameters can be given by position; -1: `bind()` reads all calls."""
    enum_type: type
    """The class of most classes of enumerations, whose members are tokens."""
    records: dict[type, tuple[str, ...]]
    """The classes of records that `flatten()` has seen, and the names of their fields.

    Empty for a named tuple, whose content is its items.
    """
    bind: Callable[[tuple[Any, ...], dict[str, Any]], tuple[object, ...] | None]
    """Returns the values of a call in the order of the parameters; None: it raises TypeError."""
    flatten: Callable[[tuple[object, ...]], tuple[object, ...]]
    """Returns the tokens of such values."""
    refuse_result: Callable[[object], None]
    """Raises the error for a result that cannot be kept."""
    info: type[CacheInfo]


def memo_plan(function: FunctionType, element_type: type) -> MemoPlan:
    """Return the plan of a function.

    Args:
        function: The view.
        element_type: The engine's type of elements.
    """
    calls = _Calls(function, element_type)
    parameters = calls.signature.parameters.values()
    is_variadic = any(parameter.kind in VARIADIC for parameter in parameters)
    kinds = [parameter.kind for parameter in parameters]
    return MemoPlan(
        parameters=() if is_variadic else tuple(calls.signature.parameters),
        defaults=() if is_variadic else tuple(map(_default, parameters)),
        positional_only=kinds.count(Parameter.POSITIONAL_ONLY),
        positional=-1 if is_variadic else sum(kind in POSITIONAL for kind in kinds),
        enum_type=EnumType,
        records=calls.records,
        bind=calls.bind,
        flatten=calls.flatten,
        refuse_result=calls.refuse_result,
        info=CacheInfo,
    )


def _default(parameter: Parameter) -> object:
    return REQUIRED if parameter.default is Parameter.empty else parameter.default


class _Calls:
    """The calls of one function."""

    def __init__(self, function: FunctionType, element_type: type) -> None:
        self._name = function.__name__
        self._element_type = element_type
        self.records: dict[type, tuple[str, ...]] = {}
        self.signature = Signature.from_callable(function, follow_wrapped=False)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[object, ...] | None:
        """Return the values of a call in the order of the parameters, or None if it is wrong."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError:
            return None
        bound.apply_defaults()
        parameters = self.signature.parameters.values()
        return tuple(
            tuple(value.items()) if parameter.kind is Parameter.VAR_KEYWORD else value
            for parameter, value in zip(parameters, bound.arguments.values(), strict=True)
        )

    def flatten(self, values: tuple[object, ...]) -> tuple[object, ...]:
        """Return the tokens of values, which are in the order of the parameters.

        Raises:
            MemoError: A value, or a part of one, can change, or its content cannot be compared.
        """
        tokens: list[object] = []
        for name, value in zip(self.signature.parameters, values, strict=True):
            self._add(tokens, value, name)
        return tuple(tokens)

    def refuse_result(self, result: object) -> None:
        """Raise the error for a result that cannot be kept."""
        raise memo_result_error(self._name, result)

    # Any: of values of a user's classes, no types are known.
    def _add(self, tokens: list[object], value: Any, place: str) -> None:
        kind = type(value)
        if kind in PLAIN_TYPES or issubclass(kind, (self._element_type, Enum)):
            tokens.append(value)
        elif kind is tuple or kind is frozenset or _is_named_tuple(kind):
            if kind not in (tuple, frozenset):
                self._note_record(kind, ())
            # In the order of the iterator, also of a set, because a view sees it.
            items = list(frozenset.__iter__(value) if kind is frozenset else tuple.__iter__(value))
            tokens += (kind, len(items))
            for index, item in enumerate(items):
                self._add(tokens, item, place if kind is frozenset else f"{place}[{index}]")
        elif kind in CONVERSIONS:
            tokens.append(kind)
            tokens += CONVERSIONS[kind](value)
            if isinstance(tokens[-1], datetime.tzinfo) and not _is_zone(tokens[-1]):
                raise memo_argument_error(self._name, f"{place}.tzinfo", tokens[-1])
        elif (names := self.records.get(kind) or _field_names(kind)) is not None:
            self._note_record(kind, names)
            if other := _other_attributes(value, names):
                raise memo_state_error(self._name, place, value, other[0])
            tokens.append(kind)
            for name in names:
                # By no method of the class itself.
                self._add(tokens, object.__getattribute__(value, name), f"{place}.{name}")
        else:
            raise memo_argument_error(self._name, place, value)

    def _note_record(self, kind: type, names: tuple[str, ...]) -> None:
        # A function may make a class in each call.
        if kind not in self.records and len(self.records) >= MAX_RECORDS:
            self.records.clear()
        self.records[kind] = names


def _zoned(value: Any) -> Iterable[object]:
    zone = value.tzinfo
    is_fixed = type(zone) is datetime.timezone
    return (
        value.replace(tzinfo=None).isoformat(),
        value.fold,
        is_fixed,
        repr(zone) if is_fixed else zone,
    )


# The same number of tokens for each value of a type: text, numbers, a time zone itself.
CONVERSIONS: dict[type, Callable[[Any], Iterable[object]]] = {
    Decimal: lambda value: (str(value),),  # 1.0 is not 1.00
    UUID: lambda value: (value.int,),
    datetime.date: lambda value: (value.toordinal(),),
    datetime.datetime: _zoned,
    datetime.time: _zoned,
    datetime.timedelta: lambda value: (value.days, value.seconds, value.microseconds),
}


def _is_zone(zone: object) -> bool:
    # Not imported: in Python 3.12, only the main interpreter can.
    zoneinfo = sys.modules.get("zoneinfo")
    return zoneinfo is not None and type(zone) is zoneinfo.ZoneInfo


# Any: a class of a user.
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Return the names of the fields of a record; None if it can change, or has a state besides."""
    bases = kind.__mro__[:-1]
    if is_struct(kind):
        names = kind.__struct_fields__
        is_frozen = kind.__struct_config__.frozen
    # The content of a subclass of a built-in class is not in its fields.
    elif hasattr(kind, "__dataclass_params__") and all(b.__flags__ & HEAP_TYPE for b in bases):
        names = tuple(field.name for field in fields(kind))
        is_frozen = kind.__dataclass_params__.frozen
    else:
        return None
    has_other_slots = any(
        type(member) is MemberDescriptorType and name not in names
        for base in bases
        for name, member in vars(base).items()
    )
    return names if is_frozen and not has_other_slots else None


def _is_named_tuple(kind: type) -> bool:
    """Return whether the items are the whole content of a subclass of tuple."""
    return kind.__base__ is tuple and kind.__dictoffset__ == 0 and hasattr(kind, "_fields")


def _other_attributes(value: Any, names: Iterable[str]) -> list[str]:
    """Return the names of attributes that are not fields and not computed from the fields."""
    kind = type(value)
    if kind.__dictoffset__ == 0:
        return []
    own = object.__getattribute__(value, "__dict__")
    return [
        name
        for name in own
        if name not in names and type(getattr(kind, name, None)) is not cached_property
    ]
