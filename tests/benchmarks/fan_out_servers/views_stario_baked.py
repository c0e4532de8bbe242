"""Stario's markup, with every view compiled by `@baked`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stario.markup import HtmlElement, baked, html as h


def page(user_id: str, colors: Sequence[str | None]) -> Any:
    return page_view(
        signals=f"{{user_id: '{user_id}'}}",
        you=f"You are {user_id}.",
        cells=[cell(number, color) for number, color in enumerate(colors)],
    )


@baked
def page_view(signals: str, you: str, cells: Any) -> HtmlElement:
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
                    "data-signals": signals,
                    "data-init": "@get('/stream', {retry: 'always'})",
                },
                h.H1("Tiles"),
                h.P({"id": "you"}, you),
                h.Div(
                    {
                        "id": "board",
                        "class": "board",
                        "data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)",
                    },
                    cells,
                ),
            ),
        ),
    )


def cell(number: int, color: str | None) -> Any:
    return cell_view(
        element_id=f"cell-{number}",
        css_class="cell painted" if color else "cell",
        style=f"background-color:{color}" if color else None,
        cell_id=str(number),
    )


@baked
def cell_view(element_id: str, css_class: str, style: str | None, cell_id: str) -> HtmlElement:
    return h.Div({"id": element_id, "class": css_class, "style": style, "data-cell-id": cell_id})
