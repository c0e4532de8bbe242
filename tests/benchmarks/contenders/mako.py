"""Mako: templates compiled to Python; escaping is its `h` filter, here the default."""

# A line break would be part of the page.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mako.template import Template

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def compiled(text: str) -> Template:
    return Template(text, default_filters=["h"])


TABLE = compiled("""\
<table>
  % for row in rows:
  <tr>
    % for text in row:
    <td class="cell">${text}</td>
    % endfor
  </tr>
  % endfor
</table>
""")

PRODUCTS = compiled("""\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${query} · Shop</title>
    <link rel="stylesheet" href="/static/shop.css">
  </head>
  <body>
    <main id="products" class="products">
      <h1>${len(products)} results for “${query}”</h1>
      % for product in products:
      <article id="product-${product.id}" class="card${" sold-out" if product.is_sold_out else ""}">
        <img src="${product.image}" alt="${product.name}" width="320" height="240" loading="lazy">
        <h2>${product.name}</h2>
        <p class="price">${product.price}</p>
        % if product.badges:
        <ul class="badges">
          % for badge in product.badges:
          <li class="badge">${badge}</li>
          % endfor
        </ul>
        % endif
        <a href="${product.url}">Details</a>
        <button type="button" data-on:click="@post('/cart/${product.id}')"${" disabled" if product.is_sold_out else ""}>Add to cart</button>
      </article>
      % endfor
    </main>
  </body>
</html>
""")

TILES = compiled("""\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Tiles · ${len(painters)} painting</title>
    <link id="icon" rel="icon" href="/static/icon.svg">
    <link id="style" rel="stylesheet" href="/static/style.css">
    <script type="module" id="datastar" src="/static/datastar.js"></script>
  </head>
  <body data-signals="{user_id: '${user_id}'}" data-init="@get('/subscribe', {retry: 'always'})">
    <header>
      <h1>Tiles</h1>
      <ul id="painters" aria-label="${len(painters)} painting">
        % for painter in painters:
        <li id="painter-${painter.id}" class="swatch${" you" if painter.is_you else ""}" style="background-color:${painter.color}">\\
% if painter.is_you:
<span class="name">you</span>\\
% endif
</li>
        % endfor
      </ul>
    </header>
    <main id="board" class="board">
      % for tile in tiles:
      <button data-on:click="@post('/paint/${tile.number}')" id="tile-${tile.number}" class="tile${" painted" if tile.color else ""}" \\
% if tile.color:
style="background-color:${tile.color}" \\
% endif
aria-label="Tile ${tile.number + 1}"></button>
      % endfor
    </main>
    <footer>Everybody with this page open paints on the same board.</footer>
  </body>
</html>
""")

TASKS = compiled("""\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${len(tasks)} tasks</title>
    <link id="style" rel="stylesheet" href="/static/style.css">
    <script type="module" id="datastar" src="/static/datastar.js"></script>
  </head>
  <body data-signals="{user_id: '${user_id}'}" data-init="@get('/subscribe', {retry: 'always'})">
    <h1>${len(tasks)} tasks</h1>
    <table id="tasks" class="tasks">
      <tbody>
        % for task in tasks:
        <tr id="task-${task.number}" class="task${" done" if task.is_done else ""}">
          <td><input data-bind="picked.t${task.number}" type="checkbox"></td>
          <td>${task.title}</td>
          <td class="actions"><button data-on:click="@get('/tasks/${task.number}')">Edit</button><button data-on:click="@delete('/tasks/${task.number}')">Delete</button></td>
        </tr>
        % endfor
      </tbody>
    </table>
  </body>
</html>
""")


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return TABLE.render_unicode(rows=rows).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    return PRODUCTS.render_unicode(query=query, products=products).encode()


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return TILES.render_unicode(user_id=user_id, painters=painters, tiles=tiles).encode()


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return TASKS.render_unicode(user_id=user_id, tasks=tasks).encode()
