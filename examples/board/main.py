"""Board: a kanban board with login, on FastAPI.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change a file)
"""

import argparse
import os
from pathlib import Path

from board import accounts, database, handlers, layout
from fastapi import APIRouter, FastAPI
from fastapi.middleware import Middleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from fatmorph import datastar_script, serve
from fatmorph.adapters.fastapi import HandlerRoute

SECRET = os.environ.get("BOARD_SECRET", "for your own computer alone")

pages = APIRouter(route_class=HandlerRoute, include_in_schema=False)
pages.get("/")(handlers.home)
pages.get("/subscribe")(handlers.subscribe)
pages.get("/login")(accounts.show_login)
pages.post("/enter")(accounts.login)
pages.post("/logout")(accounts.logout)
pages.post("/search")(handlers.search)
pages.post("/cards")(handlers.add)
pages.post("/cancel")(handlers.cancel)
pages.post("/cards/{card:int}/edit")(handlers.edit)
pages.post("/cards/{card:int}/rename")(handlers.rename)
pages.post("/cards/{card:int}/move")(handlers.move)
pages.post("/cards/{card:int}/picture")(handlers.send_picture)

database.prepare()
app = FastAPI(middleware=[Middleware(SessionMiddleware, secret_key=SECRET)])
app.include_router(pages)
app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
app.mount("/files", StaticFiles(directory=database.PICTURES))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Plan together.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        layout.client = datastar_script("/datastar.js")
        app.get("/datastar.js")(lambda: FileResponse(options.datastar))
    serve(app, port=options.port)
