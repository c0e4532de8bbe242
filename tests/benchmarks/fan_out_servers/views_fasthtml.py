"""FastHTML: elements as objects, rendered with `to_xml`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fasthtml.common as h


def page(user_id: str, colors: Sequence[str | None]) -> str:
    view = h.Html(
        h.Head(
            h.Meta(charset="utf-8"),
            h.Title("Tiles"),
            h.Link(id="style", rel="stylesheet", href="/static/style.css"),
            h.Script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.Body(
            h.Main(
                h.H1("Tiles"),
                h.P(f"You are {user_id}.", id="you"),
                h.Div(
                    *[cell(number, color) for number, color in enumerate(colors)],
                    id="board",
                    cls="board",
                    **{"data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)"},
                ),
                id="home",
                cls="container",
                **{
                    "data-signals": f"{{user_id: '{user_id}'}}",
                    "data-init": "@get('/stream', {retry: 'always'})",
                },
            ),
        ),
        lang="en",
    )
    return h.to_xml(view, indent=False)


def cell(number: int, color: str | None) -> Any:
    return h.Div(
        id=f"cell-{number}",
        cls="cell painted" if color else "cell",
        style=f"background-color:{color}" if color else None,
        data_cell_id=number,
    )
