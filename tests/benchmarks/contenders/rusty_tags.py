"""rusty_tags: strings built in Rust by every call. It escapes nothing; users do that by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import rusty_tags as h
from markupsafe import escape

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = h.Table(*[h.Tr(*[h.Td(escape(text), cls="cell") for text in row]) for row in rows])
    return str(page).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.Html(
        h.Head(
            h.Meta(charset="utf-8"),
            h.Title(f"{escape(query)} · Shop"),
            h.Link(rel="stylesheet", href="/static/shop.css"),
        ),
        h.Body(
            h.Main(
                h.H1(f"{len(products)} results for “{escape(query)}”"),
                *[card(product) for product in products],
                id="products",
                cls="products",
            ),
        ),
        lang="en",
    )
    return str(page).encode()


def card(product: Product) -> Any:
    name = escape(product.name)
    return h.Article(
        h.Img(src=escape(product.image), alt=name, width="320", height="240", loading="lazy"),
        h.H2(name),
        h.P(escape(product.price), cls="price"),
        h.Ul(*[h.Li(escape(badge), cls="badge") for badge in product.badges], cls="badges")
        if product.badges
        else "",
        h.A("Details", href=escape(product.url)),
        h.Button(
            "Add to cart",
            type="button",
            disabled=product.is_sold_out,
            on_click=f"@post('/cart/{product.id}')",
        ),
        id=f"product-{product.id}",
        cls="card sold-out" if product.is_sold_out else "card",
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    page = h.Html(
        h.Head(
            h.Meta(charset="utf-8"),
            h.Meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.Title(f"Tiles · {len(painters)} painting"),
            h.Link(id="icon", rel="icon", href="/static/icon.svg"),
            h.Link(id="style", rel="stylesheet", href="/static/style.css"),
            h.Script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.Body(
            h.Header(
                h.H1("Tiles"),
                h.Ul(
                    *[swatch(painter) for painter in painters],
                    id="painters",
                    aria_label=f"{len(painters)} painting",
                ),
            ),
            h.Main(*[tile_button(tile) for tile in tiles], id="board", cls="board"),
            h.Footer("Everybody with this page open paints on the same board."),
            **{
                "data-signals": f"{{user_id: '{escape(user_id)}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return str(page).encode()


def swatch(painter: Painter) -> Any:
    return h.Li(
        h.Span("you", cls="name") if painter.is_you else "",
        id=f"painter-{escape(painter.id)}",
        cls="swatch you" if painter.is_you else "swatch",
        style=f"background-color:{escape(painter.color)}",
    )


def tile_button(tile: Tile) -> Any:
    return h.Button(
        id=f"tile-{tile.number}",
        cls="tile painted" if tile.color else "tile",
        style=f"background-color:{escape(tile.color)}" if tile.color else False,
        aria_label=f"Tile {tile.number + 1}",
        on_click=f"@post('/paint/{tile.number}')",
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    page = h.Html(
        h.Head(
            h.Meta(charset="utf-8"),
            h.Title(f"{len(tasks)} tasks"),
            h.Link(id="style", rel="stylesheet", href="/static/style.css"),
            h.Script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.Body(
            h.H1(f"{len(tasks)} tasks"),
            h.Table(h.Tbody(*[task_row(task) for task in tasks]), id="tasks", cls="tasks"),
            **{
                "data-signals": f"{{user_id: '{escape(user_id)}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return str(page).encode()


def task_row(task: Task) -> Any:
    return h.Tr(
        h.Td(h.Input(type="checkbox", data_bind=f"picked.t{task.number}")),
        h.Td(escape(task.title)),
        h.Td(
            h.Button("Edit", on_click=f"@get('/tasks/{task.number}')"),
            h.Button("Delete", on_click=f"@delete('/tasks/{task.number}')"),
            cls="actions",
        ),
        id=f"task-{task.number}",
        cls="task done" if task.is_done else "task",
    )
