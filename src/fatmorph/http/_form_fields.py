"""The texts and files of a form, converted field by field into the types of a shape.

1. A browser sends nothing for an unchecked checkbox and for an empty multiple choice, so an absent
   `bool` is False and an absent list is empty, whatever their defaults are.
2. A browser sends an empty text for an empty control. A type that allows None gets None for it.
   In any other type but text, nothing was entered: the default, or an error.
3. A browser leaves out the seconds of `datetime-local` and `time` if they are zero.
4. Only lists have several values. The last value of a `bool` counts, because forms send a hidden
   "no" before the checkbox.

Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias, cast, get_origin, is_typeddict

import msgspec
from msgspec import inspect

from fatmorph.errors import FormShapeError, short_repr
from fatmorph.http._file_limits import FileLimits, file_limits, file_problem
from fatmorph.http._form_data import FormData, Upload
from fatmorph.http._problems import Problem, msgspec_problem, pydantic_problem
from fatmorph.http._signal_shapes import field_hints

__all__ = ("Converted", "converted")

# Any, below: a type can be any object, and pydantic is not a dependency.

Converted: TypeAlias = "tuple[Any, list[Problem]]"
"""The value in its shape, if there are no problems; and the problems."""

BOOLEANS = {"on": True, "yes": True, "off": False, "no": False, "": False}
WITHOUT_SECONDS = re.compile(r"(?:\d{4,}-\d\d-\d\d[T ])?\d\d:\d\d")
LISTS = (
    inspect.ListType,
    inspect.SetType,
    inspect.FrozenSetType,
    inspect.VarTupleType,
    inspect.TupleType,
    inspect.CollectionType,
)
OBJECTS = (
    inspect.DataclassType,
    inspect.StructType,
    inspect.TypedDictType,
    inspect.NamedTupleType,
    inspect.DictType,
)
SHAPES = (inspect.DataclassType, inspect.StructType, inspect.TypedDictType)
TEXTS = (inspect.StrType, inspect.AnyType, inspect.BytesType)
CHOICES = (inspect.EnumType, inspect.LiteralType)
NUMBERS = (inspect.FloatType, inspect.DecimalType)
# A character of every such text: msgspec and pydantic also read a number as a time, in seconds.
MOMENTS = {"datetime": ":", "time": ":", "date": "-"}
MAX_EXPONENT = 324  # as of a float; Decimal accepts 0e-999999999, which has a GB when written
NO_CHOICE = {"integer", "range"}  # codes for a text that is not an integer, for a choice of those
MISSING = object()


@dataclass(frozen=True)
class Kind:
    """The parts of a field's type that matter before it is converted.

    Args:
        moment: A key of `MOMENTS`, or empty.
    """

    is_list: bool
    is_bool: bool
    is_text: bool
    is_number: bool
    is_file: bool
    is_choice: bool
    is_optional: bool
    moment: str


@dataclass(frozen=True)
class Field:
    """A field of a shape.

    Args:
        name: Its name in Python.
        sent_name: Its name in the form.
        hint: Its annotation; None if pydantic converts it.
        kind: The parts of its type that matter here.
        is_required: Whether it has no default.
        files: The limits of its files.
    """

    name: str
    sent_name: str
    hint: Any
    kind: Kind
    is_required: bool
    files: tuple[FileLimits, ...]


def converted(data: FormData, shape: Any) -> Converted:
    """Return a form in a shape, or the problem of each field.

    Args:
        data: The form as it was sent.
        shape: As for `Context.form()`.

    Raises:
        FormShapeError: If the shape is not one, or has a field that a form cannot fill in.

    Example:
        >>> from typing import TypedDict
        >>> class Order(TypedDict):
        ...     count: int
        ...     is_gift: bool
        >>> converted(FormData([("count", "2")]), Order)
        ({'count': 2, 'is_gift': False}, [])
        >>> converted(FormData([("count", "two")]), Order)
        (None, [Problem(field='count', code='integer', limit='')])
    """
    if not isinstance(shape, type) and get_origin(shape) is None:
        raise _object_error(shape)
    fields = _fields(cast("Hashable", shape))
    found, problems = dict[str, Any](), list[Problem]()
    for field in fields:
        value = _sent(data, field)
        if isinstance(value, Problem):
            problems.append(value)
        elif value is not MISSING:
            found[field.name] = value
    if hasattr(shape, "model_validate"):
        return _in_model(shape, fields, found, problems)
    return (None, problems) if problems else _built(shape, found)


def _sent(data: FormData, field: Field) -> Any:
    """Return a field's value, MISSING, or a Problem."""
    name, kind = field.sent_name, field.kind
    texts, files = data.get_all(name), data.get_files(name)
    if any(texts) if kind.is_file else files:
        # A form without `enctype="multipart/form-data"` sends the name of a file.
        return Problem(name, "file" if kind.is_file else "text")
    if problem := file_problem(name, files, field.files):
        return problem
    sent = [*files] if kind.is_file else [_prepared(text, kind) for text in texts]
    if kind.is_list:
        return _convert(field, sent)
    if kind.is_bool and not kind.is_optional:
        return _convert(field, sent[-1]) if sent else False
    if len(sent) > 1 and not kind.is_bool:
        return Problem(name, "single")
    if not sent or (sent[-1] == "" and (kind.is_optional or not kind.is_text)):
        return _empty(field, is_sent=bool(sent))
    return _convert(field, sent[-1])


