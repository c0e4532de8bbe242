"""minijinja: Jinja templates in Rust, with escaping in templates named `*.html`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minijinja import Environment

from contenders.jinja_templates import TEMPLATES

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile

environment = Environment(templates=TEMPLATES, trim_blocks=True, lstrip_blocks=True)


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return environment.render_template("table.html", rows=rows).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    return environment.render_template("products.html", query=query, products=products).encode()


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return tiles_view(user_id, painters, tiles).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> str:
    return environment.render_template(
        "tiles.html", user_id=user_id, painters=painters, tiles=tiles
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return tasks_view(user_id, tasks).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> str:
    return environment.render_template("tasks.html", user_id=user_id, tasks=tasks)
