"""Signals as they come in: JSON from anybody, bounded before anything reads it.

The limits hold whatever parses: msgspec, pydantic, and the code of the handler behind them.

Source: https://www.rfc-editor.org/rfc/rfc8259#section-9, which lets a parser set them.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

import msgspec

from fatmorph.errors import SignalsError
from fatmorph.shapes import hashes_objects
from fatmorph.signal_limits import (
    MAX_HASHED_VALUES,
    MAX_SIGNAL_DEPTH,
    MAX_SIGNAL_DIGITS,
    MAX_SIGNAL_VALUES,
    checked_size,
)

__all__ = ("MAX_SIGNAL_DEPTH", "MAX_SIGNAL_DIGITS", "MAX_SIGNAL_VALUES", "decoded_signals")

# What msgspec says: https://jcristharif.com/msgspec/usage.html#validation
MISMATCH = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<place>[^`]*)`)?", re.DOTALL)
MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
QUOTED_VALUE = re.compile(r"^(Invalid (?:enum )?value).*", re.DOTALL)


def decoded_signals(raw: bytes, shape: type[Any]) -> Any:  # Any: whatever the shape says
    """Return signals out of JSON, in the shape that is asked for.

    Args:
        raw: One object, in UTF-8.
        shape: As for `Context.signals()`.

    Raises:
        SignalsError: Not JSON, not an object, too deep, too many, or not of this shape.

    Example:
        >>> decoded_signals(b'{"count": 1}', dict)
        {'count': 1}
    """
    # `from None`: the messages of msgspec and pydantic quote values, which may be secrets.
    try:
        # The cast: a type can be hashed, and mypy says so of no type[Any].
        if checked_size(raw) > MAX_HASHED_VALUES and hashes_objects(cast("Hashable", shape)):
            raise _objects_error()
        if hasattr(shape, "model_validate_json"):
            # msgspec first: pydantic would accept a scalar for some models.
            msgspec.json.decode(raw, type=dict)
            return shape.model_validate_json(raw)
        return _decoder(cast("Hashable", shape)).decode(raw)
    except msgspec.ValidationError as error:
        raise _mismatch(str(error)) from None
    except UnicodeDecodeError:
        raise _not_json("it is not UTF-8") from None
    except msgspec.DecodeError as error:
        raise _not_json(str(error)) from None
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        raise _pydantic_mismatch(error) from None


@lru_cache(maxsize=256)
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", shape))


def _objects_error() -> SignalsError:
    return SignalsError(
        f"cannot read more than {MAX_HASHED_VALUES} values where objects are items of a set",
        why="objects can be chosen to have one hash, and a set compares each of them with each",
        fix="cells: list[Cell]  (and a set of those that you have checked)",
    )


def _not_json(why: str) -> SignalsError:
    return SignalsError(
        "cannot read signals that are not JSON",
        why=_lower_first(why),
        fix="@post('/add')  (Datastar sends its signals as JSON)",
    )


def _mismatch(message: str) -> SignalsError:
    """Word an error of msgspec: "Expected `int`, got `str` - at `$.cart.items[0].count`"."""
    found = MISMATCH.fullmatch(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    # Keys of a dict are `[...]`; what stands before them has a name.
    place = place.partition("[...]")[0]
    if not place and "Expected `object`" in what:
        return SignalsError(
            "cannot read signals that are not an object",
            why=_lower_first(what),
            fix="@post('/add', {payload: {count: 1}})",
        )
    if missing := MISSING_FIELD.fullmatch(what):
        place = ".".join(filter(None, (place, missing["name"])))
    return _signal_error(place, QUOTED_VALUE.sub(r"\1", what))


def _pydantic_mismatch(error: Any) -> SignalsError:  # Any: pydantic is not a dependency
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    return _signal_error(place.lstrip("."), first["msg"])


def _signal_error(signal: str, why: str) -> SignalsError:
    name = signal.partition(".")[0].partition("[")[0]
    return SignalsError(
        f"cannot read the signal {signal}" if signal else "cannot read the signals",
        where=signal,
        why=_lower_first(why),
        fix=f"data.signals({{{name!r}: …}})  (with a value of the type that the handler asks for)"
        if name
        else "await c.signals()  (whatever they are, as a dict)",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