def _empty(field: Field, *, is_sent: bool) -> Any:
    """Return the value of a field into which nothing was entered."""
    if field.kind.is_optional and (is_sent or field.is_required):
        return None
    # An empty choice may be one of the choices.
    if is_sent and field.hint is not None:
        value = _convert(field, "")
        if not isinstance(value, Problem):
            return value
    return Problem(field.sent_name, "required") if field.is_required else MISSING


def _prepared(text: str, kind: Kind) -> Any:
    """Return a text as a converter expects it."""
    if kind.is_text:
        return text
    text = text.strip()
    if kind.is_bool and not (kind.is_optional and text == ""):
        return BOOLEANS.get(text.lower(), text)
    if kind.moment and WITHOUT_SECONDS.fullmatch(text):
        return f"{text}:00"
    return text


def _convert(field: Field, value: Any) -> Any:
    """Return a value in its type, or a Problem."""
    name, kind = field.sent_name, field.kind
    for text in value if kind.is_list else [value]:
        if isinstance(text, str) and (code := _refusal(text, kind)):
            return Problem(name, code)
    if field.hint is None:
        return value
    try:
        return msgspec.convert(value, field.hint, strict=False)
    except msgspec.ValidationError as error:
        problem = msgspec_problem(name, error)
        if kind.is_choice and problem.code in NO_CHOICE:
            return Problem(name, "choice")
        is_empty = value == "" and problem.code == "min_length"
        return Problem(name, "required") if is_empty else problem


def _refusal(text: str, kind: Kind) -> str:
    """Return the code of the problem of a text that only a converter would accept."""
    if kind.is_text or not text:
        return ""
    if kind.moment:
        return "" if MOMENTS[kind.moment] in text else kind.moment
    return "" if not kind.is_number or _is_finite(text) else "number"


def _is_finite(text: str) -> bool:
    """Return whether a number is one that can be written in full without filling the memory."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return True  # the converter says more
    is_usual = number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT
    return is_usual and math.isfinite(number) and "_" not in text


def _built(shape: Any, found: dict[str, Any]) -> Converted:
    if is_typeddict(shape):
        return found, []
    try:
        return shape(**found), []
    except ValueError as error:  # raised by the user's own `__post_init__()`
        return None, [Problem("", "custom", str(error))]


def _in_model(
    shape: Any, fields: Sequence[Field], found: Mapping[str, Any], problems: list[Problem]
) -> Converted:
    """Return a model of pydantic, which converts all fields itself."""
    names = {field.name: field.sent_name for field in fields}
    refused = {problem.field for problem in problems}
    sent = {names[name]: value for name, value in found.items()}
    try:
        value = shape.model_validate(sent)
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        told: Any = error
        for item in told.errors(include_input=False):
            place = str(item["loc"][0]) if item["loc"] else ""
            if place not in refused:
                problems.append(_model_problem(place, item, sent))
        return None, problems
    return (None, problems) if problems else (value, [])


def _model_problem(place: str, item: Mapping[str, Any], sent: Mapping[str, Any]) -> Problem:
    problem = pydantic_problem(place, item)
    is_empty = problem.code == "min_length" and sent.get(place) == ""
    return Problem(place, "required") if is_empty else problem


@lru_cache(maxsize=256)
def _fields(shape: Hashable) -> tuple[Field, ...]:
    return tuple(_model_fields(shape) if hasattr(shape, "model_validate") else _own_fields(shape))


def _own_fields(shape: Any) -> Iterator[Field]:
    info = _info(shape)
    if not isinstance(info, SHAPES):
        raise _shape_error(shape)
    hints = field_hints(shape)
    not_settable = {
        name for name, field in getattr(shape, "__dataclass_fields__", {}).items() if not field.init
    }
    for field in info.fields:
        if field.name not in not_settable:
            hint, place = (
                hints[field.name],
                f"{info.cls.__name__}.{field.name}",
            )
            kind = _kind(field.type, place)
            if _has_unknown(field.type):
                raise _field_error(place)
            limits = file_limits(hint)
            yield Field(field.name, field.encode_name, hint, kind, field.required, limits)


def _model_fields(shape: Any) -> Iterator[Field]:
    for name, field in shape.model_fields.items():
        aliases = (field.validation_alias, field.alias, name)
        sent_name = next(alias for alias in aliases if isinstance(alias, str))
        kind = _kind(_model_info(field.annotation), f"{shape.__name__}.{name}")
        limits = file_limits(field.annotation, field.metadata)
        yield Field(name, sent_name, None, kind, field.is_required(), limits)


def _info(kind: Any) -> inspect.Type:
    try:
        return inspect.type_info(kind)
    except TypeError as error:
        raise _shape_error(kind, str(error)) from error


def _model_info(annotation: Any) -> inspect.Type:
    """Return the kind of a field of pydantic's, which accepts more types than msgspec."""
    try:
        return inspect.type_info(annotation)
    except TypeError:
        return inspect.CustomType(object)


