"""The application under soak: one fat page for all clients, and the objects in the process.

Run as a program it serves itself: `python soak_app.py PORT`; with `bare` on its port, an ASGI
application that sends the same bytes and knows nothing else.
"""

import asyncio
import gc
import logging
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, static
from fatmorph._streaming.alive import Alive
from fatmorph._streaming.stream import Stream
from fatmorph.adapters.starlette import route
from fatmorph.counters import COUNTERS
from fatmorph.datastar.events import patch_elements
from fatmorph.settings import Settings

CELLS = 40
COLORS = ("tomato", "gold", "seagreen", "royalblue")
# Small buffers and little patience, so that a client that stops reading is met within a minute.
SEND_BUFFER_BYTES = 64 * 1024
SETTINGS = Settings(max_stalled_seconds=10)
BOUND = (Writer, Stream, Alive)

relay = Relay[int]()
users: set[str] = set()


@dataclass
class Change:
    cell: int
    color: str


class Board:
    """The page that all clients show; drawn once per change."""

    def __init__(self) -> None:
        self.changes = 0
        self.cells: dict[int, str] = {}
        self.view: Element = self._view()

    def change(self, change: Change) -> None:
        self.cells[change.cell % CELLS] = COLORS[int(change.color) % len(COLORS)]
        self.changes += 1
        self.view = self._view()

    def _view(self) -> Element:
        cells = [
            h.div(id=f"cell-{cell}", style={"background-color": self.cells.get(cell)})
            for cell in range(CELLS)
        ]
        return static(h.div({"id": "board"}, cells))


board = Board()


def page_view(name: str) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Soak"), datastar_script()),
        h.body(
            data.init(at.subscribe("/live")),
            h.h1(f"Hello, {name} <&>"),
            h.p(board.changes, id="changes"),
            board.view,
        ),
    )


async def page(c: Context, w: Writer) -> None:
    w.html(page_view(c.query["name"]))


async def live(c: Context, w: Writer) -> None:
    await c.signals()
    name = c.query["name"]
    users.add(name)
    await w.live(lambda: page_view(name), relay.subscribe("*", latest=True), heartbeat=1)
    users.discard(name)


async def alive(c: Context, w: Writer) -> None:
    name = c.query["name"]
    users.add(name)
    w.patch(page_view(name))
    async for _ in w.alive(relay.subscribe("*", latest=True), heartbeat=1):
        w.patch(page_view(name))
    users.discard(name)


async def change(c: Context, w: Writer) -> None:
    board.change(await c.signals(Change))
    relay.publish("change", board.changes)
    w.json(board.changes)


async def state(c: Context, w: Writer) -> None:
    """Tell what the process holds, this very request included."""
    gc.collect()
    found = gc.get_objects()
    w.json(
        {
            "tasks": len(asyncio.all_tasks()),
            "subscriptions": relay.subscription_count,
            "users": len(users),
            "streams open": COUNTERS.streams_open,
            "objects": [sum(isinstance(each, kind) for each in found) for kind in BOUND],
            "files": open_files(),
        }
    )


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class OneLine(logging.Formatter):
    """Write a record as one line: level, logger, the message's first line, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        first, _, _ = record.getMessage().partition("\n")
        error = f" {record.exc_info[1]!r}" if record.exc_info else ""
        return f"{record.levelname} {record.name} {first}{error}"


app = Starlette(
    routes=[
        route("/page", page),
        route("/live", live, settings=SETTINGS),
        route("/alive", alive, settings=SETTINGS),
        route("/change", change, methods="POST"),
        route("/state", state),
    ]
)


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Send one event of the same size and hold the stream."""
    if scope["type"] == "lifespan":
        return
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    event = patch_elements(page_view("healthy-0000"))
    await send({"type": "http.response.body", "body": event, "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass


if __name__ == "__main__":
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    config = uvicorn.Config(bare if "bare" in sys.argv else app, log_config=None, access_log=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
