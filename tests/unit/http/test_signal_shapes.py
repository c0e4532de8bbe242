"""The declarations of a shape: names for messages, and objects in sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Generic, NamedTuple, NewType, TypeVar

import msgspec
import pydantic
import pytest
from typing_extensions import TypedDict

from fatmorph.http._signal_shapes import declared_place, hashes_objects

T = TypeVar("T")


class Item(pydantic.BaseModel):
    count: int


class Box(pydantic.BaseModel, Generic[T]):
    content: T


class Items(pydantic.RootModel[list[Item]]):
    pass


@dataclass
class Leaf:
    size: int = 0


class Branch(TypedDict):
    leaf: Leaf
    price: Annotated[int, pydantic.Field(alias="priceInCents")]


class Cart(pydantic.BaseModel):
    items: list[Item] = []
    by_name: dict[str, Item] = {}
    by_number: dict[int, Item] = {}
    either: "int | list[Item] | None" = None
    pair: tuple[int, Item] = (0, Item(count=1))
    branch: Branch | None = None
    box: Box[Item] | None = None
    all_items: Items = Items([])
    renamed: int = pydantic.Field(0, alias="newName")
    chosen: int = pydantic.Field(0, validation_alias=pydantic.AliasChoices("first", "second"))
    deep: int = pydantic.Field(0, validation_alias=pydantic.AliasPath("outer", 0, "inner"))
    parent: "Cart | None" = None


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ((), ""),
        (("items", 3, "count"), "items[3].count"),
        (("pair", 1, "count"), "pair[1].count"),
        (("either", 0, "count"), "either[0].count"),
        (("branch", "leaf", "size"), "branch.leaf.size"),
        (("branch", "priceInCents"), "branch.priceInCents"),
        (("box", "content", "count"), "box.content.count"),
        (("all_items", 0, "count"), "all_items[0].count"),
        (("parent", "parent", "items", 0), "parent.parent.items[0]"),
        (("newName",), "newName"),
        (("second",), "second"),
        (("outer", 0, "inner"), "outer"),
    ],
)
def test_a_place_has_the_names_that_are_declared(location: tuple[object, ...], place: str) -> None:
    assert declared_place(Cart, location) == place


@pytest.mark.parametrize(
    ("location", "place"),
    [
        (("secret",), ""),
        (("secret", "items"), ""),
        (("items", "secret"), "items"),
        (("items", 0, "secret"), "items[0]"),
        (("by_name", "secret", "count"), "by_name"),
        (("by_name", "items"), "by_name"),
        (("by_number", 4711), "by_number"),
        (("either", "list[Item]", 0), "either"),
        (("branch", "leaf", "secret"), "branch.leaf"),
    ],
)
def test_a_place_ends_before_the_first_name_that_is_not_declared(
    location: tuple[object, ...], place: str
) -> None:
    assert declared_place(Cart, location) == place


@dataclass(frozen=True)
class Point:
    x: int


class Pair(NamedTuple):
    x: int


class Model(pydantic.BaseModel, frozen=True):
    x: int


class Struct(msgspec.Struct, frozen=True):
    x: int


@dataclass
class Board:
    cells: "list[set[Point]]" = field(default_factory=list)
    next: "Board | None" = None


class Page(TypedDict):
    boards: dict[str, Board]


Cells = NewType("Cells", set[Point])


@pytest.mark.parametrize(
    "shape",
    [
        set[Point],
        frozenset[Pair],
        set[Model],
        set[Struct],
        set[tuple[int, int]],
        set[frozenset[int]],
        set[int | Point],
        set[Annotated[Point, "metadata"]],
        dict[Pair, int],
        Mapping[Point, int],
        Board,
        Page,
        Cells,
        Box[set[Point]],
        list[dict[str, Annotated[set[Point], "metadata"]]],
    ],
)
def test_objects_are_found_in_sets_at_any_depth(shape: Any) -> None:
    assert hashes_objects(shape)


@pytest.mark.parametrize(
    "shape",
    [
        dict,
        set,
        Any,
        int,
        set[int],
        frozenset[Decimal],
        dict[str, Point],
        list[tuple[int, int]],
        Cart,
    ],
)
def test_other_shapes_hash_no_objects(shape: Any) -> None:
    assert not hashes_objects(shape)


def test_names_that_cannot_be_read_are_not_declared() -> None:
    @dataclass
    class Local:
        point: "Unknown"  # type: ignore[name-defined] # noqa: F821 - that is the point

    assert declared_place(Local, ["point"]) == ""
    assert not hashes_objects(Local)
