"""Chameleon: page templates compiled to Python, with automatic escaping."""

# A line break would be part of the page.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chameleon import PageTemplate

if TYPE_CHECKING:
    from contenders.pages import Painter, Product, Task, Tile


def compiled(text: str) -> PageTemplate:
    # The colon in `data-on:click` is not the prefix of a namespace.
    return PageTemplate(text, restricted_namespace=False, boolean_attributes={"disabled"})


TABLE = compiled("""\
<table>
  <tr tal:repeat="row rows">
    <td tal:repeat="text row" class="cell">${text}</td>
  </tr>
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
      <article tal:repeat="product products" id="product-${product.id}"
               class="${'card sold-out' if product.is_sold_out else 'card'}">
        <img src="${product.image}" alt="${product.name}" width="320" height="240" loading="lazy">
        <h2>${product.name}</h2>
        <p class="price">${product.price}</p>
        <ul tal:condition="product.badges" class="badges">
          <li tal:repeat="badge product.badges" class="badge">${badge}</li>
        </ul>
        <a href="${product.url}">Details</a>
        <button type="button" data-on:click="@post('/cart/${product.id}')"
                tal:attributes="disabled product.is_sold_out">Add to cart</button>
      </article>
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
  <body data-signals="{user_id: '${user_id}'}"
        data-init="@get('/subscribe', {retry: 'always'})">
    <header>
      <h1>Tiles</h1>
      <ul id="painters" aria-label="${len(painters)} painting">
        <li tal:repeat="painter painters" id="painter-${painter.id}"
            class="${'swatch you' if painter.is_you else 'swatch'}"
            style="background-color:${painter.color}"><span tal:condition="painter.is_you" class="name">you</span></li>
      </ul>
    </header>
    <main id="board" class="board">
      <button tal:repeat="tile tiles" data-on:click="@post('/paint/${tile.number}')"
              id="tile-${tile.number}" class="${'tile painted' if tile.color else 'tile'}"
              tal:attributes="style tile.color and 'background-color:' + tile.color"
              aria-label="Tile ${tile.number + 1}"></button>
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
        <tr tal:repeat="task tasks" id="task-${task.number}"
            class="${'task done' if task.is_done else 'task'}">
          <td><input data-bind="picked.t${task.number}" type="checkbox"></td>
          <td>${task.title}</td>
          <td class="actions"><button data-on:click="@get('/tasks/${task.number}')">Edit</button><button data-on:click="@delete('/tasks/${task.number}')">Delete</button></td>
        </tr>
      </tbody>
    </table>
  </body>
</html>
""")


def table(rows: Sequence[Sequence[str]]) -> bytes:
    return TABLE.render(rows=rows).encode()


def products(query: str, products: Sequence[Product]) -> bytes:
    return PRODUCTS.render(query=query, products=products).encode()


def tiles(user_id: str, painters: Sequence[Painter], tiles: Sequence[Tile]) -> bytes:
    return TILES.render(user_id=user_id, painters=painters, tiles=tiles).encode()


def tasks(user_id: str, tasks: Sequence[Task]) -> bytes:
    return TASKS.render(user_id=user_id, tasks=tasks).encode()
