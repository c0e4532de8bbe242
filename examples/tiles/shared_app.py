"""Tiles for several servers: `python main.py --relay redis://127.0.0.1:6379`.

The page is that of `main.py`. The state has left the process, so reading and changing it waits for
the broker, and a page is drawn after each message of the relay.
"""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import main
from shared_board import shared_board
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fatmorph import Context, Element, Relay, Writer, datastar_script, serve
from fatmorph.adapters.starlette import route
from fatmorph.errors import FatmorphError

RENEW_SECONDS = 3  # well below the time after which an entry expires
WORKERS = 2
# The workers, which are processes of their own, get the options from here.
RELAY = "TILES_RELAY"
CLIENT = "TILES_CLIENT"

log = logging.getLogger("fatmorph.tiles")


class SharedTiles:
    """The handlers of one worker, and the pages that are open in it."""

    def __init__(self, url: str) -> None:
        self.relay = Relay[str].connect(url, prefix="tiles")
        self.board = shared_board(url)
        self.pages: dict[str, str] = {}  # the id of a page → its user

    async def view(self, user_id: str) -> Element:
        return main.home_view(user_id, await self.board.painters(), await self.board.tiles())

    async def home(self, c: Context, w: Writer) -> None:
        w.html(await self.view(uuid4().hex[:8]))

    async def subscribe(self, c: Context, w: Writer) -> None:
        user_id = (await c.signals(main.HomeSignals)).user_id
        page = uuid4().hex
        changes = self.relay.subscribe("*", latest=True)
        self.pages[page] = user_id
        try:
            await self.board.keep({page: user_id})  # first the state, then the message
            self.relay.publish("painters", user_id)
            await w.live(lambda: self.view(user_id), changes)
        finally:
            del self.pages[page]  # even if the broker is away now, the entry expires
            await self.board.remove(page, user_id)
            self.relay.publish("painters", user_id)

    async def paint(self, c: Context, w: Writer) -> None:
        tile = c.path_params["tile"]
        if tile in main.TILES:
            user_id = (await c.signals(main.HomeSignals)).user_id
            await self.board.paint(tile, user_id)
            self.relay.publish("board", user_id)

    async def keep_present(self) -> None:
        """Renew the entries of the open pages, and announce that those of others have expired."""
        known: list[str] = []
        while True:
            try:
                await self.board.keep(self.pages)
                painters = await self.board.painters()
            except self.board.errors as error:
                log.warning("cannot renew who is here: %s", error)
            else:
                if painters != known:
                    self.relay.publish("painters", "")
                known = painters
            await asyncio.sleep(RENEW_SECONDS)

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncGenerator[None]:
        await self.board.open()
        keeping = asyncio.create_task(self.keep_present())
        yield
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await self.board.close()


def worker() -> Starlette:
    """Return the application of one worker."""
    tiles = SharedTiles(os.environ[RELAY])
    app = Starlette(
        routes=[
            route("/", tiles.home),
            route("/subscribe", tiles.subscribe),
            route("/paint/{tile:int}", tiles.paint, methods=["POST"]),
            Mount("/static", StaticFiles(directory=main.STATIC)),
        ],
        lifespan=tiles.lifespan,
    )
    if client := os.environ.get(CLIENT):
        main.client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(client)))
    return app


def run(url: str, port: int, client: str | None) -> None:
    """Serve the shared board with several workers."""
    try:
        SharedTiles(url)  # a wrong address ends the program here, and not in every worker
    except (FatmorphError, ValueError) as error:
        sys.exit(f"--relay: {error}")
    os.environ |= {RELAY: url, CLIENT: client or ""}
    serve("shared_app:worker", factory=True, port=port, workers=WORKERS)
