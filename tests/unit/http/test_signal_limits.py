"""Limits of signals, which are checked before a parser sees them."""

import json
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv6Address, IPv6Interface, IPv6Network
from typing import Any, NamedTuple

import msgspec
import pydantic
import pytest

from fatmorph.errors import SignalsError
from fatmorph.http._signal_limits import (
    MAX_EQUAL_HASHES,
    MAX_HASHED_VALUES,
    MAX_LONG_NUMBERS,
    MAX_SIGNAL_VALUES,
    checked_size,
)
from fatmorph.http._signals import decoded_signals

# https://docs.python.org/3/library/stdtypes.html#hashing-of-numeric-types
MODULUS = 2**61 - 1
COUNT = 200
INTEGERS = [10**25 // MODULUS * MODULUS + 7 + number * MODULUS for number in range(COUNT)]
BITS_128 = [2**100 // MODULUS * MODULUS + 7 + number * MODULUS for number in range(COUNT)]
ARABIC = {ord("0") + digit: chr(0x0660 + digit) for digit in range(10)}
FULL_WIDTH = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def power_of_ten(exponent: int) -> int:
    return pow(10, exponent, MODULUS)


def networks_of_one_hash() -> list[str]:
    """Return networks of several lengths: their hash is that of the mask less the address."""
    found = []
    for length in range(70, 110):
        step = 1 << (128 - length)
        free = 5 * pow(step, -1, MODULUS) % MODULUS
        found += [
            f"{IPv6Address(step * ((1 << length) - 1 - free - MODULUS * number))}/{length}"
            for number in range(5)
        ]
    return found


SPELLINGS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "plus": "+{}".format,
    "minus": "-{}".format,
    "white space": " {}\n".format,
    "no-break space": "\u00a0{}".format,
    "leading zeros": "000{}".format,
    "underscores": lambda number: f"{number:_}",
    "a point behind": "{}.0".format,
    "a point within": lambda number: str(Decimal(number).scaleb(-9)),
    "an exponent": "{}e3".format,
    "Arabic digits": lambda number: str(number).translate(ARABIC),
    "full-width digits": lambda number: str(number).translate(FULL_WIDTH),
    "spaces": lambda number: f"{number:,}".replace(",", " "),
    "commas": lambda number: f"{number:,}",
}
COLLISIONS: dict[str, list[str]] = {
    **{name: [spell(number) for number in INTEGERS] for name, spell in SPELLINGS.items()},
    "exponents": [f"{7 * power_of_ten(COUNT - e) % MODULUS}e{e}" for e in range(COUNT)],
    "fractions": [f"{7 * n % MODULUS + MODULUS * n}/{n}" for n in range(2, COUNT)],
    "fractions without a hash": [f"{n}/{MODULUS * 3}" for n in range(10**6, 10**6 + COUNT, 3)],
    "UUIDs": [str(uuid.UUID(int=number)) for number in BITS_128],
    "UUIDs without hyphens": [uuid.UUID(int=number).hex for number in BITS_128],
    "UUIDs as URNs": [uuid.UUID(int=number).urn for number in BITS_128],
    "IPv6 addresses": [str(IPv6Address(number)) for number in BITS_128],
    "IPv6 networks": networks_of_one_hash(),
    "IPv6 interfaces": [f"{IPv6Address(number)}/128" for number in BITS_128],
    "complex numbers": [f"{10**9 - 1000003 * number}+{number}j" for number in range(1, COUNT)],
}
collisions = pytest.mark.parametrize("name", COLLISIONS)


def escaped(text: str) -> str:
    return "".join(rf"\u{ord(character):04x}" for character in text)


@collisions
def test_texts_that_may_become_numbers_of_one_hash_are_refused(name: str) -> None:
    raw = json.dumps({"ids": COLLISIONS[name]}, ensure_ascii=False).encode()

    with pytest.raises(SignalsError, match="cannot read signals with more than 16 numbers of one"):
        checked_size(raw)


@collisions
def test_their_escapes_are_read(name: str) -> None:
    texts = ",".join(f'"{escaped(text)}"' for text in COLLISIONS[name])

    with pytest.raises(SignalsError, match="cannot read signals with more than 16 numbers of one"):
        checked_size(f'{{"ids":[{texts}]}}'.encode())


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (int, ["plain", "plus", "white space", "leading zeros", "underscores"]),
        (Decimal, ["a point within", "Arabic digits", "full-width digits", "exponents"]),
        (Fraction, ["fractions", "fractions without a hash", "plain"]),
        (uuid.UUID, ["UUIDs", "UUIDs without hyphens", "UUIDs as URNs"]),
        (IPv6Address, ["IPv6 addresses"]),
        pytest.param(
            IPv6Network,
            ["IPv6 networks"],
            marks=pytest.mark.skipif(sys.version_info >= (3, 14), reason="their hashes differ"),
        ),
        (IPv6Interface, ["IPv6 interfaces"]),
        (complex, ["complex numbers"]),
    ],
)
def test_these_are_attacks_and_no_chance(kind: Callable[[str], Any], names: list[str]) -> None:
    hashes = [{hash(kind(text)) for text in COLLISIONS[name]} for name in names]

    assert [len(found) for found in hashes] == [1] * len(names)


