"""htpy: elements as Python objects, children in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import htpy as h

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = h.table[[h.tr[[h.td(class_="cell")[text] for text in row]] for row in rows]]
    return str(page).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.title[f"{query} · Shop"],
            h.link(rel="stylesheet", href="/static/shop.css"),
        ],
        h.body[
            h.main(id="products", class_="products")[
                h.h1[f"{len(products)} results for “{query}”"],
                [card(product) for product in products],
            ],
        ],
    ]
    return str(page).encode()


def card(product: Product) -> h.Element:
    return h.article(
        id=f"product-{product.id}",
        class_=["card", {"sold-out": product.is_sold_out}],
    )[
        h.img(src=product.image, alt=product.name, width="320", height="240", loading="lazy"),
        h.h2[product.name],
        h.p(class_="price")[product.price],
        bool(product.badges)
        and h.ul(class_="badges")[[h.li(class_="badge")[badge] for badge in product.badges]],
        h.a(href=product.url)["Details"],
        h.button(
            {"data-on:click": f"@post('/cart/{product.id}')"},
            type="button",
            disabled=product.is_sold_out,
        )["Add to cart"],
    ]


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    page = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title[f"Tiles · {len(painters)} painting"],
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ],
        h.body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            }
        )[
            h.header[
                h.h1["Tiles"],
                h.ul(id="painters", aria_label=f"{len(painters)} painting")[
                    [swatch(painter) for painter in painters]
                ],
            ],
            h.main(id="board", class_="board")[[tile_button(tile) for tile in tiles]],
            h.footer["Everybody with this page open paints on the same board."],
        ],
    ]
    return str(page).encode()


def swatch(painter: Painter) -> h.Element:
    return h.li(
        id=f"painter-{painter.id}",
        class_=["swatch", {"you": painter.is_you}],
        style=f"background-color:{painter.color}",
    )[painter.is_you and h.span(class_="name")["you"]]


def tile_button(tile: Tile) -> h.Element:
    return h.button(
        {"data-on:click": f"@post('/paint/{tile.number}')"},
        id=f"tile-{tile.number}",
        class_=["tile", {"painted": bool(tile.color)}],
        style=f"background-color:{tile.color}" if tile.color else None,
        aria_label=f"Tile {tile.number + 1}",
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    page = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.title[f"{len(tasks)} tasks"],
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ],
        h.body(
            {
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            }
        )[
            h.h1[f"{len(tasks)} tasks"],
            h.table(id="tasks", class_="tasks")[h.tbody[[task_row(task) for task in tasks]]],
        ],
    ]
    return str(page).encode()


def task_row(task: Task) -> h.Element:
    return h.tr(id=f"task-{task.number}", class_=["task", {"done": task.is_done}])[
        h.td[h.input(type="checkbox", data_bind=f"picked.t{task.number}")],
        h.td[task.title],
        h.td(class_="actions")[
            h.button({"data-on:click": f"@get('/tasks/{task.number}')"})["Edit"],
            h.button({"data-on:click": f"@delete('/tasks/{task.number}')"})["Delete"],
        ],
    ]
