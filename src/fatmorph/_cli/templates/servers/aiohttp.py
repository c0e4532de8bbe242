"""The application: its routes, on aiohttp."""

import os

from aiohttp import web
from fatmorph.adapters.aiohttp import endpoint

import handlers
from layout import STATIC

app = web.Application()
app.add_routes(
    [
        web.get("/", endpoint(handlers.home)),
        web.get("/subscribe", endpoint(handlers.subscribe)),
        web.post("/add", endpoint(handlers.add)),
        web.static("/static", STATIC),
    ]
)

if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    web.run_app(app, host="127.0.0.1", port=port, handler_cancellation=True)
