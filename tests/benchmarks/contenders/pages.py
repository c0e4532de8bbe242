"""The data of the three pages, the same for every contender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlencode

__all__ = ("PAGES", "Painter", "Product", "Tile")


@dataclass(frozen=True, slots=True)
class Product:
    """A card; half of them have badges, one in seven is sold out."""

    id: int
    name: str
    image: str
    url: str
    price: str
    badges: Sequence[str]
    is_sold_out: bool


@dataclass(frozen=True, slots=True)
class Painter:
    """A user who has the board open."""

    id: str
    color: str
    is_you: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell of the board; two in three are painted."""

    number: int
    color: str | None


def text_of(row: int, column: int) -> str:
    if (row + column) % 5 == 0:
        return f"row {row} < {row + 1} & column {column}"
    return f"row {row}, column {column}"


def product_of(number: int) -> Product:
    size, material, thing = list(
        product(('15"', '17"', "large"), ("oak", "steel & glass"), ("desk", "lamp", "café table"))
    )[number % 18]
    name = f"{material} {thing}, {size}"
    badges = ("New", f"Save {5 + number % 40} %", "R&D award")[: number % 4] if number % 2 else ()
    query = urlencode({"from": "search", "query": "desk & lamp", "position": number})
    return Product(
        id=number,
        name=name.capitalize(),
        image=f"/images/product-{number}.webp",
        url=f"/products/{number}?{query}",
        price=f"€ {number * 7 + 9}.90",
        badges=badges,
        is_sold_out=number % 7 == 0,
    )


TABLE = [[text_of(row, column) for column in range(10)] for row in range(500)]
PRODUCTS = [product_of(number) for number in range(50)]
PAINTERS = [Painter(f"u{n * 7919:x}", f"hsl({n * 31} 70% 55%)", n == 3) for n in range(12)]
TILES = [
    Tile(number, PAINTERS[number * 5 % 12].color if number % 3 else None) for number in range(400)
]

PAGES: Mapping[str, tuple[str, tuple[object, ...]]] = {
    "table": ("a table of 500 rows of 10", (TABLE,)),
    "products": ("50 product cards", ("desk & lamp", PRODUCTS)),
    "tiles": ("the Tiles page with 400 tiles", ("u7dc1", PAINTERS, TILES)),
}
"""What each page is, and the arguments of the function that makes it."""
