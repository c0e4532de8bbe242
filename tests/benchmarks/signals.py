"""Time the signals that block the event loop for longest, within the limits.

    python tests/benchmarks/signals.py

The first part is a megabyte each of inputs that are slow to scan, some of them invalid JSON. The
second part fills sets and dicts with items that share a hash, for every type whose hashes a client
can compute. Each input is read like the body of a request, and the least time of several rounds
counts. All of them take less than `PROMISED_SECONDS`.

Each line says whether the input was read or refused. Without limits, the refused inputs of the
second part take from one to a hundred seconds.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv6Address, IPv6Network
from itertools import count, islice
from typing import Any

import msgspec
import pydantic

from fatmorph.context import MAX_SIGNAL_BYTES
from fatmorph.errors import SignalsError
from fatmorph.http._signal_limits import MAX_HASHED_VALUES, MAX_LONG_NUMBERS, MAX_SIGNAL_VALUES
from fatmorph.http._signals import decoded_signals

PROMISED_SECONDS = 0.2
ROUNDS = 3
MODULUS = sys.hash_info.modulus
NUMBER = 7919
ALL = MAX_SIGNAL_VALUES - 10

# A dict of 10,000 keys has 2^14 places, and is filled from this one when it gets as many.
PLACES = 1 << 14
FIRST_KEYS = 5461
TRIES = 20


class Point(pydantic.BaseModel, frozen=True):
    """An object that pydantic compares slowly."""

    x: int
    y: int


class Wide(pydantic.BaseModel):
    """An object whose fields are all missing."""

    a: int
    b: int
    c: int
    d: int


def main() -> None:
    """Print a line for each input; fail if one takes longer than is promised."""
    print(f"Python {sys.version.split()[0]}, milliseconds of the processor, least of {ROUNDS}")
    worst = max(
        *(timed(name, raw, dict) for name, raw in megabytes()),
        *(timed(name, raw, shape) for name, raw, shape in collisions()),
    )
    print(f"{worst * 1000:7.1f}  at the most; {PROMISED_SECONDS * 1000:.0f} are promised")
    sys.exit(worst >= PROMISED_SECONDS)


def timed(name: str, raw: bytes, shape: type[Any]) -> float:
    """Read signals; print the time and the outcome."""
    times: list[float] = []
    outcome = "read"
    for _ in range(ROUNDS):
        begun = time.process_time()
        try:
            decoded_signals(raw, shape)
        except SignalsError as error:
            outcome = error.what
        times.append(time.process_time() - begun)
    print(f"{min(times) * 1000:7.1f}  {name} ({len(raw) // 1024} KiB): {outcome}")
    return min(times)


def megabytes() -> Iterator[tuple[str, bytes]]:
    """Yield a megabyte of each."""
    for unit in ('"', "[]", "{}", "\\", '\\"', ",", "[", "1", "1:", "0.", "1e", '"",', "1 "):
        yield f"only {unit!r}", _filled(unit)
    yield "one text of escaped quotes", _filled('\\"', '{"a":"', '"}')
    yield "one text of escaped digits", _filled("\\u0031", '{"a":"', '"}')
    yield "one text of digits", _filled("1", '{"a":"', '"}')
    yield "one fraction", _filled("1", '{"a":0.', "}")
    yield "deep and wide", _filled("[" * 62 + "]" * 62 + ",", '{"a":[', "]}")
    yield "texts", _listed(f"{number:06}{'z' * 90}" for number in range(ALL))
    yield "texts of escapes", _listed("\u6f22" * 14 + str(number) for number in range(ALL))
    yield "long numbers", _listed(str(10**500 + n * NUMBER) for n in range(MAX_LONG_NUMBERS))
    yield (
        "long fractions",
        _listed(f"{10**250 + n * NUMBER}/{10**250 - n}" for n in range(MAX_LONG_NUMBERS)),
    )


def collisions() -> Iterator[tuple[str, bytes, type[Any]]]:
    """Yield items that share a hash, and a shape with a set or a dict of them."""
    integers = [str(10**25 // MODULUS * MODULUS + n * MODULUS) for n in range(ALL)]
    addresses = [str(IPv6Address(n * MODULUS)) for n in range(2**40, 2**40 + ALL)]
    yield "set[int]", _listed(integers), _shape(set[int])
    yield "set[Decimal]", _listed(integers), _shape(set[Decimal])
    yield "set[Fraction]", _listed(integers), _shape(set[Fraction])
    ids = [str(uuid.UUID(int=n * MODULUS)) for n in range(2**60, 2**60 + ALL)]
    yield "set[UUID]", _listed(ids), _shape(set[uuid.UUID])
    networks = [f"{address}/128" for address in addresses]
    yield "set[IPv6Network]", _listed(networks), _shape(set[IPv6Network])
    complexes = [f"{10**11 - 1000003 * n}+{n}j" for n in range(1, ALL)]
    yield "set[complex]", _listed(complexes), _shape(set[complex])

    # The worst within the limits: several numbers of each hash, and all values in one chain.
    for kind, texts in (
        (set[Decimal], (str(10**25 + n % 150 + n // 150 * MODULUS) for n in range(2_000))),
        (set[IPv6Network], (f"{IPv6Address(_spread(n))}/128" for n in range(2_000))),
        (set[Fraction], (str(10**25 + n % 150 + n // 150 * MODULUS) for n in range(2_000))),
        (set[Fraction], (f"{n}.{n}" for n in range(ALL))),
    ):
        yield f"{kind} as far as it goes", _listed(texts), _shape(kind)
    floats = [2.0 ** (61 * e) * m for m in range(1, 300) for e in range(-16, 16)]
    yield "set[float] as far as it goes", _listed(floats), _shape(set[float])
    keys = dict.fromkeys(map(str, chained_keys(ALL)), 1)
    raw = json.dumps({"a": keys}).encode()
    yield "dict[int, int] in one chain", raw, _shape(dict[int, int])
    yield (
        "dict[int, int] in one chain, msgspec",
        raw,
        msgspec.defstruct("M", [("a", dict[int, int])]),
    )
    pairs = list(islice(pairs_of_one_hash(), MAX_HASHED_VALUES // 2))
    points = [{"x": x, "y": y} for x, y in pairs]
    yield "set of objects", _listed(points), _shape(set[Point])
    yield "set[tuple[int, int]]", _listed(pairs), _shape(set[tuple[int, int]])
    yield "errors", _listed([{}] * ALL), _shape(list[Wide | int | list[int]])
    yield "integers of 4300 digits", _listed(["7" * 4299] * 240), _shape(list[int])


def pairs_of_one_hash() -> Iterator[tuple[int, int]]:
    """Yield pairs of numbers of at most 18 digits; all pairs have the same hash.

    Source: https://github.com/python/cpython/blob/main/Objects/tupleobject.c
    """
    first, second, third = 11400714785074694791, 14029467366897019727, 2870177450012600261
    words = 1 << 64

    def turned(number: int, bits: int) -> int:
        return (number << bits | number >> (64 - bits)) % words

    target = turned(NUMBER * pow(first, -1, words) % words, 33)
    for x in count(1):
        state = turned((third + x * second) % words, 31) * first
        y = (target - state) * pow(second, -1, words) % words
        if y < 10**18:
            yield x, y


def chained_keys(number: int) -> list[int]:
    """Return keys of at most 18 digits; a dict probes all earlier places for each of them.

    A dict goes from place to place by `i = 5 * i + hash + 1`, with five more bits of the hash each
    time. When all bits are used, every key takes the same path. So places are filled along this
    path, and the bits of a key are chosen so that they lead over filled places to its beginning.

    Source: https://github.com/python/cpython/blob/main/Objects/dictobject.c
    """
    chance = random.Random(NUMBER)
    keys, place = [1], 1
    while len(keys) < FIRST_KEYS:
        place = (5 * place + 1) % PLACES
        keys.append(place)
    is_filled = bytearray(PLACES)
    for key in keys:
        is_filled[key] = True
    while len(keys) < number:
        steps, place, key = max(_walk(_steered(chance, is_filled), is_filled) for _ in range(TRIES))
        if steps:
            keys.append(key)
            is_filled[place] = True
    return keys


def _steered(chance: random.Random, is_filled: bytearray) -> int:
    """Return a key whose first places are filled, as far as five bits can choose."""
    key = place = chance.randrange(PLACES)
    for bits in range(14, 59, 5):
        for _ in range(8):
            longer = key | chance.getrandbits(5) << bits
            next_place = (5 * place + (longer >> (bits - 9)) + 1) % PLACES
            if is_filled[next_place]:
                break
        key, place = longer, next_place
    return key


def _walk(key: int, is_filled: bytearray) -> tuple[int, int, int]:
    steps, place, rest = 0, key % PLACES, key
    while is_filled[place]:
        rest >>= 5
        place = (5 * place + rest + 1) % PLACES
        steps += 1
    return steps, place, key


def _spread(number: int) -> int:
    return 2**100 + number % 150 + number // 150 * MODULUS


def _shape(kind: Any) -> type[Any]:  # Any: an annotation
    return pydantic.create_model("Shape", a=(kind, ...))


def _filled(unit: str, before: str = "", behind: str = "") -> bytes:
    times = (MAX_SIGNAL_BYTES - len(before) - len(behind)) // len(unit)
    return f"{before}{unit * times}{behind}".encode()


def _listed(items: Iterable[object]) -> bytes:
    return json.dumps({"a": list(items)}).encode()


if __name__ == "__main__":
    main()
