"""The application: its routes, on Litestar."""

import os

from fatmorph import serve
from fatmorph.adapters.litestar import endpoint
from litestar import Litestar, get, post
from litestar.static_files import create_static_files_router

import handlers
from layout import STATIC

app = Litestar(
    [
        get("/")(endpoint(handlers.home)),
        get("/subscribe")(endpoint(handlers.subscribe)),
        post("/add")(endpoint(handlers.add)),
        create_static_files_router("/static", [STATIC]),
    ],
    logging_config=None,  # or Litestar sets up all logging
    openapi_config=None,
)

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
