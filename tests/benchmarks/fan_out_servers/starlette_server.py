"""A view on Starlette, sent by datastar-py: `starlette_server.py jinja2 board 8000`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from board import Streams, data_of, run_uvicorn, view_of
from datastar_py.sse import DatastarEvent
from datastar_py.starlette import DatastarResponse, ServerSentEventGenerator as Events
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

library, page, port = sys.argv[1:]
view = view_of(library, page)
board = data_of(page)
streams = Streams()


async def stream(request: Request) -> Response:
    return DatastarResponse(events(request.query_params["user"]))


async def events(user_id: str) -> AsyncIterator[DatastarEvent]:
    queue: asyncio.Queue[None] = asyncio.Queue()
    streams.queues.add(queue)
    try:
        while True:
            yield Events.patch_elements(view(user_id, *board.arguments))
            await queue.get()
    finally:
        streams.queues.discard(queue)


async def change(request: Request) -> Response:
    board.change()
    streams.publish()
    return Response(status_code=204)


app = Starlette(routes=[Route("/stream", stream), Route("/change", change, methods=["POST"])])

if __name__ == "__main__":
    run_uvicorn(app, int(port))
