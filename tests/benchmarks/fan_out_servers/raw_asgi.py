"""Plain ASGI without a framework, and an event built in advance: `raw_asgi.py 8000`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from board import Board, Streams, run_uvicorn
from views_fatmorph import page

from fatmorph.datastar.events import patch_elements

EVENT = patch_elements(page("ada", Board().colors))
STREAM_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

streams = Streams()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == "/stream":
        await stream(send)
    else:
        streams.publish()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})


async def stream(send: Send) -> None:
    queue: asyncio.Queue[None] = asyncio.Queue()
    streams.queues.add(queue)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        while True:
            await send({"type": "http.response.body", "body": EVENT, "more_body": True})
            await queue.get()
    finally:
        streams.queues.discard(queue)


if __name__ == "__main__":
    run_uvicorn(app, int(sys.argv[1]))
