"""A view on Starlette, sent by datastar-py: `starlette_server.py views_jinja2 8000`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib import import_module

from board import Board, Streams, run_uvicorn
from datastar_py.sse import DatastarEvent
from datastar_py.starlette import DatastarResponse, ServerSentEventGenerator as Events
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

page = import_module(sys.argv[1]).page
board = Board()
streams = Streams()


async def stream(request: Request) -> Response:
    return DatastarResponse(events(request.query_params["user"]))


async def events(user_id: str) -> AsyncIterator[DatastarEvent]:
    queue: asyncio.Queue[None] = asyncio.Queue()
    streams.queues.add(queue)
    try:
        while True:
            yield Events.patch_elements(page(user_id, board.colors))
            await queue.get()
    finally:
        streams.queues.discard(queue)


async def change(request: Request) -> Response:
    board.change()
    streams.publish()
    return Response(status_code=204)


app = Starlette(routes=[Route("/stream", stream), Route("/change", change, methods=["POST"])])

if __name__ == "__main__":
    run_uvicorn(app, int(sys.argv[2]))
