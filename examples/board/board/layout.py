"""The page around every view."""

import os

from fatmorph import Element, connection_state, datastar_script, h
from fatmorph.types import AttributeMapping, Child

client = datastar_script(os.environ.get("BOARD_CLIENT"))


def page(title: str, attributes: AttributeMapping, *content: Child) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{title} · Board"),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            client,
        ),
        h.body(attributes, content, connection_state()),
    )
