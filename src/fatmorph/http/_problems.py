"""The problems of values that a user entered: one for each field, in words that a user can read.

msgspec and pydantic word their errors for developers, and quote types and values. Here an error
becomes a code with a limit, and a code becomes a sentence, which you can replace or translate.

Sources: https://jcristharif.com/msgspec/usage.html#validation and
https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = (
    "MESSAGES",
    "Messages",
    "Problem",
    "msgspec_problem",
    "pydantic_problem",
    "worded",
)


@dataclass(frozen=True)
class Problem:
    """One problem of one field.

    Args:
        field: The name of the field; empty for a problem of several fields.
        code: A key of `MESSAGES`.
        limit: The limit in the declaration, such as `3`; the whole text if the code is `custom`.
    """

    field: str
    code: str
    limit: str = ""

    @property
    def message(self) -> str:
        """The message in English."""
        return _filled(MESSAGES[self.code], self)


Messages: TypeAlias = "Mapping[str, str] | Callable[[Problem], str]"
"""Texts by code, which replace those of `MESSAGES`; or a function that words a problem."""

MESSAGES: Mapping[str, str] = {
    "required": "is required",
    "integer": "must be a whole number",
    "number": "must be a number",
    "boolean": "must be yes or no",
    "text": "must be text",
    "date": "must be a date",
    "datetime": "must be a date and a time",
    "time": "must be a time",
    "duration": "must be a duration",
    "uuid": "must be a UUID",
    "file": "must be a file",
    "file_type": "must be a file of type {types}",
    "file_size": "must not be larger than {size}",
    "list": "must be a list",
    "object": "must be an object",
    "choice": "must be one of the choices",
    "single": "must be given only once",
    "length": "must be {characters} long",
    "min_length": "must be at least {characters} long",
    "max_length": "must be at most {characters} long",
    "items": "must have {items}",
    "min_items": "must have at least {items}",
    "max_items": "must have at most {items}",
    "ge": "must be at least {limit}",
    "gt": "must be more than {limit}",
    "le": "must be at most {limit}",
    "lt": "must be less than {limit}",
    "multiple_of": "must be a multiple of {limit}",
    "pattern": "must be in the expected format",
    "range": "is out of range",
    "timezone": "must have a time zone",
    "no_timezone": "must not have a time zone",
    "custom": "{limit}",
    "invalid": "is not valid",
}

# The messages of msgspec that contain a limit.
LENGTH = re.compile(r"Expected `(?P<kind>\w+)[^`]*` of length (?P<sign>>= |<= |)(?P<limit>\d+)")
BOUND = re.compile(r"Expected `[^`]*` (?P<sign>>=|<=|>|<) (?P<limit>\S+)")
MULTIPLE = re.compile(r"Expected `[^`]*` that's a multiple of (?P<limit>\S+)")
EXPECTED = re.compile(r"Expected `(?P<kinds>[^`]*)`, got ")
SIGNS = {">= ": "min_", "<= ": "max_", "": ""}
BOUNDS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt"}
# The beginnings and parts of msgspec's other messages, in the order in which they are tried.
PHRASES = {
    "matching regex": "pattern",
    "with a timezone": "timezone",
    "without a timezone": "no_timezone",
    "missing required field": "required",
    "Invalid enum value": "choice",
    "Invalid value": "choice",
    "encoded datetime": "datetime",
    "encoded date": "date",
    "encoded time": "time",
    "duration": "duration",
    "Invalid UUID": "uuid",
    "decimal string": "number",
    "out of range": "range",
}
# The kinds of msgspec's messages; of several, the first of these that is expected.
KINDS = {
    "float": "number",
    "decimal": "number",
    "int": "integer",
    "bool": "boolean",
    "datetime": "datetime",
    "date": "date",
    "time": "time",
    "duration": "duration",
    "uuid": "uuid",
    "str": "text",
    "array": "list",
    "object": "object",
    "Upload": "file",
}
# Types of pydantic's errors, and the value of their context that is the limit.
PYDANTIC = {
    "missing": ("required", ""),
    "string_type": ("text", ""),
    "string_too_short": ("min_length", "min_length"),
    "string_too_long": ("max_length", "max_length"),
    "string_pattern_mismatch": ("pattern", ""),
    "too_short": ("min_items", "min_length"),
    "too_long": ("max_items", "max_length"),
    "greater_than_equal": ("ge", "ge"),
    "greater_than": ("gt", "gt"),
    "less_than_equal": ("le", "le"),
    "less_than": ("lt", "lt"),
    "multiple_of": ("multiple_of", "multiple_of"),
    "enum": ("choice", ""),
    "literal_error": ("choice", ""),
    "timezone_aware": ("timezone", ""),
    "timezone_naive": ("no_timezone", ""),
    "finite_number": ("number", ""),
    "is_instance_of": ("file", ""),
}
PYDANTIC_KINDS = {
    "int_": "integer",
    "float_": "number",
    "decimal_parsing": "number",
    "decimal_type": "number",
    "bool_": "boolean",
    "date_": "date",
    "datetime_": "datetime",
    "time_delta_": "duration",
    "time_": "time",
    "uuid_": "uuid",
    "list_": "list",
    "set_": "list",
    "tuple_": "list",
    "dict_": "object",
    "model_": "object",
}
UNIT_BYTES = 1024  # as file managers of Windows and Django's templates count
VALIDATOR_PREFIX = re.compile(r"^(Value error|Assertion failed), ")


def worded(problems: Iterable[Problem], messages: Messages | None = None) -> dict[str, str]:
    """Return the message of each field; of several problems of one field, the first one's.

    Args:
        problems: In any order.
        messages: As `Settings.messages`.

    Example:
        >>> worded([Problem("age", "ge", "18")])
        {'age': 'must be at least 18'}
        >>> worded([Problem("age", "ge", "18")], {"ge": "mindestens {limit}"})
        {'age': 'mindestens 18'}
    """
    found: dict[str, str] = {}
    for problem in problems:
        if problem.field not in found:
            found[problem.field] = _message(problem, messages)
    return found


def msgspec_problem(field: str, error: Exception) -> Problem:
    """Return a problem for an error of msgspec."""
    if error.__cause__ is not None:  # raised by the user's own `__post_init__()`
        return Problem(field, "custom", str(error.__cause__))
    text = str(error)
    if found := LENGTH.match(text):
        unit = "length" if found["kind"] in {"str", "bytes"} else "items"
        return Problem(field, SIGNS[found["sign"]] + unit, found["limit"])
    if found := BOUND.match(text):
        return Problem(field, BOUNDS[found["sign"]], found["limit"])
    if found := MULTIPLE.match(text):
        return Problem(field, "multiple_of", found["limit"])
    if found := EXPECTED.match(text):
        kinds = found["kinds"].split(" | ")
        return Problem(field, next((KINDS[k] for k in KINDS if k in kinds), "invalid"))
    return Problem(field, next((PHRASES[p] for p in PHRASES if p in text), "invalid"))


def pydantic_problem(field: str, error: Mapping[str, Any]) -> Problem:
    """Return a problem for one of pydantic's error dicts."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in PYDANTIC:
        code, limit = PYDANTIC[kind]
        return Problem(field, code, str(context.get(limit, "")))
    for beginning, code in PYDANTIC_KINDS.items():
        if kind.startswith(beginning):
            return Problem(field, code)
    return Problem(field, "custom", VALIDATOR_PREFIX.sub("", error["msg"]))


