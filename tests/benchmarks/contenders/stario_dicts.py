"""Stario's markup, with attributes as dicts of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stario.markup import HtmlElement, html as h, render

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Title(f"{query} · Shop"),
            h.Link({"rel": "stylesheet", "href": "/static/shop.css"}),
        ),
        h.Body(
            h.Main(
                {"id": "products", "class": "products"},
                h.H1(f"{len(products)} results for “{query}”"),
                [card(product) for product in products],
            ),
        ),
    )
    return render(page).encode()


def card(product: Product) -> HtmlElement:
    return h.Article(
        {
            "id": f"product-{product.id}",
            "class": "card sold-out" if product.is_sold_out else "card",
        },
        h.Img(
            {
                "src": product.image,
                "alt": product.name,
                "width": "320",
                "height": "240",
                "loading": "lazy",
            }
        ),
        h.H2(product.name),
        h.P({"class": "price"}, product.price),
        h.Ul({"class": "badges"}, [h.Li({"class": "badge"}, badge) for badge in product.badges])
        if product.badges
        else None,
        h.A({"href": product.url}, "Details"),
        h.Button(
            {
                "type": "button",
                "data-on:click": f"@post('/cart/{product.id}')",
                "disabled": product.is_sold_out,
            },
            "Add to cart",
        ),
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return render(tiles_view(user_id, painters, tiles)).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Meta({"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            h.Title(f"Tiles · {len(painters)} painting"),
            h.Link({"id": "icon", "rel": "icon", "href": "/static/icon.svg"}),
            h.Link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.Script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.Body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.Header(
                h.H1("Tiles"),
                h.Ul(
                    {"id": "painters", "aria-label": f"{len(painters)} painting"},
                    [swatch(painter) for painter in painters],
                ),
            ),
            h.Main({"id": "board", "class": "board"}, [tile_button(tile) for tile in tiles]),
            h.Footer("Everybody with this page open paints on the same board."),
        ),
    )


def swatch(painter: Painter) -> HtmlElement:
    return h.Li(
        {
            "id": f"painter-{painter.id}",
            "class": "swatch you" if painter.is_you else "swatch",
            "style": f"background-color:{painter.color}",
        },
        h.Span({"class": "name"}, "you") if painter.is_you else None,
    )


def tile_button(tile: Tile) -> HtmlElement:
    return h.Button(
        {
            "data-on:click": f"@post('/paint/{tile.number}')",
            "id": f"tile-{tile.number}",
            "class": "tile painted" if tile.color else "tile",
            "style": f"background-color:{tile.color}" if tile.color else None,
            "aria-label": f"Tile {tile.number + 1}",
        }
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return render(tasks_view(user_id, tasks)).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Title(f"{len(tasks)} tasks"),
            h.Link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.Script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.Body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.H1(f"{len(tasks)} tasks"),
            h.Table(
                {"id": "tasks", "class": "tasks"},
                h.Tbody([task_row(task) for task in tasks]),
            ),
        ),
    )


def task_row(task: Task) -> HtmlElement:
    return h.Tr(
        {"id": f"task-{task.number}", "class": "task done" if task.is_done else "task"},
        h.Td(h.Input({"type": "checkbox", "data-bind": f"picked.t{task.number}"})),
        h.Td(task.title),
        h.Td(
            {"class": "actions"},
            h.Button({"data-on:click": f"@get('/tasks/{task.number}')"}, "Edit"),
            h.Button({"data-on:click": f"@delete('/tasks/{task.number}')"}, "Delete"),
        ),
    )
