"""simple_html: tuples and strings, compiled with mypyc.

It has no value for an absent attribute or child, so the views build dicts and lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import simple_html as h

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = h.table([h.tr([h.td({"class": "cell"}, text) for text in row]) for row in rows])
    return h.render(page).encode()


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
                [card(product) for product in products],
            ),
        ),
    )
    return h.render(h.DOCTYPE_HTML5, page).encode()


def card(product: Product) -> h.Node:
    button: dict[str, str | None] = {
        "type": "button",
        "data-on:click": f"@post('/cart/{product.id}')",
    }
    if product.is_sold_out:
        button["disabled"] = None
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
        h.ul({"class": "badges"}, [h.li({"class": "badge"}, badge) for badge in product.badges])
        if product.badges
        else [],
        h.a({"href": product.url}, "Details"),
        h.button(button, "Add to cart"),
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return tiles_view(user_id, painters, tiles).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> str:
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
                    [swatch(painter) for painter in painters],
                ),
            ),
            h.main({"id": "board", "class": "board"}, [tile_button(tile) for tile in tiles]),
            h.footer("Everybody with this page open paints on the same board."),
        ),
    )
    return h.render(h.DOCTYPE_HTML5, page)


def swatch(painter: Painter) -> h.Node:
    attributes = {
        "id": f"painter-{painter.id}",
        "class": "swatch you" if painter.is_you else "swatch",
        "style": f"background-color:{painter.color}",
    }
    if painter.is_you:
        return h.li(attributes, h.span({"class": "name"}, "you"))
    return h.li(attributes)


def tile_button(tile: Tile) -> h.Node:
    attributes = {
        "data-on:click": f"@post('/paint/{tile.number}')",
        "id": f"tile-{tile.number}",
        "class": "tile painted" if tile.color else "tile",
        "aria-label": f"Tile {tile.number + 1}",
    }
    if tile.color:
        attributes["style"] = f"background-color:{tile.color}"
    return h.button(attributes)


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return tasks_view(user_id, tasks).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> str:
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
                h.tbody([task_row(task) for task in tasks]),
            ),
        ),
    )
    return h.render(h.DOCTYPE_HTML5, page)


def task_row(task: Task) -> h.Node:
    return h.tr(
        {"id": f"task-{task.number}", "class": "task done" if task.is_done else "task"},
        h.td(h.input_({"type": "checkbox", "data-bind": f"picked.t{task.number}"})),
        h.td(task.title),
        h.td(
            {"class": "actions"},
            h.button({"data-on:click": f"@get('/tasks/{task.number}')"}, "Edit"),
            h.button({"data-on:click": f"@delete('/tasks/{task.number}')"}, "Delete"),
        ),
    )
