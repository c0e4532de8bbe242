"""f-strings with an escaping function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def table(rows: Sequence[Sequence[str]]) -> bytes:
    body = "".join(
        [
            "<tr>" + "".join([f'<td class="cell">{escape(text)}</td>' for text in row]) + "</tr>"
            for row in rows
        ]
    )
    return f"<table>{body}</table>".encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(query)} · Shop</title>
<link rel="stylesheet" href="/static/shop.css">
</head>
<body>
<main id="products" class="products">
<h1>{len(products)} results for “{escape(query)}”</h1>
{"".join([card(product) for product in products])}
</main>
</body>
</html>""".encode()


def card(product: Product) -> str:
    name = escape(product.name)
    badges = "".join([f'<li class="badge">{escape(badge)}</li>' for badge in product.badges])
    if badges:
        badges = f'<ul class="badges">{badges}</ul>'
    return f"""<article id="product-{product.id}" \
class="card{" sold-out" if product.is_sold_out else ""}">
<img src="{escape(product.image)}" alt="{name}" width="320" height="240" loading="lazy">
<h2>{name}</h2>
<p class="price">{escape(product.price)}</p>
{badges}
<a href="{escape(product.url)}">Details</a>
<button type="button" data-on:click="@post('/cart/{product.id}')"\
{" disabled" if product.is_sold_out else ""}>Add to cart</button>
</article>
"""


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return tiles_view(user_id, painters, tiles).encode()


def tiles_view(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tiles · {len(painters)} painting</title>
<link id="icon" rel="icon" href="/static/icon.svg">
<link id="style" rel="stylesheet" href="/static/style.css">
<script type="module" id="datastar" src="/static/datastar.js"></script>
</head>
<body data-signals="{{user_id: '{escape(user_id)}'}}" \
data-init="@get('/subscribe', {{retry: 'always'}})">
<header>
<h1>Tiles</h1>
<ul id="painters" aria-label="{len(painters)} painting">
{"".join([swatch(painter) for painter in painters])}
</ul>
</header>
<main id="board" class="board">
{"".join([tile_button(tile) for tile in tiles])}
</main>
<footer>Everybody with this page open paints on the same board.</footer>
</body>
</html>"""


def swatch(painter: Painter) -> str:
    you = '<span class="name">you</span>' if painter.is_you else ""
    return (
        f'<li id="painter-{escape(painter.id)}" class="swatch{" you" if painter.is_you else ""}" '
        f'style="background-color:{escape(painter.color)}">{you}</li>\n'
    )


def tile_button(tile: Tile) -> str:
    style = f' style="background-color:{escape(tile.color)}"' if tile.color else ""
    return (
        f'<button data-on:click="@post(\'/paint/{tile.number}\')" id="tile-{tile.number}" '
        f'class="tile{" painted" if tile.color else ""}"{style} '
        f'aria-label="Tile {tile.number + 1}"></button>\n'
    )


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return tasks_view(user_id, tasks).encode()


def tasks_view(user_id: str, tasks: Sequence[Task]) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{len(tasks)} tasks</title>
<link id="style" rel="stylesheet" href="/static/style.css">
<script type="module" id="datastar" src="/static/datastar.js"></script>
</head>
<body data-signals="{{user_id: '{escape(user_id)}'}}" \
data-init="@get('/subscribe', {{retry: 'always'}})">
<h1>{len(tasks)} tasks</h1>
<table id="tasks" class="tasks"><tbody>
{"".join([task_row(task) for task in tasks])}
</tbody></table>
</body>
</html>"""


def task_row(task: Task) -> str:
    return (
        f'<tr id="task-{task.number}" class="task{" done" if task.is_done else ""}">'
        f'<td><input data-bind="picked.t{task.number}" type="checkbox"></td>'
        f"<td>{escape(task.title)}</td>"
        f'<td class="actions"><button data-on:click="@get(\'/tasks/{task.number}\')">Edit</button>'
        f"<button data-on:click=\"@delete('/tasks/{task.number}')\">Delete</button></td></tr>\n"
    )
