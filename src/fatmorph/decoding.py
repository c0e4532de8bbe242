"""Signals as they come in: JSON from anybody, bounded before anything reads it.

The limits hold whatever parses: msgspec, pydantic, and the code of the handler behind them.

Source: https://www.rfc-editor.org/rfc/rfc8259#section-9, which lets a parser set them.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast

import msgspec

from fatmorph.errors import SignalsError

__all__ = ("MAX_SIGNAL_DEPTH", "MAX_SIGNAL_DIGITS", "MAX_SIGNAL_VALUES", "decoded_signals")

MAX_SIGNAL_DEPTH = 64  # a page's state is a few levels deep
MAX_SIGNAL_VALUES = 10_000  # a hundred times a large page; each costs as much as a small object
# JavaScript writes larger numbers with an exponent. A set of endless integers can be chosen to
# have one hash: 36,000 of them in a megabyte take seconds.
# https://tc39.es/ecma262/#sec-numeric-types-number-tostring
MAX_SIGNAL_DIGITS = 21

# Every quote begins a match, also one that nothing closes: linear, whatever comes.
STRING = re.compile(rb'"(?:[^"\\]|\\.?)*+"?', re.DOTALL)
NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1, ord(","): 0}
LONG_NUMBER = re.compile(rb"(?<![.\d])\d{%d}" % (MAX_SIGNAL_DIGITS + 1))
# A key may become an integer, and may spell its digits as escapes.
LONG_KEY = re.compile(rb'"(?:[-\d]|\\u[\da-fA-F]{4}){%d,}+"\s*:' % (MAX_SIGNAL_DIGITS + 1))

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
    _check_size(raw)
    # `from None`: the messages of msgspec and pydantic quote values, which may be secrets.
    try:
        if hasattr(shape, "model_validate_json"):
            # msgspec first: pydantic would accept a scalar for some models.
            msgspec.json.decode(raw, type=dict)
            return shape.model_validate_json(raw)
        # The cast: a type can be hashed, and mypy says so of no type[Any].
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


def _check_size(raw: bytes) -> None:
    """Refuse what costs much to parse, in a time that grows with its length only."""
    bare = STRING.sub(b"", raw)
    structure = bare.translate(None, NOT_STRUCTURE)
    if structure.count(b",") >= MAX_SIGNAL_VALUES:
        raise _excess_error(f"of more than {MAX_SIGNAL_VALUES} values")
    depth = max(accumulate(map(STEPS.__getitem__, structure)), default=0)
    if depth > MAX_SIGNAL_DEPTH:
        raise _excess_error(f"nested more than {MAX_SIGNAL_DEPTH} deep")
    if LONG_KEY.search(raw) or LONG_NUMBER.search(bare):
        raise _excess_error(f"with a number of more than {MAX_SIGNAL_DIGITS} digits")


@lru_cache(maxsize=256)
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", shape))


def _excess_error(what: str) -> SignalsError:
    return SignalsError(
        f"cannot read signals {what}",
        why="no page has such a state; this is a bug or an attack",
        fix="data.signals({'cart': {'count': 0}})",
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
