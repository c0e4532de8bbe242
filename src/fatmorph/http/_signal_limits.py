"""The limits of signals, which are checked before a parser sees them.

1. No loop in Python runs over the characters of a request. A megabyte is copied, split and counted
   in C; loops in Python run over as many parts as the limits allow.
2. Python hashes numbers modulo a prime, so a client can choose numbers that share a hash. A set or
   a dict compares each of them with each: 10,000 take seconds. Therefore all text and numbers that
   may share a hash are hashed here first, one by one.
3. Numbers with fewer digits than the prime are harmless, because few of them share a hash. Complex
   numbers are the exception, because their hash is a sum.

Sources: https://www.rfc-editor.org/rfc/rfc8259#section-9, which lets a parser set limits;
https://docs.python.org/3/library/stdtypes.html#hashing-of-numeric-types
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import accumulate, chain, islice
from socket import AF_INET6, inet_pton

import msgspec

from fatmorph.errors import SignalsError

__all__ = (
    "MAX_EQUAL_HASHES",
    "MAX_HASHED_VALUES",
    "MAX_LONG_NUMBERS",
    "MAX_SIGNAL_DEPTH",
    "MAX_SIGNAL_DIGITS",
    "MAX_SIGNAL_VALUES",
    "checked_size",
)

MAX_SIGNAL_DEPTH = 64  # a page's state is a few levels deep
MAX_SIGNAL_VALUES = 10_000  # a hundred times a large page; each costs as much as a small object
# JavaScript writes larger numbers with an exponent.
# https://tc39.es/ecma262/#sec-numeric-types-number-tostring
MAX_SIGNAL_DIGITS = 21
MAX_LONG_NUMBERS = 2_000  # UUIDs for example; hashing one takes about 5 µs
MAX_EQUAL_HASHES = 16  # two UUIDs of a million do not share one by chance
MAX_HASHED_VALUES = 400  # in objects, whose hashes cannot be computed from JSON

# Upper bounds for so many values: commas and brackets, and the quotes of a name and a text each.
MAX_STRUCTURE = 3 * MAX_SIGNAL_VALUES
MAX_QUOTES = 8 * MAX_SIGNAL_VALUES
WHITE_SPACE = b" \t\r\n"
NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))
STRUCTURE_TO_SPACES = bytes.maketrans(b"[]{},:", b"      ")
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1, ord(","): 0}

# https://www.rfc-editor.org/rfc/rfc8259#section-6
NUMBER = re.compile(rb"-?(\d*)\.?(\d*)(?:[eE][-+]?(\d*))?")
# The most digits of a float, and the most that JavaScript writes.
FLOAT_DIGITS = 17
FLOAT_EXPONENT_DIGITS = 3
HARMLESS_DIGITS = len(str(sys.hash_info.modulus)) - 1
# Digits in any script, or as escapes, and all other characters of integers, decimals, fractions,
# complex numbers, UUIDs, IPv6 addresses and networks.
NUMBER_LIKE = re.compile(r"[\d\sa-fA-F_+\-.,:/'(){}%xXjJuUrRnNiIt\\]*+")
MANY_DIGITS = re.compile(rf"(?:[^\da-fA-F]*+[\da-fA-F]){{{HARMLESS_DIGITS + 1}}}")
INTEGER = re.compile(r"[\s+-]*\d[\d_\s]*")
NOT_DIGITS = re.compile(r"[^\da-fA-F]+")
MAX_HEXADECIMAL_CHARACTERS = 64  # a UUID has 36, or 45 as a URN
MAX_NUMBER_CHARACTERS = 4096  # Python parses no integer of more digits
IPV6_BITS = 128


def checked_size(raw: bytes) -> int:
    """Return the approximate number of values; refuse signals that exceed a limit.

    Args:
        raw: JSON, or any other bytes that were sent.

    Raises:
        SignalsError: Too deep, too many values, or too many numbers that may share a hash.
        UnicodeDecodeError: Not UTF-8.

    Example:
        >>> checked_size(b'{"items": [1, 2]}')
        2
    """
    # Without escaped quotes and backslashes, every quote begins or ends a text.
    text = raw.decode().replace(r"\\", "??").replace(r"\"", "??")
    parts = text.split('"', MAX_QUOTES)
    is_cut = len(parts) > MAX_QUOTES
    bare = "".join(parts[: -1 if is_cut else None : 2]).encode().translate(None, WHITE_SPACE)
    structure = bare.translate(None, NOT_STRUCTURE)
    depths = accumulate(map(STEPS.__getitem__, structure[:MAX_STRUCTURE]))
    if max(depths, default=0) > MAX_SIGNAL_DEPTH:
        raise _excess_error(f"nested more than {MAX_SIGNAL_DEPTH} deep")
    commas, names = structure.count(b","), bare.count(b":")
    containers = structure.count(b"[") + structure.count(b"{")
    if is_cut or commas >= MAX_SIGNAL_VALUES or max(containers, names) > MAX_SIGNAL_VALUES:
        raise _excess_error(f"of more than {MAX_SIGNAL_VALUES} values")
    _check_keys(parts)
    _check_hashes(chain(set(_long_numbers(bare)), _number_texts(set(parts[1::2]))))
    return commas + 1


def _excess_error(
    what: str,
    *,
    why: str = "no page has such a state; this is a bug or an attack",
    fix: str = "data.signals({'cart': {'count': 0}})",
) -> SignalsError:
    return SignalsError(f"cannot read signals {what}", why=why, fix=fix)


def _long_numbers(bare: bytes) -> Iterator[str]:
    """Yield the JSON numbers that can share a hash; refuse numbers with too many digits."""
    for token in bare.translate(STRUCTURE_TO_SPACES).split():
        if len(token) <= FLOAT_DIGITS or (found := NUMBER.match(token)) is None:
            continue
        whole, fraction, exponent = found.groups(b"")
        if max(len(whole), len(exponent)) > MAX_SIGNAL_DIGITS:
            raise _digits_error()
        digits = (whole + fraction).lstrip(b"0")
        if len(digits) > FLOAT_DIGITS or len(exponent) > FLOAT_EXPONENT_DIGITS:
            yield token.decode()


def _number_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts that may become numbers that can share a hash."""
    for text in texts:
        is_long = len(text) > HARMLESS_DIGITS or "j" in text or "J" in text or "\\" in text
        if is_long and len(text) <= MAX_NUMBER_CHARACTERS and NUMBER_LIKE.fullmatch(text):
            number = _unescaped(text)
            if MANY_DIGITS.match(number) or "j" in number or "J" in number:
                yield number


