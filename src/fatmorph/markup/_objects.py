"""The objects of other libraries: what they stand for in an element.

A lazy translation or a proxy stands for text, a number or an element, which is read once, when the
element is built. No library is imported for it: a proxy forwards the methods of its target, and a
method knows the object that it belongs to.
"""

# Callers may use no type checker.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from datastar_py.attributes import BaseAttr

__all__ = ("AttributesBase", "has_html", "is_attributes", "target_of")


class AttributesBase(Mapping[str, Any]):
    """A mapping that is always read as attributes, although it has `__html__`."""

    __slots__ = ()


ATTRIBUTE_TYPES = (AttributesBase, BaseAttr)
# A method that only the type has; objects that claim to be of that type forward it.
METHODS_OF_TYPES = (
    ("casefold", str),
    ("bit_length", int),
    ("is_integer", float),
    ("is_signed", Decimal),
)
# They stand for themselves.
PLAIN_TYPES = (str, int, float, Decimal, type(None), list, tuple, dict)


def has_html(value: object) -> bool:
    """Return whether an object is trusted HTML: it has `__html__` and is not attributes."""
    kind = type(value)
    return hasattr(kind, "__html__") and not issubclass(kind, ATTRIBUTE_TYPES)


def is_attributes(value: object) -> TypeGuard[Mapping[Any, object]]:
    """Return whether an argument of a tag holds attributes."""
    return isinstance(value, Mapping) and not has_html(value)


def target_of(value: Any) -> Any:
    """Return the text, number or HTML that a proxy or lazy object stands for.

    Any other object is returned unchanged. Exceptions of the proxy are raised unchanged.
    """
    kind = type(value)
    if issubclass(kind, PLAIN_TYPES) or hasattr(kind, "__html__"):
        return value
    if hasattr(kind, "casefold"):  # text in all but its type: UserString, a lazy translation
        return str(value)
    if not _is_proxy(kind):
        return value
    for method, target_type in METHODS_OF_TYPES:
        target = _owner(value, method)
        if issubclass(type(target), target_type):
            return target
    target = _owner(value, "__html__")
    return target if has_html(target) else value


def _is_proxy(kind: type) -> bool:
    """Return whether the objects of a class may claim another one; `object` is not asked."""
    return any("__class__" in vars(base) for base in kind.__mro__[:-1])


def _owner(value: object, method: str) -> object:
    """Return the object that a method belongs to, or None."""
    return getattr(getattr(value, method, None), "__self__", None)
