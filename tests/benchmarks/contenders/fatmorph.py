"""fatmorph as its tutorial teaches it: `data`, `at`, `dom_id`, mappings for `class` and `style`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fatmorph import Element, at, data, dom_id, h, render_bytes

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return render_bytes(table_view(rows))


def products(query: str, products: Sequence[Product]) -> bytes:
    return render_bytes(products_view(query, products))


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return render_bytes(tiles_view(user_id, painters, tiles))


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return render_bytes(tasks_view(user_id, tasks))


def table_view(rows: Sequence[Sequence[str]]) -> Element:
    return h.table([h.tr([h.td(text, class_="cell") for text in row]) for row in rows])


def products_view(query: str, products: Sequence[Product]) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.title(query, " · Shop"),
            h.link(rel="stylesheet", href="/static/shop.css"),
        ),
        h.body(
            h.main(
                {"id": "products", "class": "products"},
                h.h1(len(products), " results for “", query, "”"),
                [card_view(product) for product in products],
            ),
        ),
    )


def card_view(product: Product) -> Element:
    return h.article(
        {
            "id": dom_id("product", product.id),
            "class": {"card": True, "sold-out": product.is_sold_out},
        },
        h.img(src=product.image, alt=product.name, width=320, height=240, loading="lazy"),
        h.h2(product.name),
        h.p(product.price, class_="price"),
        product.badges
        and h.ul({"class": "badges"}, [h.li(badge, class_="badge") for badge in product.badges]),
        h.a("Details", href=product.url),
        h.button(
            data.on("click", at.post(f"/cart/{product.id}")),
            {"type": "button", "disabled": product.is_sold_out},
            "Add to cart",
        ),
    )


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Tiles · ", len(painters), " painting"),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            data.signals({"user_id": user_id}),
            data.init(at.get("/subscribe", retry="always")),
            h.header(
                h.h1("Tiles"),
                h.ul(
                    {"id": "painters", "aria-label": f"{len(painters)} painting"},
                    [swatch_view(painter) for painter in painters],
                ),
            ),
            h.main(
                {"id": "board", "class": "board"},
                [tile_view(tile.number, tile.color) for tile in tiles],
            ),
            h.footer("Everybody with this page open paints on the same board."),
        ),
    )


def swatch_view(painter: Painter) -> Element:
    return h.li(
        {
            "id": dom_id("painter", painter.id),
            "class": {"swatch": True, "you": painter.is_you},
            "style": {"background-color": painter.color},
        },
        h.span({"class": "name"}, "you") if painter.is_you else None,
    )


def tile_view(number: int, color: str | None) -> Element:
    return h.button(
        data.on("click", at.post(f"/paint/{number}")),
        id=dom_id("tile", number),
        class_={"tile": True, "painted": color},
        style={"background-color": color},
        aria_label=f"Tile {number + 1}",
    )


def tasks_view(user_id: str, tasks: Sequence[Task]) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.title(len(tasks), " tasks"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            data.signals({"user_id": user_id}),
            data.init(at.get("/subscribe", retry="always")),
            h.h1(len(tasks), " tasks"),
            h.table(
                {"id": "tasks", "class": "tasks"},
                h.tbody([task_view(task) for task in tasks]),
            ),
        ),
    )


def task_view(task: Task) -> Element:
    return h.tr(
        {"id": dom_id("task", task.number), "class": {"task": True, "done": task.is_done}},
        h.td(h.input(data.bind(f"picked.t{task.number}"), type="checkbox")),
        h.td(task.title),
        h.td(
            h.button(data.on("click", at.get(f"/tasks/{task.number}")), "Edit"),
            h.button(data.on("click", at.delete(f"/tasks/{task.number}")), "Delete"),
            class_="actions",
        ),
    )