def _check_keys(parts: list[str]) -> None:
    """Refuse a key that is an integer of more digits than a browser writes."""
    for key, behind in zip(parts[1::2], parts[2::2], strict=False):
        if (
            len(key) > MAX_SIGNAL_DIGITS
            and NUMBER_LIKE.fullmatch(key)
            and behind.lstrip().startswith(":")
            and INTEGER.fullmatch(number := _unescaped(key))
            and len(NOT_DIGITS.sub("", number)) > MAX_SIGNAL_DIGITS
        ):
            raise _digits_error()


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return msgspec.json.decode(f'"{text}"', type=str)
    except msgspec.DecodeError:
        return ""  # not JSON, as the parser will say


def _digits_error() -> SignalsError:
    return _excess_error(f"with a number of more than {MAX_SIGNAL_DIGITS} digits")


def _check_hashes(numbers: Iterable[str]) -> None:
    """Refuse numbers that were chosen to share a hash."""
    found = set(islice(numbers, MAX_LONG_NUMBERS + 1))
    if len(found) > MAX_LONG_NUMBERS:
        raise _excess_error(
            f"with more than {MAX_LONG_NUMBERS} numbers of more than {HARMLESS_DIGITS} digits",
            why="each has to be hashed, because they can be chosen to have one hash",
            fix="await c.body()  (for what is larger than the state of a page)",
        )
    if len(found) <= MAX_EQUAL_HASHES:
        return
    seen = Counter[int]()
    for number in found:
        hashes = set(_hashes(number))
        seen.update(hashes)
        if any(seen[key] > MAX_EQUAL_HASHES for key in hashes):
            raise _excess_error(
                f"with more than {MAX_EQUAL_HASHES} numbers of one hash",
                why="a set, or the keys of a dict, would compare each of them with each; no page "
                "has them by chance",
            )


def _hashes(text: str) -> Iterator[int]:
    """Yield the hash of each number that a text may become."""
    if len(text) <= MAX_HEXADECIMAL_CHARACTERS:
        digits = NOT_DIGITS.sub("", text) or "0"
        yield hash(int(digits, 16))  # of a UUID, with or without hyphens
        if digits.isdecimal():
            yield hash(int(digits))
    if "j" in text or "J" in text:
        yield from _hashes_of(text, complex)
    elif text.count(":") > 1:
        yield from _address_hashes(text)
    else:
        yield from _hashes_of(text, _fraction_hash if "/" in text else Decimal)


def _hashes_of(text: str, kind: Callable[[str], Hashable]) -> Iterator[int]:
    # A signalling NaN has no hash.
    with suppress(ValueError, ArithmeticError, TypeError):
        yield hash(kind(text))


def _fraction_hash(text: str) -> int:
    """Return the hash of a fraction, without reducing it as `fractions` does."""
    top, bottom = map(int, text.split("/"))
    modulus = sys.hash_info.modulus
    return top * pow(bottom, -1, modulus) % modulus if bottom % modulus else sys.hash_info.inf


def _address_hashes(text: str) -> Iterator[int]:
    """Yield the hashes that `ipaddress` computes for an IPv6 address, network and interface."""
    address, _, prefix = text.partition("/")
    length = int(prefix) if re.fullmatch("[0-9]{1,3}", prefix) else IPV6_BITS
    mask = (1 << IPV6_BITS) - (1 << max(0, IPV6_BITS - length))
    with suppress(OSError, ValueError):
        number = int.from_bytes(inet_pton(AF_INET6, address.partition("%")[0]))
        yield hash(number)
        yield hash((number & mask) ^ mask)
        yield hash((number, length, number & mask))
