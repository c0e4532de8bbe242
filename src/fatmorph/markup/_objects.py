"""The objects of other libraries: what they stand for in an element.

The engines handle exact types of Python where they occur. Any other object is judged here, by its
type, and no library is imported for it: a lazy translation or a proxy stands for text, a number or
an element, which is read once, when the element is built; an object with `__html__` is its HTML;
the items of an iterable are children, or perhaps the fields of a record.
"""

# Callers may use no type checker, and the types of foreign objects are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections import UserList, deque
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet, ValuesView
from decimal import Decimal
from enum import Enum
from types import GeneratorType
from typing import Any, TypeGuard

from datastar_py.attributes import BaseAttr

__all__ = (
    "AttributesBase",
    "claimed_class",
    "has_html",
    "is_attributes",
    "is_list_like",
    "is_plain",
    "is_walked",
    "json_target",
    "target_of",
)


class AttributesBase(Mapping[str, Any]):
    """A mapping that is always read as attributes, although it has `__html__`."""

    __slots__ = ()


ATTRIBUTE_TYPES = (AttributesBase, BaseAttr)
TEXT_AND_NUMBERS = (str, int, float, Decimal)
# They stand for themselves.
PLAIN_TYPES = (*TEXT_AND_NUMBERS, type(None), list, tuple, dict, GeneratorType)
# Iterables, but not of children. An instance of a text or number here is a proxy, whose target
# cannot be had.
NOT_WALKED = (bytes, bytearray, memoryview, Mapping, Enum, type, *TEXT_AND_NUMBERS)
TEXT_METHODS = ("__len__", "__getitem__", "__contains__", "__add__", "__mod__")
# The items of these are meant as items, and so are those of an iterator.
LIST_LIKE = (list, tuple, AbstractSet, deque, range, ValuesView, UserList)


def claimed_class(value: object) -> type:
    """Return the class of an object, or the class that a proxy claims: that of its target."""
    claimed = value.__class__
    return claimed if isinstance(claimed, type) else type(value)


def has_html(value: object) -> bool:
    """Return whether an object is trusted HTML: it has `__html__` and is not attributes.

    An attribute of an instance does not count, because it may be data.
    """
    kind = type(value)
    return (
        hasattr(kind, "__html__")
        and not issubclass(kind, ATTRIBUTE_TYPES)
        and hasattr(claimed_class(value), "__html__")
    )


def is_attributes(value: object) -> TypeGuard[Mapping[Any, object]]:
    """Return whether an argument of a tag holds attributes."""
    return isinstance(value, Mapping) and not has_html(target_of(value))


def is_plain(value: object) -> bool:
    """Return whether a value is text or a number; `__class__` is not used."""
    return issubclass(type(value), TEXT_AND_NUMBERS)


def is_walked(value: object) -> TypeGuard[Iterable[object]]:
    """Return whether the items of an object can be children.

    The class decides as well as the type, because the type of a proxy has methods of every kind.
    """
    if isinstance(value, NOT_WALKED):
        return False
    return issubclass(type(value), Iterable) and issubclass(claimed_class(value), Iterable)


def is_list_like(value: object) -> bool:
    """Return whether the items of an iterable may be text: a list, a set, an iterator.

    The items of any other iterable may be the fields of a record: a row, a model, a parsed URL.
    """
    kind = claimed_class(value)
    if issubclass(kind, tuple):
        # A named tuple, and a struct of Python, such as the time
        return not (hasattr(kind, "_fields") or hasattr(kind, "n_sequence_fields"))
    # A mock has the methods of iterators and of sequences.
    is_iterator = issubclass(kind, Iterator) and not hasattr(kind, "__getitem__")
    return is_iterator or issubclass(kind, LIST_LIKE)


def target_of(value: Any) -> Any:
    """Return the text, number, None or HTML that a proxy or lazy object stands for.

    Any other object is returned unchanged. Exceptions of the proxy are raised unchanged.
    """
    kind = type(value)
    if issubclass(kind, PLAIN_TYPES):
        return value
    claimed = claimed_class(value)
    if claimed is type(None):
        return None
    if claimed is kind and not _is_proxy(kind) and not _is_text_like(kind):
        return value
    # A proxy forwards the methods of its target, and a method knows the object it belongs to.
    # Only text, and objects that are text in all but their type, have this one.
    text = _owner(value, "casefold")
    if issubclass(type(text), str):
        return text
    if hasattr(type(text), "casefold") and type(text).__str__ is not object.__str__:
        return str(text)
    number = _owner(value, "conjugate")
    if is_plain(number):
        return number
    html = _owner(value, "__html__")
    return html if has_html(html) else value


def json_target(value: object) -> Any:
    """Return the text or number that an object stands for, for an encoder of JSON.

    Raises:
        TypeError: JSON cannot hold the object.
    """
    target = target_of(value)
    if target is not value and (target is None or is_plain(target)):
        return target
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _is_proxy(kind: type) -> bool:
    """Return whether the objects of a class may claim another one, even if this one does not."""
    # Not a generator: Python 3.12.1 crashes where one finds no memory.
    for base in kind.__mro__[:-1]:  # noqa: SIM110
        if "__class__" in vars(base):
            return True
    return False


def _is_text_like(kind: type) -> bool:
    """Return whether a class has methods as UserString and lazy translations do.

    Numbers, arrays and mocks have `-` too.
    """
    if hasattr(kind, "__sub__"):
        return False
    for name in TEXT_METHODS:  # noqa: SIM110 - as above
        if not hasattr(kind, name):
            return False
    return True


def _owner(value: object, method: str) -> object:
    """Return the object that a method belongs to, or None."""
    return getattr(getattr(value, method, None), "__self__", None)
