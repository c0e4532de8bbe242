"""Stario's markup: elements as plain objects, attributes as dicts."""

from __future__ import annotations

from collections.abc import Sequence

from stario.markup import HtmlElement, html as h


def page(user_id: str, colors: Sequence[str | None]) -> HtmlElement:
    return h.HtmlDocument(
        {"lang": "en"},
        h.Head(
            h.Meta({"charset": "utf-8"}),
            h.Title("Tiles"),
            h.Link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
            h.Script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
        ),
        h.Body(
            h.Main(
                {
                    "id": "home",
                    "class": "container",
                    "data-signals": f"{{user_id: '{user_id}'}}",
                    "data-init": "@get('/stream', {retry: 'always'})",
                },
                h.H1("Tiles"),
                h.P({"id": "you"}, f"You are {user_id}."),
                h.Div(
                    {
                        "id": "board",
                        "class": "board",
                        "data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)",
                    },
                    [cell(number, color) for number, color in enumerate(colors)],
                ),
            ),
        ),
    )


def cell(number: int, color: str | None) -> HtmlElement:
    return h.Div(
        {
            "id": f"cell-{number}",
            "class": "cell painted" if color else "cell",
            "style": f"background-color:{color}" if color else None,
            "data-cell-id": str(number),
        }
    )
