"""fatmorph on Starlette: `fatmorph_server.py fatmorph board 8000`.

The first argument is the view that is sent on each change:

- `fatmorph`: the whole page, built for each client
- `fatmorph_keywords`: the same, with keyword attributes and text
- `shared`: the board's page, with a board that is built once per change
- `floor`: a page built only once, the same for all clients, on plain ASGI: the cost of the Writer
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache

import views_fatmorph
from board import data_of, run_uvicorn, view_of
from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, static
from fatmorph.adapters.asgi import application
from fatmorph.adapters.starlette import route

name, page, port = sys.argv[1:]
board = data_of(page)
relay = Relay[None]()


def page_around_shared_board(user_id: str, _: object) -> Element:
    return views_fatmorph.page_around(user_id, shared_board(board.changes))


@lru_cache(maxsize=1)
def shared_board(changes: int) -> Element:
    """Return the board after a change, built when the first client needs it."""
    return static(views_fatmorph.board_view(*board.arguments))


@lru_cache(maxsize=1)
def same_page() -> Element:
    return static(views_fatmorph.page("ada", *board.arguments))


VIEWS: dict[str, Callable[..., Element]] = {
    "shared": page_around_shared_board,
    "floor": lambda *_: same_page(),
}
view = VIEWS.get(name) or view_of(name, page)


async def stream(c: Context, w: Writer) -> None:
    user_id = c.query["user"]
    changes = relay.subscribe("change")
    w.patch(view(user_id, *board.arguments))
    async for _ in w.alive(changes, heartbeat=None):  # the other servers send none
        w.patch(view(user_id, *board.arguments))


async def change(c: Context, w: Writer) -> None:
    board.change()
    relay.publish("change", None)
    w.empty()


async def either(c: Context, w: Writer) -> None:
    await (stream if c.path == "/stream" else change)(c, w)


starlette = Starlette(routes=[route("/stream", stream), route("/change", change, methods="POST")])
app = application(either) if name == "floor" else starlette

if __name__ == "__main__":
    run_uvicorn(app, int(port))
