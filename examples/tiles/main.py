"""Tiles: one board that visitors paint together, each in their own colour.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import uuid4
from zlib import crc32

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    dom_id,
    h,
    serve,
)
from fatmorph.adapters.starlette import route

TILES = range(25)
STATIC = Path(__file__).parent / "static"

# The state that all pages show. It lives in memory: a restart begins with an empty board.
board: dict[int, str] = {}  # tile → the user who painted it
painters: list[str] = []  # one entry for every open page

relay = Relay[str]()
client = datastar_script()


@dataclass
class HomeSignals:
    user_id: str = ""


def color_of(user_id: str) -> str:
    # Depends on the id alone, so you keep your colour when the server restarts.
    return f"hsl({crc32(user_id.encode()) % 360} 70% 55%)"


def swatch_view(user_id: str, *, is_you: bool) -> Element:
    return h.li(
        {"id": dom_id("painter", user_id), "class": {"swatch": True, "you": is_you}},
        {"style": {"background-color": color_of(user_id)}},
        h.span({"class": "name"}, "you") if is_you else None,
    )


def tile_view(tile: int, user_id: str | None) -> Element:
    return h.button(
        data.on("click", at.post(f"/paint/{tile}")),
        id=dom_id("tile", tile),
        class_={"tile": True, "painted": user_id},
        style={"background-color": user_id and color_of(user_id)},
        aria_label=f"Tile {tile + 1}",
    )


def home_view(user_id: str, painters: Sequence[str], board: Mapping[int, str]) -> Element:
    present = list(dict.fromkeys(painters))
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"Tiles · {len(present)} painting"),
            h.link(id="icon", rel="icon", href="/static/icon.svg"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            client,
        ),
        h.body(
            # The browser keeps this id: later pages contain the same one, and the stream sends it.
            data.signals({"user_id": user_id}, if_missing=True),
            data.init(at.subscribe("/subscribe", include="^user_id$")),
            h.header(
                h.h1("Tiles"),
                h.ul(
                    {"id": "painters", "aria-label": f"{len(present)} painting"},
                    [swatch_view(each, is_you=each == user_id) for each in present],
                ),
            ),
            h.main(
                {"id": "board", "class": "board"},
                [tile_view(tile, board.get(tile)) for tile in TILES],
            ),
            h.footer("Everybody with this page open paints on the same board."),
            connection_state(),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(uuid4().hex[:8], painters, board))


async def subscribe(c: Context, w: Writer) -> None:
    user_id = (await c.signals(HomeSignals)).user_id
    changes = relay.subscribe("*", latest=True)
    painters.append(user_id)
    relay.publish("painters", user_id)  # to this page too: its first patch
    async for _ in w.alive(changes):
        w.patch(home_view(user_id, painters, board))  # the whole page, on every change
    painters.remove(user_id)  # runs when the page is closed, and when the server stops
    relay.publish("painters", user_id)


async def paint(c: Context, w: Writer) -> None:
    tile = c.path_params["tile"]
    if tile in TILES:
        board[tile] = (await c.signals(HomeSignals)).user_id
        relay.publish("board", board[tile])


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/paint/{tile:int}", paint, methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Paint together.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    parser.add_argument("--relay", metavar="URL", help="a broker, for several servers (README.md)")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    if options.relay:
        import_module("shared_app").run(options.relay, options.port, options.datastar)
    else:
        serve(app, port=options.port)
