"""The design's example program, unchanged except for the added click handler."""
# ruff: noqa: B007, E401, E501, I001 - unchanged from the design

import asyncio, uuid  # noqa: F401
from dataclasses import dataclass
from fatmorph import h, data, at, Context, Writer, Relay, datastar_script, dom_id, serve
from fatmorph.adapters.starlette import route
from starlette.applications import Starlette

relay = Relay[str]()
users: set[str] = set()
board: dict[int, str] = {}

# fmt: off

@dataclass
class HomeSignals:
    user_id: str = ""

def cell_view(cell: int, color: str | None):
    return h.div(id=dom_id("cell", cell), class_={"cell": True, "painted": color},
                 style={"background-color": color}, data_cell_id=cell)

def home_view(user_id: str):
    return h.html({"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Tiles"), datastar_script()),
        h.body(
            h.main({"id": "home", "class": "container"},
                data.signals({"user_id": user_id}, if_missing=True),
                data.init(at.get("/subscribe", retry="always")),
                h.h1("Tiles"),
                h.p(f"{len(users)} painting"),
                h.div({"id": "board", "class": "board"},
                    data.on("click", "let id = evt.target.dataset.cellId; id && @post(`/click?cell=${id}`)"),
                    [cell_view(cell, board.get(cell)) for cell in range(25)],
                ),
            ),
        ),
    )

async def home(c: Context, w: Writer) -> None:
    w.html(home_view(uuid.uuid4().hex[:8]))

async def subscribe(c: Context, w: Writer) -> None:
    signals = await c.signals(HomeSignals)
    users.add(signals.user_id)
    relay.publish("join", signals.user_id)
    w.patch(home_view(signals.user_id))                       # the whole page, on connect
    async for event, user_id in w.alive(relay.subscribe("*")):
        w.patch(home_view(signals.user_id))                   # and again on every change
    users.discard(signals.user_id)                            # runs on disconnect and on shutdown
    relay.publish("leave", signals.user_id)

async def click(c: Context, w: Writer) -> None:
    signals = await c.signals(HomeSignals)
    cell = int(c.query["cell"])
    board[cell] = f"#{signals.user_id[:6]}"
    relay.publish("paint", signals.user_id)

app = Starlette(routes=[route("/", home), route("/subscribe", subscribe), route("/click", click, methods=["POST"])])

if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=8000, workers=1)
