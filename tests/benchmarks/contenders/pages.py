"""The pages that every contender makes, and their data, which is new whenever a page is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from urllib.parse import urlencode

__all__ = (
    "FIRST_NUMBER",
    "PAGES",
    "Page",
    "Painter",
    "Product",
    "Task",
    "Tile",
    "tasks_of",
    "tiles_with_changes",
)

FIRST_NUMBER = 1_000_000  # the next nine million have as many digits, and so has every page


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


@dataclass(frozen=True, slots=True)
class Task:
    """A row with two actions; one in four is done."""

    number: int
    title: str
    is_done: bool


@dataclass(frozen=True)
class Page:
    """A page, and the arguments of the functions that make it.

    Args:
        title: Its name in the tables.
        numbers: How many numbers its data uses up.
        data_from: Returns the data for a first number; no other first number has the same texts,
            numbers and addresses.
    """

    title: str
    numbers: int
    data_from: Callable[[int], tuple[object, ...]]
    turns: Iterator[int] = field(default_factory=count)

    def new_data(self) -> tuple[object, ...]:
        """Return data that no call has returned before: no contender can have kept any of it."""
        return self.data_from(FIRST_NUMBER + next(self.turns) * self.numbers)


def table_from(first: int) -> tuple[object, ...]:
    rows = range(first, first + 500)
    return ([[text_of(row, column) for column in range(10)] for row in rows],)


def text_of(row: int, column: int) -> str:
    if (row + column) % 5 == 0:
        return f"row {row} < {row + 1} & column {column}"
    return f"row {row}, column {column}"


def products_from(first: int) -> tuple[object, ...]:
    return f"desk & lamp {first}", [product_of(first, position) for position in range(50)]


def product_of(first: int, position: int) -> Product:
    number = first + position
    size, material, thing = list(
        product(('15"', '17"', "large"), ("oak", "steel & glass"), ("desk", "lamp", "café table"))
    )[position % 18]
    name = f"{material} {thing} {number}, {size}"
    badges = ("New", f"Save {number} €", "R&D award")[: position % 4] if position % 2 else ()
    query = urlencode({"from": "search", "query": f"desk & lamp {first}", "position": position})
    return Product(
        id=number,
        name=name.capitalize(),
        image=f"/images/product-{number}.webp",
        url=f"/products/{number}?{query}",
        price=f"€ {number}.90",
        badges=badges,
        is_sold_out=position % 7 == 0,
    )


def tiles_from(first: int) -> tuple[object, ...]:
    painters = [Painter(f"u{first + n:x}", color_of(first + n), is_you=n == 3) for n in range(12)]
    tiles = [Tile(first + n, painters[n * 5 % 12].color if n % 3 else None) for n in range(400)]
    return painters[3].id, painters, tiles


def color_of(number: int) -> str:
    return f"hsl({number % 360}.{number // 360} 70% 55%)"


def tiles_with_changes() -> Iterator[tuple[object, ...]]:
    """Yield the data of one board, of which another tile has a new color each time."""
    user_id, painters, *_ = tiles_from(FIRST_NUMBER)
    tiles = [Tile(n, color_of(FIRST_NUMBER + n)) for n in range(400)]
    for change in count():
        number = change * 7 % 400
        tiles[number] = Tile(number, color_of(FIRST_NUMBER + 400 + change))
        yield user_id, painters, tuple(tiles)


def tasks_from(first: int) -> tuple[object, ...]:
    return f"u{first:x}", tasks_of(first, 1000)


def tasks_of(first: int, rows: int) -> list[Task]:
    """Return as many tasks; one in five has a title that needs escaping."""
    return [
        Task(
            number=first + n,
            title=f"Paint & hang door {first + n}" if n % 5 == 0 else f"Order part {first + n}",
            is_done=n % 4 == 0,
        )
        for n in range(rows)
    ]


PAGES: Mapping[str, Page] = {
    "tiles": Page("the Tiles page with 400 tiles", 400, tiles_from),
    "tasks": Page("1,000 tasks with actions", 1000, tasks_from),
    "table": Page("a table of 500 rows of 10", 500, table_from),
    "products": Page("50 product cards", 50, products_from),
}
