"""The problems of all signals at once, for a page that shows them next to its fields.

msgspec stops at the first problem, so the signals are decoded again one by one. Only signals that
were refused, and that passed all limits, get here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from fatmorph.http._problems import Problem, msgspec_problem, pydantic_problem
from fatmorph.http._signal_shapes import declared_place, field_hints

__all__ = ("model_problems", "signal_problems")

# Any, below: a type can be any object, and pydantic is not a dependency.

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
    info = inspect.type_info(shape)
    problems = list(_problems(raw, shape, info.fields)) if isinstance(info, SHAPES) else []
    return problems or [_placed("", error)]


def model_problems(shape: Any, error: Any) -> list[Problem]:
    """Return the problems in an error of pydantic."""
    return [
        pydantic_problem(declared_place(shape, item["loc"]), item)
        for item in error.errors(include_input=False)
    ]


def _problems(raw: bytes, shape: Any, fields: tuple[inspect.Field, ...]) -> Iterator[Problem]:
    try:
        sent = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:  # not an object
        return
    hints = field_hints(shape)
    for field in fields:
        name = field.encode_name
        if name not in sent:
            if field.required:
                yield Problem(name, "required")
            continue
        try:
            msgspec.json.decode(sent[name], type=hints[field.name])
        except msgspec.ValidationError as error:
            yield _placed(name, error)
        except TypeError:  # an item of a set, or a key, that cannot be one
            yield Problem(name, "invalid")


def _placed(name: str, error: msgspec.ValidationError) -> Problem:
    text = str(error)
    found, missing = PLACE.search(text), MISSING_FIELD.match(text)
    place = name + (found["place"] if found else "")
    if missing and error.__cause__ is None:
        place = f"{place}.{missing['name']}"
    return msgspec_problem(place.removeprefix("."), error)
