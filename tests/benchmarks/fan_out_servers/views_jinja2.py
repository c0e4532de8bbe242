"""Jinja2, with autoescape."""

# ruff: noqa: E501 - templates are written with long lines

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import DictLoader, Environment

PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Tiles</title>
    <link id="style" rel="stylesheet" href="/static/style.css">
    <script type="module" id="datastar" src="/static/datastar.js"></script>
  </head>
  <body>
    <main id="home" class="container" data-signals="{user_id: '{{ user_id }}'}" data-init="@get('/stream', {retry: 'always'})">
      <h1>Tiles</h1>
      <p id="you">You are {{ user_id }}.</p>
      <div id="board" class="board" data-on:click="@post(`/paint/${evt.target.dataset.cellId}`)">
        {%- for color in colors %}<div id="cell-{{ loop.index0 }}" class="cell{% if color %} painted{% endif %}"{% if color %} style="background-color:{{ color }}"{% endif %} data-cell-id="{{ loop.index0 }}"></div>{% endfor -%}
      </div>
    </main>
  </body>
</html>
"""

environment = Environment(
    loader=DictLoader({"page.html": PAGE}), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
template = environment.get_template("page.html")


def page(user_id: str, colors: Sequence[str | None]) -> str:
    return template.render(user_id=user_id, colors=colors)
