"""Incoming signals: untrusted JSON, whose size is checked before anything parses it.

So the limits protect every parser: msgspec, pydantic, and later the code of the handler.

Messages name signals that the shape declares, and quote nothing that was sent. A value may be a
secret, a key of a dict is data, and the text of a validator may quote either.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, cast

import msgspec

from fatmorph.errors import SignalsError
from fatmorph.http._page_id import without_page_id
from fatmorph.http._problems import Messages, worded
from fatmorph.http._signal_limits import (
    MAX_HASHED_VALUES,
    MAX_SIGNAL_DEPTH,
    MAX_SIGNAL_DIGITS,
    MAX_SIGNAL_VALUES,
    checked_size,
)
from fatmorph.http._signal_problems import model_problems, signal_problems
from fatmorph.http._signal_shapes import declared_place, hashes_objects

__all__ = (
    "MAX_SIGNAL_DEPTH",
    "MAX_SIGNAL_DIGITS",
    "MAX_SIGNAL_VALUES",
    "decoded_signals",
    "without_lone_surrogates",
)

# Messages of msgspec: https://jcristharif.com/msgspec/usage.html#validation
PLACE = re.compile(r" - at (?P<key>`key` in )?`\$\.?(?P<place>[^`]*)`$")
MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
UNKNOWN_FIELD = "Object contains unknown field"
QUOTED_VALUE = re.compile(r"^(Invalid (?:enum )?value).*", re.DOTALL)
# Context of pydantic's messages that comes from the shape, and lengths.
# https://docs.pydantic.dev/latest/errors/validation_errors/
DECLARED = frozenset(
    {"actual_length", "class", "class_name", "decimal_places", "discriminator", "encoding"}
    | {"expected", "expected_plural", "expected_schemes", "expected_tags", "expected_version"}
    | {"field_type", "ge", "gt", "le", "lt", "max_digits", "max_length", "method_name"}
    | {"min_length", "multiple_of", "pattern", "tz_expected", "whole_digits"}
)
# Half of a surrogate pair, as `JSON.stringify()` writes it; searched without escaped backslashes.
# https://tc39.es/ecma262/#sec-quotejsonstring
LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F][\da-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
REPLACEMENT = rb"\\ufffd"
VALIDATOR_ERRORS = frozenset({"value_error", "assertion_error"})
REFUSED = "its validator refuses it"
# Pydantic collects all errors, and formats all or none: 80,000 take 0.2 s.
MAX_TOLD_ERRORS = 1_000


def decoded_signals(
    raw: bytes, shape: type[Any], messages: Messages | None = None
) -> Any:  # Any: the type that the shape names
    """Return signals from JSON, in the requested shape.

    Args:
        raw: One object, in UTF-8.
        shape: As for `Context.signals()`.
        messages: As `Settings.messages`, for the errors of all signals.

    Raises:
        SignalsError: Not JSON, not an object, too deep, too many, numbers that were chosen to
            cost much, or not of this shape.

    Example:
        >>> decoded_signals(b'{"count": 1}', dict)
        {'count': 1}
    """
    raw = without_lone_surrogates(raw)
    # `from None`: the messages of msgspec and pydantic quote values, which may be secrets.
    try:
        values = checked_size(raw)
    except UnicodeDecodeError:
        raise _not_json("it is not UTF-8") from None
    raw = without_page_id(raw)
    # The casts: a type can be hashed, and mypy says so of no type[Any].
    if values > MAX_HASHED_VALUES and hashes_objects(cast("Hashable", shape)):
        raise _objects_error()
    if hasattr(shape, "model_validate_json"):
        return _pydantic_signals(raw, shape, messages)
    try:
        return _read(_decoder(cast("Hashable", shape)), raw)
    except SignalsError as error:
        if isinstance(error.__context__, msgspec.ValidationError):
            error.errors = worded(signal_problems(raw, shape, error.__context__), messages)
        raise


def without_lone_surrogates(raw: bytes) -> bytes:
    """Write U+FFFD for half a surrogate pair, as forms do: no other text can hold one."""
    if rb"\u" not in raw or b"\0" in raw:
        return raw
    marked = raw.replace(rb"\\", b"\0\0")
    return LONE_SURROGATE.sub(REPLACEMENT, marked).replace(b"\0\0", rb"\\")


def _pydantic_signals(
    raw: bytes, shape: Any, messages: Messages | None
) -> Any:  # Any: pydantic is not a dependency
    _read(_decoder(dict), raw)  # pydantic would accept a scalar for some models
    try:
        return shape.model_validate_json(raw)
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        raise _pydantic_mismatch(error, shape, messages) from None


def _read(decoder: msgspec.json.Decoder[Any], raw: bytes) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _mismatch(error) from None
    except msgspec.DecodeError as error:
        raise _not_json(str(error)) from None
    except TypeError as error:  # of msgspec before 0.23
        if "hash" not in str(error):
            raise
        raise _signal_error("", "an item of a set, or a key, cannot be one") from None


@lru_cache(maxsize=256)
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", shape))


def _not_json(why: str) -> SignalsError:
    return SignalsError(
        "cannot read signals that are not JSON",
        why=_lower_first(why),
        fix="@post('/add')  (Datastar sends its signals as JSON)",
    )


def _objects_error() -> SignalsError:
    return SignalsError(
        f"cannot read more than {MAX_HASHED_VALUES} values where objects are items of a set",
        why="objects can be chosen to have one hash, and a set compares each of them with each",
        fix="cells: list[Cell]  (and a set of those that you have checked)",
    )


def _mismatch(error: msgspec.ValidationError) -> SignalsError:
    """Word an error of msgspec: "Expected `int`, got `str` - at `$.cart.items[0].count`"."""
    found = PLACE.search(str(error))
    what = str(error)[: found.start()] if found else str(error)
    # Keys of a dict are `[...]`; the parts before them are declared names.
    place = found["place"].partition("[...]")[0] if found else ""
    if error.__cause__ is not None:  # raised in `__post_init__()`
        return _signal_error(place, REFUSED)
    if what.startswith(UNKNOWN_FIELD):  # its name may look like a place
        return _signal_error("", UNKNOWN_FIELD)
    if not place and "Expected `object`" in what:
        return SignalsError(
            "cannot read signals that are not an object",
            why=_lower_first(what),
            fix="@post('/add', {payload: {count: 1}})",
        )
    if missing := MISSING_FIELD.fullmatch(what):
        place = ".".join(filter(None, (place, missing["name"])))
    why = QUOTED_VALUE.sub(r"\1", what)
    return _signal_error(place, f"a key: {_lower_first(why)}" if found and found["key"] else why)


def _pydantic_mismatch(
    error: Any, shape: Any, messages: Messages | None
) -> SignalsError:  # Any: pydantic is not a dependency
    if error.error_count() > MAX_TOLD_ERRORS:
        return _signal_error("", f"more than {MAX_TOLD_ERRORS} of the values are not of their type")
    first = error.errors(include_input=False)[0]
    found = _signal_error(declared_place(shape, first["loc"]), _pydantic_reason(first))
    found.errors = worded(model_problems(shape, error), messages)
    return found


def _pydantic_reason(found: Mapping[str, Any]) -> str:
    """Return the text of an error of pydantic without any part of the input."""
    # Only pydantic's own errors have a URL; the text of others comes from a validator.
    if "url" not in found or found["type"] in VALIDATOR_ERRORS:
        return REFUSED
    filled = set(found.get("ctx", ())) - DECLARED
    if filled <= {"error", "encoding_error"}:
        message: str = found["msg"]
        # For example: Input should be a valid UUID, invalid character: found `z` at 0
        return re.split("[,:]", message)[0] if filled else message
    return f"pydantic reports {found['type']}"


def _signal_error(signal: str, why: str) -> SignalsError:
    name = signal.partition(".")[0].partition("[")[0]
    return SignalsError(
        f"cannot read the signal {signal}" if signal else "cannot read the signals",
        where=signal,
        why=_lower_first(why),
        fix=f"data.signals({{{name!r}: …}})  (with a value of the type that the handler asks for)"
        if name
        else "await c.signals()  (as a dict of any types)",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
