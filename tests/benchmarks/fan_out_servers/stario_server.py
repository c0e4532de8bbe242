"""Stario on its own server, on uvloop: `stario_server.py views_stario 8000`."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from importlib import import_module

import uvloop
from board import Board, use_server_core
from stario import App, Context, Relay, Route, ServerConfig, Span, Writer, serve
from stario.datastar import SSE
from stario.telemetry.noop import NoOpTracer

page = import_module(sys.argv[1]).page
board = Board()
relay = Relay[None]()


async def stream(c: Context, w: Writer) -> None:
    user_id = c.req.query.get("user", "")
    events = SSE(w)
    async with relay.subscribe("change") as changes:
        events.patch_elements(page(user_id, board.colors))
        async for _ in c.alive(changes):
            events.patch_elements(page(user_id, board.colors))


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
    config = ServerConfig(port=int(sys.argv[2]))
    uvloop.run(serve(bootstrap, config=config, tracer=NoOpTracer()))
