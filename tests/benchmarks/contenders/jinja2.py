"""Jinja2: templates compiled to Python, with markupsafe's escaping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment

from contenders.jinja_templates import TEMPLATES

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile

environment = Environment(
    loader=DictLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return environment.get_template("table.html").render(rows=rows).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    template = environment.get_template("products.html")
    return template.render(query=query, products=products).encode()


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return tiles_view(user_id, painters, tiles).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> str:
    template = environment.get_template("tiles.html")
    return template.render(user_id=user_id, painters=painters, tiles=tiles)


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return tasks_view(user_id, tasks).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> str:
    return environment.get_template("tasks.html").render(user_id=user_id, tasks=tasks)
