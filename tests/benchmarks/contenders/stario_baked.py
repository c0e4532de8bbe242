"""Stario's markup, with every view compiled by `@baked`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stario.markup import HtmlElement, baked, html as h, render

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


@baked
def cell_view(text: str) -> HtmlElement:
    return h.Td({"class": "cell"}, text)


@baked
def row_view(cells: Any) -> HtmlElement:
    return h.Tr(cells)


@baked
def table_view(rows: Any) -> HtmlElement:
    return h.Table(rows)


def table(rows: Sequence[Sequence[str]]) -> bytes:
    page = table_view([row_view([cell_view(text) for text in row]) for row in rows])
    return render(page).encode()


@baked
def products_view(title: str, heading: str, cards: Any) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Title(title),
            h.Link({"rel": "stylesheet", "href": "/static/shop.css"}),
        ),
        h.Body(h.Main({"id": "products", "class": "products"}, h.H1(heading), cards)),
    )


@baked
def badge_view(text: str) -> HtmlElement:
    return h.Li({"class": "badge"}, text)


@baked
def badges_view(badges: Any) -> HtmlElement:
    return h.Ul({"class": "badges"}, badges)


@baked
def card_view(
    element_id: str,
    css_class: str,
    image: str,
    name: str,
    price: str,
    badges: Any,
    url: str,
    click: str,
    disabled: bool,  # noqa: FBT001 - called with keywords
) -> HtmlElement:
    return h.Article(
        {"id": element_id, "class": css_class},
        h.Img({"src": image, "alt": name, "width": "320", "height": "240", "loading": "lazy"}),
        h.H2(name),
        h.P({"class": "price"}, price),
        badges,
        h.A({"href": url}, "Details"),
        h.Button({"type": "button", "data-on:click": click, "disabled": disabled}, "Add to cart"),
    )


def products(query: str, products: Sequence[Product]) -> bytes:
    page = products_view(
        title=f"{query} · Shop",
        heading=f"{len(products)} results for “{query}”",
        cards=[card(product) for product in products],
    )
    return render(page).encode()


def card(product: Product) -> Any:
    return card_view(
        element_id=f"product-{product.id}",
        css_class="card sold-out" if product.is_sold_out else "card",
        image=product.image,
        name=product.name,
        price=product.price,
        badges=badges_view([badge_view(badge) for badge in product.badges])
        if product.badges
        else None,
        url=product.url,
        click=f"@post('/cart/{product.id}')",
        disabled=product.is_sold_out,
    )


@baked
def tiles_page_view(
    title: str, signals: str, label: str, swatches: Any, tile_buttons: Any
) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Meta({"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            h.Title(title),
            h.Link({"id": "icon", "rel": "icon", "href": "/static/icon.svg"}),
            h.Link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.Script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.Body(
            {
                "data-signals": signals,
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.Header(h.H1("Tiles"), h.Ul({"id": "painters", "aria-label": label}, swatches)),
            h.Main({"id": "board", "class": "board"}, tile_buttons),
            h.Footer("Everybody with this page open paints on the same board."),
        ),
    )


@baked
def swatch_view(element_id: str, css_class: str, style: str, name: Any) -> HtmlElement:
    return h.Li({"id": element_id, "class": css_class, "style": style}, name)


@baked
def you_view() -> HtmlElement:
    return h.Span({"class": "name"}, "you")


@baked
def tile_view(
    click: str, element_id: str, css_class: str, style: str | None, label: str
) -> HtmlElement:
    return h.Button(
        {
            "data-on:click": click,
            "id": element_id,
            "class": css_class,
            "style": style,
            "aria-label": label,
        }
    )


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return render(tiles_view(user_id, painters, tiles)).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> Any:
    return tiles_page_view(
        title=f"Tiles · {len(painters)} painting",
        signals=f"{{user_id: '{user_id}'}}",
        label=f"{len(painters)} painting",
        swatches=[swatch(painter) for painter in painters],
        tile_buttons=[tile_button(tile) for tile in tiles],
    )


def swatch(painter: Painter) -> Any:
    return swatch_view(
        element_id=f"painter-{painter.id}",
        css_class="swatch you" if painter.is_you else "swatch",
        style=f"background-color:{painter.color}",
        name=you_view() if painter.is_you else None,
    )


def tile_button(tile: Tile) -> Any:
    return tile_view(
        click=f"@post('/paint/{tile.number}')",
        element_id=f"tile-{tile.number}",
        css_class="tile painted" if tile.color else "tile",
        style=f"background-color:{tile.color}" if tile.color else None,
        label=f"Tile {tile.number + 1}",
    )


@baked
def tasks_page_view(heading: str, signals: str, rows: Any) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Title(heading),
            h.Link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.Script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.Body(
            {
                "data-signals": signals,
                "data-init": "@get('/subscribe', {retry: 'always'})",
            },
            h.H1(heading),
            h.Table({"id": "tasks", "class": "tasks"}, h.Tbody(rows)),
        ),
    )


@baked
def task_view(
    element_id: str, css_class: str, picked: str, title: str, edit: str, delete: str
) -> HtmlElement:
    return h.Tr(
        {"id": element_id, "class": css_class},
        h.Td(h.Input({"type": "checkbox", "data-bind": picked})),
        h.Td(title),
        h.Td(
            {"class": "actions"},
            h.Button({"data-on:click": edit}, "Edit"),
            h.Button({"data-on:click": delete}, "Delete"),
        ),
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return render(tasks_view(user_id, tasks)).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> Any:
    return tasks_page_view(
        heading=f"{len(tasks)} tasks",
        signals=f"{{user_id: '{user_id}'}}",
        rows=[task_row(task) for task in tasks],
    )


def task_row(task: Task) -> Any:
    return task_view(
        element_id=f"task-{task.number}",
        css_class="task done" if task.is_done else "task",
        picked=f"picked.t{task.number}",
        title=task.title,
        edit=f"@get('/tasks/{task.number}')",
        delete=f"@delete('/tasks/{task.number}')",
    )
