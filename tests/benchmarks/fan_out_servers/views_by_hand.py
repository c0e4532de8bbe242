"""f-strings, with a function that escapes the users' input."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape


def page(user_id: str, colors: Sequence[str | None]) -> str:
    cells = "".join([cell(number, color) for number, color in enumerate(colors)])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tiles</title>'
        '<link id="style" rel="stylesheet" href="/static/style.css">'
        '<script type="module" id="datastar" src="/static/datastar.js"></script></head><body>'
        f"""<main id="home" class="container" data-signals="{{user_id: '{escape(user_id)}'}}" """
        """data-init="@get('/stream', {retry: 'always'})">"""
        f'<h1>Tiles</h1><p id="you">You are {escape(user_id)}.</p>'
        '<div id="board" class="board" '
        'data-on:click="@post(`/paint/${evt.target.dataset.cellId}`)">'
        f"{cells}</div></main></body></html>"
    )


def cell(number: int, color: str | None) -> str:
    if color is None:
        return f'<div id="cell-{number}" class="cell" data-cell-id="{number}"></div>'
    return (
        f'<div id="cell-{number}" class="cell painted" '
        f'style="background-color:{escape(color)}" data-cell-id="{number}"></div>'
    )
