"""FastHTML: elements as objects, rendered with `to_xml`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import fasthtml.common as h

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = h.Table(*[h.Tr(*[h.Td(text, cls="cell") for text in row]) for row in rows])
    return h.to_xml(page, indent=False).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.Html(
        h.Head(
            h.Meta(charset="utf-8"),
            h.Title(f"{query} · Shop"),
            h.Link(rel="stylesheet", href="/static/shop.css"),
        ),
        h.Body(
            h.Main(
                h.H1(f"{len(products)} results for “{query}”"),
                *[card(product) for product in products],
                id="products",
                cls="products",
            ),
        ),
        lang="en",
    )
    return h.to_xml(page, indent=False).encode()


def card(product: Product) -> Any:
    return h.Article(
        h.Img(src=product.image, alt=product.name, width="320", height="240", loading="lazy"),
        h.H2(product.name),
        h.P(product.price, cls="price"),
        h.Ul(*[h.Li(badge, cls="badge") for badge in product.badges], cls="badges")
        if product.badges
        else None,
        h.A("Details", href=product.url),
        h.Button(
            "Add to cart",
            type="button",
            disabled=product.is_sold_out,
            **{"data-on:click": f"@post('/cart/{product.id}')"},
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
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return h.to_xml(page, indent=False).encode()


def swatch(painter: Painter) -> Any:
    return h.Li(
        h.Span("you", cls="name") if painter.is_you else None,
        id=f"painter-{painter.id}",
        cls="swatch you" if painter.is_you else "swatch",
        style=f"background-color:{painter.color}",
    )


def tile_button(tile: Tile) -> Any:
    return h.Button(
        id=f"tile-{tile.number}",
        name=False,  # the id otherwise
        cls="tile painted" if tile.color else "tile",
        style=f"background-color:{tile.color}" if tile.color else None,
        aria_label=f"Tile {tile.number + 1}",
        **{"data-on:click": f"@post('/paint/{tile.number}')"},
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
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return h.to_xml(page, indent=False).encode()


def task_row(task: Task) -> Any:
    return h.Tr(
        h.Td(h.Input(type="checkbox", data_bind=f"picked.t{task.number}")),
        h.Td(task.title),
        h.Td(
            h.Button("Edit", **{"data-on:click": f"@get('/tasks/{task.number}')"}),
            h.Button("Delete", **{"data-on:click": f"@delete('/tasks/{task.number}')"}),
            cls="actions",
        ),
        id=f"task-{task.number}",
        cls="task done" if task.is_done else "task",
    )