@pytest.mark.parametrize(
    "numbers",
    [
        [str(7 + number * MODULUS) for number in range(COUNT)],
        [f"0.{number}" for number in INTEGERS],
        [f"{number // 10**10}.{number % 10**10:010}" for number in INTEGERS],
        [f"{7 * power_of_ten(COUNT - e) % MODULUS}e{e}" for e in range(COUNT)],
    ],
    ids=["integers", "fractions", "points", "exponents"],
)
def test_numbers_of_one_hash_are_refused(numbers: list[str]) -> None:
    raw = f'{{"ids":[{",".join(numbers)}]}}'.encode()

    with pytest.raises(SignalsError, match="cannot read signals with more than 16 numbers of one"):
        checked_size(raw)


def test_keys_of_one_hash_are_refused_at_any_depth() -> None:
    keys = COLLISIONS["UUIDs"]
    raw = json.dumps([{key: {key[::-1]: 1}} for key in keys]).encode()

    with pytest.raises(SignalsError, match="cannot read signals with more than 16 numbers of one"):
        checked_size(raw)


def test_a_second_value_of_the_same_name_hides_nothing() -> None:
    raw = f'{{"ids":{json.dumps(COLLISIONS["plain"])},"ids":[]}}'

    with pytest.raises(SignalsError, match="cannot read signals with more than 16 numbers of one"):
        checked_size(raw.encode())


