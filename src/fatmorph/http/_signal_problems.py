"""The problems of all signals at once, for a page that shows them next to its fields.

msgspec stops at the first problem, so the signals, and the fields of objects and the items of lists
within them, are decoded again one by one. Only signals that
were refused, and that passed all limits, get here.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from fatmorph.http._problems import Problem, msgspec_problem, pydantic_problem
from fatmorph.http._signal_shapes import declared_place, field_hints

__all__ = ("model_problems", "signal_problems")

# Any, below: a type can be any object, and pydantic is not a dependency.

MAX_PROBLEMS = 100  # as many as a user can read; 10,000 items may all be wrong
UNIONS = (Union, types.UnionType)
CHOICES = (inspect.EnumType, inspect.LiteralType)
SHAPES = (inspect.DataclassType, inspect.StructType, inspect.TypedDictType)
# Below a key of a dict, a place is data: `$.prices[...].net`.
PLACE = re.compile(r" - at (?:`key` in )?`\$(?P<place>[^`]*?)(?:\[\.\.\.\][^`]*)?`$")
MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>[^`]*)`")


def signal_problems(raw: bytes, shape: Any, error: msgspec.ValidationError) -> list[Problem]:
    """Return the problem of each signal.

    Args:
        raw: The signals, which msgspec has refused.
        shape: As for `Context.signals()`, but not a model of pydantic.
        error: The first problem, which is returned if none of the signals has one alone.
    """
    problems = list(islice(_field_problems(raw, shape, ""), MAX_PROBLEMS))
    return problems or [_placed("", error)]


def model_problems(shape: Any, error: Any) -> list[Problem]:
    """Return the problems in an error of pydantic."""
    return [
        pydantic_problem(declared_place(shape, item["loc"]), item)
        for item in error.errors(include_input=False)
    ]


def _field_problems(raw: bytes, shape: Any, place: str) -> Iterator[Problem]:
    """Yield the problems of the fields of an object, if the shape is one's."""
    info = inspect.type_info(shape)
    if not isinstance(info, SHAPES):
        return
    try:
        sent = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:  # not an object
        return
    hints = field_hints(shape)
    for field in info.fields:
        name = f"{place}.{field.encode_name}".removeprefix(".")
        if field.encode_name in sent:
            yield from _value_problems([(name, sent[field.encode_name])], hints[field.name])
        elif field.required:
            yield Problem(name, "required")


def _value_problems(values: Iterable[tuple[str, bytes]], hint: Any) -> Iterator[Problem]:
    """Yield the problems of values of one kind, each with its place."""
    decoder, kind = msgspec.json.Decoder(hint), _only_arm(hint)
    is_choice = isinstance(inspect.type_info(kind), CHOICES)
    for place, raw in values:
        try:
            decoder.decode(raw)
        except msgspec.ValidationError as error:
            inner = _inner_problems(raw, kind, place)
            first = Problem(place, "choice") if is_choice else _placed(place, error)
            yield next(inner, first)
            yield from inner
        except TypeError:  # an item of a set that cannot be one, in msgspec before 0.23
            yield Problem(place, "invalid")


def _inner_problems(raw: bytes, kind: Any, place: str) -> Iterator[Problem]:
    if get_origin(kind) is not list:
        yield from _field_problems(raw, kind, place)
        return
    try:
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except msgspec.ValidationError:  # not a list
        return
    values = ((f"{place}[{index}]", item) for index, item in enumerate(items))
    yield from _value_problems(values, get_args(kind)[0])


def _only_arm(hint: Any) -> Any:
    """Return the kind in metadata, or in a union with None."""
    if get_origin(hint) is Annotated:
        return _only_arm(get_args(hint)[0])
    if get_origin(hint) in UNIONS:
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        return _only_arm(arms[0]) if len(arms) == 1 else hint
    return hint


def _placed(name: str, error: msgspec.ValidationError) -> Problem:
    text = str(error)
    found, missing = PLACE.search(text), MISSING_FIELD.match(text)
    place = name + (found["place"] if found else "")
    if missing and error.__cause__ is None:
        place = f"{place}.{missing['name']}"
    return msgspec_problem(place.removeprefix("."), error)
