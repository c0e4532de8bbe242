"""Stario on its own server, on uvloop: `stario_server.py stario board 8000`."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator

import uvloop
from board import data_of, use_server_core, view_of
from stario import App, Context, Relay, Route, ServerConfig, Span, Writer, serve
from stario.datastar import SSE
from stario.telemetry.noop import NoOpTracer

library, page, port = sys.argv[1:]
view = view_of(library, page)
board = data_of(page)
relay = Relay[None]()


async def stream(c: Context, w: Writer) -> None:
    user_id = c.req.query.get("user", "")
    events = SSE(w)
    async with relay.subscribe("change") as changes:
        events.patch_elements(view(user_id, *board.arguments))
        async for _ in c.alive(changes):
            events.patch_elements(view(user_id, *board.arguments))


async def change(c: Context, w: Writer) -> None:
    board.change()
    relay.publish("change", None)
    w.empty(204)


async def bootstrap(app: App, span: Span) -> AsyncGenerator[None]:
    app.add(Route("GET /stream"), stream)
    app.add(Route("POST /change"), change)
    yield


if __name__ == "__main__":
    use_server_core()
    config = ServerConfig(port=int(port))
    uvloop.run(serve(bootstrap, config=config, tracer=NoOpTracer()))
