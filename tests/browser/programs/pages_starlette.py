"""The page of pages.py on Starlette."""

import os

from pages import ACTIONS, PAGES
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import serve
from fatmorph.adapters.starlette import route

app = Starlette(
    routes=[
        *(route(path, handler) for path, handler in PAGES.items()),
        *(route(path, handler, methods="POST") for path, handler in ACTIONS.items()),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
