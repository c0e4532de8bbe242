"""fatmorph on Starlette: `fatmorph_server.py page 8000`.

The first argument selects the page that is sent on each change:

- `page`: the whole page, built for each client
- `values`: the same, written with all conveniences
- `shared`: the whole page, with a board that is built once per change
- `floor`: a page built only once, the same for all clients, on plain ASGI: the cost of the Writer
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache

import views_fatmorph
import views_fatmorph_values
from board import Board, run_uvicorn
from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, static
from fatmorph.adapters.asgi import application
from fatmorph.adapters.starlette import route

board = Board()
relay = Relay[None]()
PAGE = static(views_fatmorph.page("ada", board.colors))


def whole_page(user_id: str) -> Element:
    return views_fatmorph.page(user_id, board.colors)


def page_of_values(user_id: str) -> Element:
    return views_fatmorph_values.page(user_id, board.colors)


@lru_cache(maxsize=1)
def shared_board(change: int) -> Element:
    """Return the board after a change, built when the first client needs it."""
    return static(views_fatmorph.board_view(board.colors))


def page_around_shared_board(user_id: str) -> Element:
    return views_fatmorph.page_around(user_id, shared_board(board.changes))


def same_page(user_id: str) -> Element:
    return PAGE


VIEWS: dict[str, Callable[[str], Element]] = {
    "page": whole_page,
    "values": page_of_values,
    "shared": page_around_shared_board,
    "floor": same_page,
}
page = VIEWS[sys.argv[1]]


async def stream(c: Context, w: Writer) -> None:
    user_id = c.query["user"]
    changes = relay.subscribe("change")
    w.patch(page(user_id))
    async for _ in w.alive(changes, heartbeat=None):  # the other servers send none
        w.patch(page(user_id))


async def change(c: Context, w: Writer) -> None:
    board.change()
    relay.publish("change", None)
    w.empty()


async def either(c: Context, w: Writer) -> None:
    await (stream if c.path == "/stream" else change)(c, w)


starlette = Starlette(routes=[route("/stream", stream), route("/change", change, methods="POST")])
app = application(either) if page is same_page else starlette

if __name__ == "__main__":
    run_uvicorn(app, int(sys.argv[2]))
