"""fatmorph, with attributes as dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fatmorph import Element, h, render_bytes

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return render_bytes(
        h.table([h.tr([h.td({"class": "cell"}, text) for text in row]) for row in rows])
    )


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.html(
        {"lang": "en"},
        h.head(
            h.meta({"charset": "utf-8"}),
            h.title(f"{query} · Shop"),
            h.link({"rel": "stylesheet", "href": "/static/shop.css"}),
        ),
        h.body(
            h.main(
                {"id": "products", "class": "products"},
                h.h1(f"{len(products)} results for “{query}”"),
                [card_view(product) for product in products],
            ),
        ),
    )
    return render_bytes(page)


def card_view(product: Product) -> Element:
    return h.article(
        {
            "id": f"product-{product.id}",
            "class": "card sold-out" if product.is_sold_out else "card",
        },
        h.img(
            {
                "src": product.image,
                "alt": product.name,
                "width": "320",
                "height": "240",
                "loading": "lazy",
            }
        ),
        h.h2(product.name),
        h.p({"class": "price"}, product.price),
        product.badges
        and h.ul(
            {"class": "badges"}, [h.li({"class": "badge"}, badge) for badge in product.badges]
        ),
        h.a({"href": product.url}, "Details"),
        h.button(
            {
                "data-on:click": f"@post('/cart/{product.id}')",
                "type": "button",
                "disabled": product.is_sold_out,
            },
            "Add to cart",
        ),
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    page = h.html(
        {"lang": "en"},
        h.head(
            h.meta({"charset": "utf-8"}),
            h.meta({"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            h.title(f"Tiles · {len(painters)} painting"),
            h.link({"id": "icon", "rel": "icon", "href": "/static/icon.svg"}),
            h.link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.header(
                h.h1("Tiles"),
                h.ul(
                    {"id": "painters", "aria-label": f"{len(painters)} painting"},
                    [swatch_view(painter) for painter in painters],
                ),
            ),
            h.main({"id": "board", "class": "board"}, [tile_view(tile) for tile in tiles]),
            h.footer("Everybody with this page open paints on the same board."),
        ),
    )
    return render_bytes(page)


def swatch_view(painter: Painter) -> Element:
    return h.li(
        {
            "id": f"painter-{painter.id}",
            "class": "swatch you" if painter.is_you else "swatch",
            "style": f"background-color:{painter.color}",
        },
        painter.is_you and h.span({"class": "name"}, "you"),
    )


def tile_view(tile: Tile) -> Element:
    return h.button(
        {
            "data-on:click": f"@post('/paint/{tile.number}')",
            "id": f"tile-{tile.number}",
            "class": "tile painted" if tile.color else "tile",
            "style": f"background-color:{tile.color}" if tile.color else None,
            "aria-label": f"Tile {tile.number + 1}",
        }
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    page = h.html(
        {"lang": "en"},
        h.head(
            h.meta({"charset": "utf-8"}),
            h.title(f"{len(tasks)} tasks"),
            h.link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.h1(f"{len(tasks)} tasks"),
            h.table(
                {"id": "tasks", "class": "tasks"},
                h.tbody([task_view(task) for task in tasks]),
            ),
        ),
    )
    return render_bytes(page)


def task_view(task: Task) -> Element:
    return h.tr(
        {"id": f"task-{task.number}", "class": "task done" if task.is_done else "task"},
        h.td(h.input({"type": "checkbox", "data-bind": f"picked.t{task.number}"})),
        h.td(task.title),
        h.td(
            {"class": "actions"},
            h.button({"data-on:click": f"@get('/tasks/{task.number}')"}, "Edit"),
            h.button({"data-on:click": f"@delete('/tasks/{task.number}')"}, "Delete"),
        ),
    )