ORDINARY = {
    "phone numbers": [f"+49 (0) 30 / 123-{number:06}" for number in range(3_000)],
    "card numbers": [f"{4_000_000_000_000_000_000 + number * 7919}" for number in range(2_000)],
    "IBANs": [f"DE89370400440{number:09}" for number in range(2_000)],
    "ids of 64 bits": [str(1_234_567_890_123_456_789 + number) for number in range(2_000)],
    "dates": [f"2024-01-01T00:00:00.{number:06}Z" for number in range(3_000)],
    "dates with a space": [f"2024-01-01 00:00:00.{number:06}+00:00" for number in range(2_000)],
    "UUIDs": [str(uuid.UUID(int=number * 2**60 + number)) for number in range(2_000)],
    "decimals of JavaScript": [repr(number / 7919) for number in range(1, 2_000)],
    "one long number many times": ["1" * 40] * 3_000,
    "prose": [f"A bad cafe: no. {number}" for number in range(3_000)],
    "scripts": [f"漢字、ひらがな、кириллица {number}" for number in range(3_000)],
    "numbers": [number / 7919 for number in range(1, 3_000)],
    "large numbers": [10.0**21 + number * 10.0**6 for number in range(3_000)],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_texts_and_numbers_are_read(name: str) -> None:
    raw = json.dumps({"values": ORDINARY[name]}).encode()

    assert decoded_signals(raw, dict) == {"values": ORDINARY[name]}


@pytest.mark.parametrize("text", ["1" * 40, "7" * 100_000, "1e999999999", "sNaN" + "1" * 30])
def test_a_text_of_digits_is_a_text(text: str) -> None:
    raw = json.dumps({"text": text, "others": [f"{10**30 + n}" for n in range(100)]}).encode()

    assert decoded_signals(raw, dict)["text"] == text


def test_so_many_long_numbers_are_read_and_more_are_refused() -> None:
    numbers = [str(10**20 + 7919 * number) for number in range(MAX_LONG_NUMBERS + 1)]

    assert checked_size(json.dumps(numbers[1:]).encode()) == MAX_LONG_NUMBERS
    with pytest.raises(SignalsError, match=f"with more than {MAX_LONG_NUMBERS} numbers of"):
        checked_size(json.dumps(numbers).encode())


def test_so_many_numbers_may_share_a_hash_and_more_are_refused() -> None:
    numbers = [str(number) for number in INTEGERS[: MAX_EQUAL_HASHES + 1]]

    assert checked_size(json.dumps(numbers[1:]).encode()) == MAX_EQUAL_HASHES
    with pytest.raises(SignalsError, match=f"more than {MAX_EQUAL_HASHES} numbers of one hash"):
        checked_size(json.dumps(numbers).encode())


class Point(pydantic.BaseModel, frozen=True):
    x: int
    y: int


@dataclass(frozen=True)
class DataclassPoint:
    x: int
    y: int


class TuplePoint(NamedTuple):
    x: int
    y: int


class StructPoint(msgspec.Struct, frozen=True):
    x: int
    y: int


class Points(pydantic.BaseModel):
    points: set[Point]


@dataclass
class DataclassPoints:
    points: set[DataclassPoint]


class TuplePoints(msgspec.Struct):
    points: frozenset[TuplePoint]


class StructPoints(msgspec.Struct):
    points: list[set[StructPoint]]


@pytest.mark.parametrize("shape", [Points, DataclassPoints, TuplePoints, StructPoints])
def test_objects_in_a_set_are_few(shape: type[Any]) -> None:
    raw = json.dumps({"points": [[0] * (MAX_HASHED_VALUES + 1)]}).encode()

    with pytest.raises(SignalsError) as caught:
        decoded_signals(raw, shape)

    assert caught.value.what == (
        "cannot read more than 400 values where objects are items of a set"
    )


def test_so_many_objects_are_read() -> None:
    points = [{"x": number, "y": 0} for number in range(MAX_HASHED_VALUES // 2)]

    signals = decoded_signals(json.dumps({"points": points}).encode(), Points)

    assert signals.points == {Point(x=number, y=0) for number in range(MAX_HASHED_VALUES // 2)}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"n":[%s]}' % b",".join([b"[" * 60 + b"]" * 60] * 200),
        b'{"n":[%s]}' % b",".join([b'{"a":' * 60 + b"1" + b"}" * 60] * 200),
    ],
    ids=["arrays", "objects"],
)
def test_containers_are_values_too(raw: bytes) -> None:
    with pytest.raises(SignalsError, match=f"of more than {MAX_SIGNAL_VALUES} values"):
        checked_size(raw)


@pytest.mark.parametrize("quotes", [b'"' * 1_000_000, b'{"a":' + b'"",' * 300_000])
def test_texts_without_end_are_too_many(quotes: bytes) -> None:
    with pytest.raises(SignalsError, match=f"of more than {MAX_SIGNAL_VALUES} values"):
        checked_size(quotes)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"", 1),
        (b'{"a": "[{,\\"]", "b": "\\\\", "c": "\\\\\\","}', 3),
        (b'{"a": "' + b'\\"' * 100_000 + b'", "b": 1}', 2),
        (b'{"a": "' + b"\\\\" * 100_000 + b'", "b": 1}', 2),
    ],
)
def test_structure_inside_a_text_is_not_counted(raw: bytes, values: int) -> None:
    assert checked_size(raw) == values
