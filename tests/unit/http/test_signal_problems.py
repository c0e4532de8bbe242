"""The errors of all signals at once, in words for the user of the page."""

import json
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import msgspec
import pydantic
import pytest

from fatmorph import Context
from fatmorph.errors import SignalsError
from fatmorph.http._signals import decoded_signals
from fatmorph.settings import Settings
from machine import has_version

# Which item of a set cannot be one, msgspec has told since this version.
NAMES_ITEMS = has_version("msgspec", 0, 23)


class Size(IntEnum):
    SMALL = 1


@dataclass
class Item:
    count: int


@dataclass
class DataclassCart:
    name: Annotated[str, msgspec.Meta(min_length=3)]
    size: Annotated[int, msgspec.Meta(ge=2)]
    email: str
    items: list[Item] = field(default_factory=list)


class StructCart(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=3)]
    size: Annotated[int, msgspec.Meta(ge=2)]
    email: str
    items: list[Item] = []


class TypedDictCart(TypedDict):
    name: Annotated[str, msgspec.Meta(min_length=3)]
    size: Annotated[int, msgspec.Meta(ge=2)]
    email: str
    items: NotRequired[list[Item]]


class ModelItem(pydantic.BaseModel):
    count: int


class ModelCart(pydantic.BaseModel):
    name: Annotated[str, pydantic.Field(min_length=3)]
    size: Annotated[int, pydantic.Field(ge=2)]
    email: str
    items: list[ModelItem] = []


SHAPES = [DataclassCart, StructCart, TypedDictCart, ModelCart]
SENT = {"name": "A", "size": 1, "items": [{"count": 1}, {"count": "x"}], "other": 1}


def errors(sent: object, shape: Any, messages: Any = None) -> dict[str, str]:
    with pytest.raises(SignalsError) as raised:
        decoded_signals(json.dumps(sent).encode(), shape, messages)
    return dict(raised.value.errors)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_errors_of_all_signals_come_at_once(shape: type[Any]) -> None:
    assert errors(SENT, shape) == {
        "name": "must be at least 3 characters long",
        "size": "must be at least 2",
        "items[1].count": "must be a whole number",
        "email": "is required",
    }


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        (Item, {}, {"a.count": "is required"}),
        (list[Item], [{}], {"a[0].count": "is required"}),
        (list[Item], [1], {"a[0]": "must be an object"}),
        (list[int], 1, {"a": "must be a list"}),
        (dict[str, list[int]], {"secret": ["x"]}, {"a": "must be a whole number"}),
        (dict[int, int], {"secret": 1}, {"a": "must be a whole number"}),
        (str | None, 1, {"a": "must be text"}),
        (Literal[1, 2], "x", {"a": "must be one of the choices"}),
        (Literal[1, 2] | None, 3, {"a": "must be one of the choices"}),
        (list[Size], ["x", 1, 3], dict.fromkeys(("a[0]", "a[2]"), "must be one of the choices")),
    ],
)
def test_a_place_has_declared_names_only(kind: Any, sent: object, expected: Any) -> None:
    shape = msgspec.defstruct("Shape", [("a", kind)])

    assert errors({"a": sent}, shape) == expected


class Line(msgspec.Struct):
    item: Item
    count: Annotated[int, msgspec.Meta(ge=1)]


class Node(msgspec.Struct):
    name: str
    children: list["Node"] = []


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        (
            list[Item],
            [{"count": "x"}, {"count": 1}, {}, 1],
            {
                "a[0].count": "must be a whole number",
                "a[2].count": "is required",
                "a[3]": "must be an object",
            },
        ),
        (
            Line,
            {"item": {"count": "x"}, "count": 0},
            {"a.item.count": "must be a whole number", "a.count": "must be at least 1"},
        ),
        (
            Annotated[list[Line], msgspec.Meta(max_length=2)] | None,
            [{"count": 0}],
            {"a[0].item": "is required", "a[0].count": "must be at least 1"},
        ),
        (
            Annotated[list[Item], msgspec.Meta(max_length=1)],
            [{"count": 1}, {"count": 1}],
            {"a": "must have at most 1 item"},
        ),
        (
            Node,
            {"name": 1, "children": [{"name": "x", "children": [{"name": 1}]}, {}]},
            {
                "a.name": "must be text",
                "a.children[0].children[0].name": "must be text",
                "a.children[1].name": "is required",
            },
        ),
        (Item | list[Item], [{"count": "x"}], {"a[0].count": "must be a whole number"}),
    ],
)
def test_the_errors_in_objects_and_lists_come_at_once(
    kind: Any, sent: object, expected: Any
) -> None:
    shape = msgspec.defstruct("Shape", [("a", kind)])

    assert errors({"a": sent}, shape) == expected


def test_a_hundred_errors_are_told_at_most() -> None:
    shape = msgspec.defstruct("Shape", [("a", list[int])])

    assert len(errors({"a": ["x"] * 5000}, shape)) == 100


def test_an_item_that_no_set_can_hold_does_not_hide_the_other_errors() -> None:
    shape = msgspec.defstruct("Shape", [("a", int), ("b", set[Any])])

    assert errors({"a": "x", "b": [[1], {}]}, shape) == {
        "a": "must be a whole number",
        "b[0]" if NAMES_ITEMS else "b": "is not valid",
    }


def test_a_rule_about_several_signals_has_an_empty_name() -> None:
    class Range(msgspec.Struct):
        low: int
        high: int

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("the end is before the beginning")

    assert errors({"low": 2, "high": 1}, Range) == {"": "the end is before the beginning"}


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff"])
def test_anything_but_an_object_has_no_errors_of_signals(raw: bytes) -> None:
    with pytest.raises(SignalsError) as raised:
        decoded_signals(raw, DataclassCart)

    assert set(raised.value.errors) <= {""}


async def test_messages_of_the_settings_are_used() -> None:
    async def read_body(max_bytes: int) -> bytes:
        return b'{"count": "x"}'

    settings = Settings(messages={"integer": "keine ganze Zahl"})
    context = Context(method="POST", path="/", read_body=read_body, settings=settings)

    with pytest.raises(SignalsError) as raised:
        await context.signals(Item)

    assert raised.value.errors == {"count": "keine ganze Zahl"}
