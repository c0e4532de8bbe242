"""The application: its routes, on Sanic."""

import os

from fatmorph.adapters.sanic import endpoint
from sanic import Sanic

import handlers
from layout import STATIC

app = Sanic("app")
app.add_route(endpoint(handlers.home), "/")
app.add_route(endpoint(handlers.subscribe), "/subscribe")
app.add_route(endpoint(handlers.add), "/add", methods=["POST"])
app.static("/static", STATIC)

if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8000")), single_process=True, motd=False)
