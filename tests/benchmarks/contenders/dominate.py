"""dominate: elements as objects that know their parents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dominate import tags as h

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = h.table(*[h.tr(*[h.td(text, cls="cell") for text in row]) for row in rows])
    return page.render(pretty=False).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    page = h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.title(f"{query} · Shop"),
            h.link(rel="stylesheet", href="/static/shop.css"),
        ),
        h.body(
            h.main(
                h.h1(f"{len(products)} results for “{query}”"),
                *[card(product) for product in products],
                id="products",
                cls="products",
            ),
        ),
        lang="en",
    )
    return f"<!doctype html>{page.render(pretty=False)}".encode()


def card(product: Product) -> Any:
    return h.article(
        h.img(src=product.image, alt=product.name, width="320", height="240", loading="lazy"),
        h.h2(product.name),
        h.p(product.price, cls="price"),
        h.ul(*[h.li(badge, cls="badge") for badge in product.badges], cls="badges")
        if product.badges
        else "",
        h.a("Details", href=product.url),
        h.button(
            "Add to cart",
            type="button",
            disabled=product.is_sold_out,
            **{"data-on:click": f"@post('/cart/{product.id}')"},
        ),
        id=f"product-{product.id}",
        cls="card sold-out" if product.is_sold_out else "card",
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    page = h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"Tiles · {len(painters)} painting"),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            h.header(
                h.h1("Tiles"),
                h.ul(
                    *[swatch(painter) for painter in painters],
                    id="painters",
                    aria_label=f"{len(painters)} painting",
                ),
            ),
            h.main(*[tile_button(tile) for tile in tiles], id="board", cls="board"),
            h.footer("Everybody with this page open paints on the same board."),
            **{
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return f"<!doctype html>{page.render(pretty=False)}".encode()


def swatch(painter: Painter) -> Any:
    return h.li(
        h.span("you", cls="name") if painter.is_you else "",
        id=f"painter-{painter.id}",
        cls="swatch you" if painter.is_you else "swatch",
        style=f"background-color:{painter.color}",
    )


def tile_button(tile: Tile) -> Any:
    return h.button(
        id=f"tile-{tile.number}",
        cls="tile painted" if tile.color else "tile",
        style=f"background-color:{tile.color}" if tile.color else False,
        aria_label=f"Tile {tile.number + 1}",
        **{"data-on:click": f"@post('/paint/{tile.number}')"},
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    page = h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.title(f"{len(tasks)} tasks"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            h.h1(f"{len(tasks)} tasks"),
            h.table(h.tbody(*[task_row(task) for task in tasks]), id="tasks", cls="tasks"),
            **{
                "data-signals": f"{{user_id: '{user_id}'}}",
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
        ),
        lang="en",
    )
    return f"<!doctype html>{page.render(pretty=False)}".encode()


def task_row(task: Task) -> Any:
    return h.tr(
        h.td(h.input_(type="checkbox", data_bind=f"picked.t{task.number}")),
        h.td(task.title),
        h.td(
            h.button("Edit", **{"data-on:click": f"@get('/tasks/{task.number}')"}),
            h.button("Delete", **{"data-on:click": f"@delete('/tasks/{task.number}')"}),
            cls="actions",
        ),
        id=f"task-{task.number}",
        cls="task done" if task.is_done else "task",
    )
