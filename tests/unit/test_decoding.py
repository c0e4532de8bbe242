"""Signals as they come in: bounded before anything reads them."""

from typing import Any

import pydantic
import pytest

from fatmorph.decoding import (
    MAX_SIGNAL_DEPTH,
    MAX_SIGNAL_DIGITS,
    MAX_SIGNAL_VALUES,
    decoded_signals,
)
from fatmorph.errors import SignalsError


class Numbers(pydantic.BaseModel):
    n: dict[int, int] | list[int] | int = 0


shapes = pytest.mark.parametrize("shape", [dict, dict[str, Any], Numbers])

# Different integers with one hash: https://docs.python.org/3/library/stdtypes.html#hashing-of-numeric-types
COLLIDING = [str((2**61 - 1) * factor) for factor in range(10_000, 11_000)]


def nested(depth: int) -> bytes:
    return b'{"n":' * (depth - 1) + b"[]" + b"}" * (depth - 1)


def test_signals_may_be_as_deep_as_the_limit() -> None:
    assert str(decoded_signals(nested(MAX_SIGNAL_DEPTH), dict)).count("n") == MAX_SIGNAL_DEPTH - 1


@shapes
@pytest.mark.parametrize(
    "raw",
    [
        nested(MAX_SIGNAL_DEPTH + 1),
        b'{"n":' * 100_000,
        b'{"n":' + b"[" * 100_000,
        b'{"n":' + b"[]," * 9 + nested(MAX_SIGNAL_DEPTH + 1),
        b'{"n":"\\"","m":' + nested(MAX_SIGNAL_DEPTH) + b"}",
    ],
)
def test_signals_deeper_than_that_are_refused(shape: Any, raw: bytes) -> None:
    with pytest.raises(SignalsError, match=f"nested more than {MAX_SIGNAL_DEPTH} deep"):
        decoded_signals(raw, shape)


def test_brackets_and_digits_in_text_count_for_nothing() -> None:
    text = '[{,\\"' * MAX_SIGNAL_VALUES + "1" * 50

    assert decoded_signals(b'{"n":"%s"}' % text.encode(), dict) == {"n": text.replace("\\", "")}


def test_signals_may_have_as_many_values_as_the_limit() -> None:
    raw = b'{"n":[%s]}' % b",".join([b"1"] * MAX_SIGNAL_VALUES)

    assert decoded_signals(raw, dict) == {"n": [1] * MAX_SIGNAL_VALUES}


@shapes
@pytest.mark.parametrize("item", [b"1", b"[]", b"{}", b'""'])
def test_more_values_than_that_are_refused(shape: Any, item: bytes) -> None:
    raw = b'{"n":[%s]}' % b",".join([item] * (MAX_SIGNAL_VALUES + 1))

    with pytest.raises(SignalsError, match=f"of more than {MAX_SIGNAL_VALUES} values"):
        decoded_signals(raw, shape)


@pytest.mark.parametrize(
    "number", ["1" * MAX_SIGNAL_DIGITS, "0." + "1" * 30, "-1.5e300", "1e-400", "123456789012.5"]
)
def test_a_number_that_javascript_writes_is_read(number: str) -> None:
    signals = decoded_signals(b'{"n":%s}' % number.encode(), dict)

    assert float(signals["n"]) == float(number)


@shapes
@pytest.mark.parametrize(
    "raw",
    [
        b'{"n":%s}' % (b"1" * (MAX_SIGNAL_DIGITS + 1)),
        b'{"n":-%s}' % (b"1" * 1_000_000),
        b'{"n":[1, %s.5]}' % (b"1" * (MAX_SIGNAL_DIGITS + 1)),
        b'{"n":1e%s}' % (b"9" * 100),
        b'{"n":{%s}}' % ",".join(f'"{number}":1' for number in COLLIDING).encode(),
        b'{"n":{"-%s":1}}' % (b"1" * (MAX_SIGNAL_DIGITS + 1)),
        b'{"n":{"%s" :1}}' % (b"\\u0031" * (MAX_SIGNAL_DIGITS + 1)),
        b'{"n":{"%s":1}}' % (b"1" * 20 + b"\\u0031" * 5),
        b'{"n":[%s]}' % ",".join(COLLIDING).encode(),
    ],
)
def test_a_number_that_no_browser_writes_is_refused(shape: Any, raw: bytes) -> None:
    with pytest.raises(SignalsError, match=f"number of more than {MAX_SIGNAL_DIGITS} digits"):
        decoded_signals(raw, shape)


@shapes
@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"NaN", b"Infinity", b"0x10", b"01"])
def test_what_is_no_finite_number_is_refused(shape: Any, number: bytes) -> None:
    with pytest.raises(SignalsError):
        decoded_signals(b'{"n":%s}' % number, shape)


@shapes
def test_of_two_values_with_one_name_every_reader_takes_the_last(shape: Any) -> None:
    signals = decoded_signals(b'{"n":1,"n":2}', shape)

    assert dict(signals) == {"n": 2}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"' + b'\\"' * 500_000,
        b'{"' + b'\\"' * 500_000 + b"\\",
        b'"' * 1_000_000,
        b'{"' + b"1" * 30 + b'"' + b" " * 1_000_000,
        b'{"' + b"\\u0031" * 150_000,
    ],
)
def test_text_that_never_ends_is_read_in_one_pass(raw: bytes) -> None:
    with pytest.raises(SignalsError):
        decoded_signals(raw, dict)


@pytest.mark.parametrize("name", ["__proto__", "__class__", "constructor", ""])
def test_no_name_means_anything_to_python(name: str) -> None:
    signals = decoded_signals(b'{"%s":{"x":1}}' % name.encode(), dict)

    assert (type(signals), signals) == (dict, {name: {"x": 1}})
