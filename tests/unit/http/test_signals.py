"""Incoming signals: limited before anything parses them, and never quoted."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pydantic
import pydantic_core
import pytest

from fatmorph.errors import SignalsError
from fatmorph.http._signals import (
    MAX_SIGNAL_DEPTH,
    MAX_SIGNAL_DIGITS,
    MAX_SIGNAL_VALUES,
    decoded_signals,
)
from machine import has_version

# Which item of a set cannot be one, msgspec has told since this version.
NAMES_ITEMS = has_version("msgspec", 0, 23)


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
def test_a_number_that_is_not_finite_is_refused(shape: Any, number: bytes) -> None:
    with pytest.raises(SignalsError):
        decoded_signals(b'{"n":%s}' % number, shape)


@shapes
def test_every_reader_takes_the_last_value_of_a_repeated_name(shape: Any) -> None:
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


SECRET = "hunter2\nERROR: \x1b[2J"


def is_secret(text: str) -> str:
    raise ValueError(f"not {text}")


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: int = 0


class Circle(msgspec.Struct, tag="circle"):
    radius: int = 0


class Square(msgspec.Struct, tag="square"):
    side: int = 0


@dataclass
class Checked:
    word: str = ""

    def __post_init__(self) -> None:
        if self.word:
            is_secret(self.word)


def no_item(place: str, kind: str) -> tuple[str, str]:
    """Return the place and the reason of an item that a set cannot hold."""
    if NAMES_ITEMS:
        return place, f"expected a hashable value, got `{kind}`"
    return "", "an item of a set, or a key, cannot be one"


@dataclass
class Shapes:
    color: Literal["red"] = "red"
    counts: dict[str, int] = field(default_factory=dict)
    by_number: dict[int, list[int]] = field(default_factory=dict)
    checked: list[Checked] = field(default_factory=list)
    inner: Inner | None = None
    form: Circle | Square | None = None
    prices: set[Decimal] = field(default_factory=set)
    anything: set[Any] = field(default_factory=set)


@pytest.mark.parametrize(
    ("signals", "signal", "why"),
    [
        ({"color": SECRET}, "color", "invalid enum value"),
        ({"counts": {SECRET: "x"}}, "counts", "expected `int`, got `str`"),
        ({"by_number": {SECRET: []}}, "by_number", "a key: expected `int`, got `str`"),
        ({"by_number": {"4711": ["x"]}}, "by_number", "expected `int`, got `str`"),
        ({"checked": [{"word": SECRET}]}, "checked[0]", "its validator refuses it"),
        ({"checked": [{"word": "a - at `$.b`"}]}, "checked[0]", "its validator refuses it"),
        ({"form": {"type": SECRET}}, "form.type", "invalid value"),
        ({"form": {"type": 4711}}, "form.type", "expected `str`"),
        ({"inner": {SECRET: 1}}, "", "object contains unknown field"),
        ({"inner": {"x` - at `$.hunter2": 1}}, "", "object contains unknown field"),
        ({"prices": ["sNaN"]}, *no_item("prices[0]", "decimal.Decimal")),
        ({"anything": [[SECRET]]}, *no_item("anything[0]", "list")),
    ],
)
def test_msgspec_is_quoted_without_anything_that_was_sent(
    signals: dict[str, Any], signal: str, why: str
) -> None:
    with pytest.raises(SignalsError) as caught:
        decoded_signals(json.dumps(signals).encode(), Shapes)

    assert (caught.value.where, caught.value.why) == (signal, why)
    assert "hunter2" not in str(caught.value)
    assert "4711" not in str(caught.value)


def test_an_unknown_field_is_not_mistaken_for_a_place() -> None:
    with pytest.raises(SignalsError) as caught:
        decoded_signals(b'{"x` - at `$.hunter2": 1}', Inner)

    assert (caught.value.where, caught.value.why) == ("", "object contains unknown field")


class Strict(pydantic.BaseModel, extra="forbid"):
    a: int = 0


class PydanticCircle(pydantic.BaseModel):
    kind: Literal["circle"]


class PydanticSquare(pydantic.BaseModel):
    kind: Literal["square"]


def own_error(text: str) -> str:
    raise pydantic_core.PydanticCustomError("own", "not {text}", {"text": text})


def never(text: str) -> str:
    assert text == "", f"not {text}"
    return text


class PydanticShapes(pydantic.BaseModel, arbitrary_types_allowed=True):
    word: Annotated[str, pydantic.AfterValidator(is_secret)] = ""
    own: Annotated[str, pydantic.AfterValidator(own_error)] = ""
    asserted: Annotated[str, pydantic.AfterValidator(never)] = ""
    id: UUID | None = None
    color: Literal["red"] = "red"
    code: Annotated[str, pydantic.Field(pattern="^[A-Z]+$")] = "A"
    tags: Annotated[list[str], pydantic.Field(max_length=1)] = []
    counts: dict[str, int] = {}
    strict: Strict = Strict()
    module: pydantic.ImportString[Any] | None = None
    nested: pydantic.Json[dict[str, int]] = {}
    at: pydantic.AwareDatetime | None = None
    form: Annotated[
        PydanticCircle | PydanticSquare | None, pydantic.Field(discriminator="kind")
    ] = None


@pytest.mark.parametrize(
    ("signals", "signal", "why"),
    [
        ({"word": SECRET}, "word", "its validator refuses it"),
        ({"own": SECRET}, "own", "its validator refuses it"),
        ({"asserted": SECRET}, "asserted", "its validator refuses it"),
        ({"id": SECRET}, "id", "input should be a valid UUID"),
        ({"color": SECRET}, "color", "input should be 'red'"),
        ({"code": SECRET}, "code", "string should match pattern '^[A-Z]+$'"),
        (
            {"tags": [SECRET, SECRET]},
            "tags",
            "list should have at most 1 item after validation, not 2",
        ),
        (
            {"counts": {SECRET: "x"}},
            "counts",
            "input should be a valid integer, unable to parse string as an integer",
        ),
        ({"strict": {SECRET: 1}}, "strict", "extra inputs are not permitted"),
        ({"module": SECRET}, "module", "its validator refuses it"),
        ({"nested": SECRET}, "nested", "invalid JSON"),
        (
            {"nested": json.dumps({SECRET: "x"})},
            "nested",
            "input should be a valid integer, unable to parse string as an integer",
        ),
        ({"at": SECRET}, "at", "input should be a valid datetime or date"),
        ({"form": {"kind": SECRET}}, "form", "pydantic reports union_tag_invalid"),
    ],
)
def test_pydantic_is_quoted_without_anything_that_was_sent(
    signals: dict[str, Any], signal: str, why: str
) -> None:
    with pytest.raises(SignalsError) as caught:
        decoded_signals(json.dumps(signals).encode(), PydanticShapes)

    assert (caught.value.where, caught.value.why) == (signal, why)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("count", "signal", "why"),
    [
        (1_000, "n[0]", "input should be a valid integer, unable to parse string as an integer"),
        (1_001, "", "more than 1000 of the values are not of their type"),
    ],
)
def test_too_many_errors_are_not_listed_one_by_one(count: int, signal: str, why: str) -> None:
    shape = pydantic.create_model("Lists", n=(list[int], ...))

    with pytest.raises(SignalsError) as caught:
        decoded_signals(json.dumps({"n": ["x"] * count}).encode(), shape)

    assert (caught.value.where, caught.value.why) == (signal, why)


@pytest.mark.parametrize("shape", [dict[str, Inner | Strict], Annotated[dict[str, int], []]])
def test_a_shape_that_cannot_be_decoded_is_an_error_of_the_developer(shape: Any) -> None:
    with pytest.raises(TypeError):
        decoded_signals(b"{}", shape)
