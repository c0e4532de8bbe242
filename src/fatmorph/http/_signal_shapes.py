"""The declarations of a shape of signals: the names of its fields, and the items of its sets.

A shape is read by its annotations, so dataclasses, TypedDicts, msgspec's Structs and pydantic's
models are all treated alike. An annotation that cannot be read declares nothing.

Source: https://docs.python.org/3/library/typing.html#introspection-helpers
"""

from __future__ import annotations

import types
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from contextlib import suppress
from functools import lru_cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

__all__ = ("declared_names", "declared_place", "field_hints", "hashes_objects")

# Any, below: an annotation can be any object, and pydantic is not a dependency.

UNIONS = (Union, types.UnionType)
# Attributes of classes whose instances have fields.
OBJECT_MARKS = (
    "__dataclass_fields__",
    "__struct_fields__",
    "__attrs_attrs__",
    "_fields",
    "__total__",
)
MODEL_FIELDS = ("model_fields", "__pydantic_fields__")
# Attributes of `type` statements, `NewType` and `TypeVar`.
ALIASES = ("__value__", "__supertype__", "__bound__")


def declared_place(shape: Any, location: Iterable[object]) -> str:
    """Return a place in signals as far as the shape declares it: `cart.items[0]`.

    Keys of a dict are data, and so are names that the shape does not declare.

    Args:
        shape: A shape as for `Context.signals()`.
        location: Names and indices, from the outside in.

    Example:
        >>> from typing import TypedDict
        >>> class Cart(TypedDict):
        ...     prices: dict[str, list[int]]
        >>> declared_place(Cart, ["prices", "a secret", 0])
        'prices'
    """
    place, kinds = "", [shape]
    for part in location:
        is_index = isinstance(part, int)
        kinds = [
            inner
            for kind in kinds
            for arm in _arms(kind)
            for inner in (_items(arm) if is_index else _fields(arm).get(str(part), ()))
        ]
        if not kinds:
            break
        place += f"[{part}]" if is_index else f".{part}"
    return place.removeprefix(".")


def declared_names(shape: Any) -> tuple[tuple[str, ...], ...]:
    """Return, for each field of a shape, the names that it may have in JSON.

    Example:
        >>> from typing import TypedDict
        >>> class Cart(TypedDict):
        ...     prices: list[int]
        >>> declared_names(Cart), declared_names(dict)
        ((('prices',),), ())
    """
    return tuple(
        (*_spellings(declared), _encoded_name(kind, name))
        for kind in _arms(shape)
        if _has_fields(kind)
        for name, declared, annotation in _declared_fields(kind)
        if _origin(annotation) is not ClassVar
    )


def _encoded_name(kind: Any, name: str) -> str:
    """Return the name of a field in JSON, which msgspec may have renamed."""
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ())
    encoded: tuple[str, ...] = getattr(kind, "__struct_encode_fields__", ())
    return dict(zip(names, encoded, strict=False)).get(name, name)


def field_hints(shape: Any) -> Mapping[str, Any]:
    """Return the annotations of a shape's fields, without the marks that only a TypedDict has.

    Example:
        >>> from typing import NotRequired, TypedDict
        >>> class Cart(TypedDict):
        ...     count: NotRequired[int]
        >>> field_hints(Cart)
        {'count': <class 'int'>}
    """
    hints = get_type_hints(_origin(shape), include_extras=True)
    marks = (Required, NotRequired)
    return {
        name: get_args(hint)[0] if get_origin(hint) in marks else hint
        for name, hint in hints.items()
    }


@lru_cache(maxsize=256)
def hashes_objects(shape: Hashable) -> bool:
    """Return whether a shape keeps objects, or tuples, in a set or as the keys of a dict.

    Example:
        >>> hashes_objects(dict[str, set[tuple[int, int]]]), hashes_objects(set[int])
        (True, False)
    """
    return any(_is_object(part) for kind in _parts(shape) for part in _hashed(kind))


def _parts(shape: Any) -> Iterator[Any]:
    """Yield a shape and all its parts, each once."""
    waiting, seen = [shape], list[Any]()
    while waiting:
        kind = waiting.pop()
        if any(kind is known for known in seen):
            continue
        seen.append(kind)
        yield kind
        inner = [found for kinds in _fields(kind).values() for found in kinds]
        waiting += [*inner, *_arms(kind), *get_args(kind)]


def _hashed(kind: Any) -> Iterator[Any]:
    """Yield the parts of a set's items, or of a dict's keys."""
    if get_args(kind) and _is_class(_origin(kind), AbstractSet | Mapping):
        yield from _parts(get_args(kind)[0])


def _is_object(kind: Any) -> bool:
    return _is_class(_origin(kind), tuple | frozenset) or _has_fields(kind)


def _has_fields(kind: Any) -> bool:
    marks = (*OBJECT_MARKS, *MODEL_FIELDS)
    return _is_class(_origin(kind), object) and any(hasattr(kind, mark) for mark in marks)


def _is_class(kind: Any, base: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _origin(kind: Any) -> Any:
    origin: Any = get_origin(kind)
    return origin or kind


def _arms(kind: Any) -> Iterator[Any]:
    """Yield the kinds in a union, an alias or an annotated kind."""
    if getattr(kind, "__pydantic_root_model__", False):
        yield from _arms(kind.model_fields["root"].annotation)
    elif _origin(kind) in (Annotated, *UNIONS):
        for argument in get_args(kind):
            yield from _arms(argument)
    else:
        meant = [getattr(kind, alias, None) for alias in ALIASES]
        for other in filter(None, meant):
            yield from _arms(other)
        if not any(meant):
            yield kind


def _items(kind: Any) -> Sequence[Any]:
    """Return the kinds of the items of an array."""
    origin = _origin(kind)
    if not _is_class(origin, Iterable) or _is_class(origin, Mapping | str):
        return ()
    return [argument for argument in get_args(kind) if argument is not ...] or [Any]


def _fields(kind: Any) -> Mapping[str, Sequence[Any]]:
    """Return the names that an object's fields may have in JSON, and their kinds."""
    fields = dict[str, list[Any]]()
    if not _has_fields(kind):
        return fields
    for name, declared, annotation in _declared_fields(kind):
        for spelling in (name, *_spellings(declared)):
            fields.setdefault(spelling, []).append(annotation)
    return fields


def _declared_fields(kind: Any) -> Iterator[tuple[str, Iterable[Any], Any]]:
    """Yield the name of a field, its metadata, and its kind."""
    for mark in MODEL_FIELDS:
        if models := getattr(kind, mark, None):
            for name, field in models.items():
                yield name, (field,), field.annotation
            return
    hints = dict[str, Any]()
    with suppress(NameError, TypeError, AttributeError):  # a name that is not there, or not yet
        hints = get_type_hints(_origin(kind), include_extras=True)
    for name, hint in hints.items():
        yield name, get_args(hint)[1:], hint


def _spellings(declared: Iterable[Any]) -> Iterator[str]:
    """Yield the other names that a field of pydantic's has in JSON."""
    for field in declared:
        for alias in (getattr(field, "alias", None), getattr(field, "validation_alias", None)):
            for choice in getattr(alias, "choices", (alias,)):
                first, *_ = getattr(choice, "path", (choice,))
                if isinstance(first, str):
                    yield first