def _has_unknown(info: inspect.Type) -> bool:
    """Return whether msgspec cannot make such a value from text."""
    items = [item for arm in _arms(info) for part in _items(arm) for item in _arms(part)]
    return any(
        isinstance(item, LISTS) or (isinstance(item, inspect.CustomType) and item.cls is not Upload)
        for item in items
    )


def _kind(info: inspect.Type, place: str) -> Kind:
    arms = list(_arms(info))
    is_list = any(isinstance(arm, LISTS) for arm in arms)
    items = [item for arm in arms for part in _items(arm) for item in _arms(part)]

    def has(*kinds: type[inspect.Type]) -> bool:
        return any(isinstance(item, kinds) for item in items)

    classes = [item.cls for item in items if isinstance(item, inspect.CustomType)]
    if has(*OBJECTS) or any(hasattr(cls, "model_fields") for cls in classes):
        raise _field_error(place)
    moments = {"datetime": inspect.DateTimeType, "time": inspect.TimeType, "date": inspect.DateType}
    return Kind(
        is_list=is_list,
        is_bool=has(inspect.BoolType) and not has(*TEXTS),
        is_text=has(*TEXTS),
        is_number=has(*NUMBERS),
        is_file=Upload in classes,
        is_choice=has(*CHOICES) and not has(inspect.IntType),
        is_optional=has(inspect.NoneType) and not is_list,
        moment=next((name for name, moment in moments.items() if has(moment)), ""),
    )


def _arms(info: inspect.Type) -> Iterator[inspect.Type]:
    """Yield the kinds in a union or with metadata."""
    if isinstance(info, inspect.UnionType):
        for arm in info.types:
            yield from _arms(arm)
    elif isinstance(info, inspect.Metadata):
        yield from _arms(info.type)
    else:
        yield info


def _items(info: inspect.Type) -> Sequence[inspect.Type]:
    if isinstance(info, inspect.TupleType):
        return info.item_types
    is_list = isinstance(info, LISTS)
    return [cast("inspect.ListType", info).item_type] if is_list else [info]


def _shape_error(shape: Any, why: str = "") -> FormShapeError:
    return FormShapeError(
        f"cannot read a form as {short_repr(shape)}",
        why=why or "a form has named fields",
        fix="await c.form(Signup)  (a dataclass, TypedDict, msgspec Struct or pydantic model)",
    )


def _object_error(shape: object) -> FormShapeError:
    kind = type(shape).__name__
    return FormShapeError(
        f"cannot read a form as an object of the type {kind}",  # its values may be secrets
        why="the class declares the fields of a form, and a form becomes an object of it",
        fix="await c.form(Signup)  (the class)",
    )


def _field_error(place: str) -> FormShapeError:
    return FormShapeError(
        f"cannot read {place} from a form",
        where=place,
        why="a form has texts and files; it has no objects in objects, and no lists in lists",
        fix="street: str  (one field for each control)",
    )