def _message(problem: Problem, messages: Messages | None) -> str:
    if messages is None:
        return problem.message
    if callable(messages):
        return messages(problem)
    template = messages.get(problem.code)
    return problem.message if template is None else _filled(template, problem)


def _filled(template: str, problem: Problem) -> str:
    limit, s = problem.limit, "" if problem.limit == "1" else "s"
    return template.format(
        field=problem.field,
        limit=limit,
        characters=f"{limit} character{s}",
        items=f"{limit} item{s}",
        types=_types(limit),
        size=_size(limit),
    )


def _types(accept: str) -> str:
    """Return the names of types as users know them: `image/png,.pdf` → `PNG, PDF`."""
    parts = [part.strip() for part in accept.split(",")]
    return ", ".join(
        part[:-2] if part.endswith("/*") else re.split(r"[/.]", part.partition("+")[0])[-1].upper()
        for part in parts
    )


def _size(limit: str) -> str:
    """Return a number of bytes in the largest unit of which there is one: `5 MB`."""
    if not limit.isdecimal():
        return limit
    size, units = float(limit), ["bytes", "KB", "MB", "GB"]
    while size >= UNIT_BYTES and len(units) > 1:
        size /= UNIT_BYTES
        units.pop(0)
    return f"{math.floor(size * 10) / 10:g} {units[0]}"
