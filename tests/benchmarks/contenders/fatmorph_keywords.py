"""fatmorph, with keyword attributes and text values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fatmorph import Element, h, render_bytes

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def products(query: str, products: Sequence[Product]) -> bytes:
    return render_bytes(products_view(query, products))


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return render_bytes(tiles_view(user_id, painters, tiles))


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return render_bytes(tasks_view(user_id, tasks))


def products_view(query: str, products: Sequence[Product]) -> Element:
    return h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.title(f"{query} · Shop"),
            h.link(rel="stylesheet", href="/static/shop.css"),
        ),
        h.body(
            h.main(
                h.h1(f"{len(products)} results for “{query}”"),
                [card_view(product) for product in products],
                id="products",
                class_="products",
            ),
        ),
        lang="en",
    )


def card_view(product: Product) -> Element:
    return h.article(
        h.img(src=product.image, alt=product.name, width="320", height="240", loading="lazy"),
        h.h2(product.name),
        h.p(product.price, class_="price"),
        product.badges
        and h.ul([h.li(badge, class_="badge") for badge in product.badges], class_="badges"),
        h.a("Details", href=product.url),
        h.button(
            {"data-on:click": f"@post('/cart/{product.id}')"},
            "Add to cart",
            type="button",
            disabled=product.is_sold_out,
        ),
        id=f"product-{product.id}",
        class_="card sold-out" if product.is_sold_out else "card",
    )


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> Element:
    return h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"Tiles · {len(painters)} painting"),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            {"data-signals": f"{{user_id: '{user_id}'}}"},
            {"data-init": "@get('/subscribe', {retry: 'always'})"},
            h.header(
                h.h1("Tiles"),
                h.ul(
                    [swatch_view(painter) for painter in painters],
                    id="painters",
                    aria_label=f"{len(painters)} painting",
                ),
            ),
            h.main([tile_view(tile) for tile in tiles], id="board", class_="board"),
            h.footer("Everybody with this page open paints on the same board."),
        ),
        lang="en",
    )


def swatch_view(painter: Painter) -> Element:
    return h.li(
        painter.is_you and h.span("you", class_="name"),
        id=f"painter-{painter.id}",
        class_="swatch you" if painter.is_you else "swatch",
        style=f"background-color:{painter.color}",
    )


def tile_view(tile: Tile) -> Element:
    return h.button(
        {"data-on:click": f"@post('/paint/{tile.number}')"},
        id=f"tile-{tile.number}",
        class_="tile painted" if tile.color else "tile",
        style=f"background-color:{tile.color}" if tile.color else None,
        aria_label=f"Tile {tile.number + 1}",
    )


def tasks_view(user_id: str, tasks: Sequence[Task]) -> Element:
    return h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.title(f"{len(tasks)} tasks"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            {"data-signals": f"{{user_id: '{user_id}'}}"},
            {"data-init": "@get('/subscribe', {retry: 'always'})"},
            h.h1(f"{len(tasks)} tasks"),
            h.table(h.tbody([task_view(task) for task in tasks]), id="tasks", class_="tasks"),
        ),
        lang="en",
    )


def task_view(task: Task) -> Element:
    return h.tr(
        h.td(h.input(type="checkbox", data_bind=f"picked.t{task.number}")),
        h.td(task.title),
        h.td(
            h.button({"data-on:click": f"@get('/tasks/{task.number}')"}, "Edit"),
            h.button({"data-on:click": f"@delete('/tasks/{task.number}')"}, "Delete"),
            class_="actions",
        ),
        id=f"task-{task.number}",
        class_="task done" if task.is_done else "task",
    )
