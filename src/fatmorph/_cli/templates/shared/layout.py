"""The page around every view."""

from pathlib import Path
from zlib import crc32

from fatmorph import Element, connection_state, datastar_script, h
from fatmorph.types import AttributeMapping, Child

STATIC = Path(__file__).parent / "static"

# A changed style has another address, so open pages load it.
STYLE = f"/static/style.css?{crc32((STATIC / 'style.css').read_bytes()):x}"

# Your own copy of the Datastar client if you have one, and otherwise that of its CDN.
CLIENT = datastar_script("/static/datastar.js" if (STATIC / "datastar.js").exists() else None)


def page(title: str, attributes: AttributeMapping, *content: Child) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(title),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href=STYLE),
            CLIENT,
        ),
        h.body(attributes, content, connection_state()),
    )
