"""fatmorph on Starlette with `w.live()`: `fatmorph_live_server.py thin fatmorph_rows rows 8000`.

The first argument is `whole` or `thin`: whether each change sends the whole page, or the part of it
that has changed.
"""

from __future__ import annotations

import sys

from board import data_of, run_uvicorn, view_of
from starlette.applications import Starlette

from fatmorph import Context, Relay, Writer
from fatmorph.adapters.starlette import route

kind, library, page, port = sys.argv[1:]
board = data_of(page)
view = view_of(library, page)
relay = Relay[None]()


async def stream(c: Context, w: Writer) -> None:
    user_id = c.query["user"]
    await w.live(
        lambda: view(user_id, *board.arguments),
        relay.subscribe("change", latest=True),
        thin=kind == "thin",
        heartbeat=None,  # the other servers send none
    )


async def change(c: Context, w: Writer) -> None:
    board.change()
    relay.publish("change", None)
    w.empty()


app = Starlette(routes=[route("/stream", stream), route("/change", change, methods="POST")])

if __name__ == "__main__":
    run_uvicorn(app, int(port))
