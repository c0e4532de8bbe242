"""FastHTML, sent by datastar-py: `fasthtml_server.py 8000`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from board import Board, Streams, run_uvicorn
from datastar_py.fasthtml import DatastarResponse, ServerSentEventGenerator as Events
from datastar_py.sse import DatastarEvent
from fasthtml.common import FastHTML
from starlette.responses import Response
from views_fasthtml import page

board = Board()
streams = Streams()
app = FastHTML(secret_key="none")


@app.get("/stream")
async def stream(user: str) -> Response:
    return DatastarResponse(events(user))


async def events(user_id: str) -> AsyncIterator[DatastarEvent]:
    queue: asyncio.Queue[None] = asyncio.Queue()
    streams.queues.add(queue)
    try:
        while True:
            yield Events.patch_elements(page(user_id, board.colors))
            await queue.get()
    finally:
        streams.queues.discard(queue)


@app.post("/change")
async def change() -> Response:
    board.change()
    streams.publish()
    return Response(status_code=204)


if __name__ == "__main__":
    run_uvicorn(app, int(sys.argv[1]))
