"""The application: its routes, on Starlette."""

import os

from fatmorph import serve
from fatmorph.adapters.starlette import route
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import handlers
from layout import STATIC

app = Starlette(
    routes=[
        route("/", handlers.home),
        route("/subscribe", handlers.subscribe),
        route("/add", handlers.add, methods="POST"),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
