"""Board: a kanban board with login, on FastAPI.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change a file)
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from board import accounts, database, handlers
from fastapi import APIRouter, FastAPI
from fastapi.middleware import Middleware
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from fatmorph import serve
from fatmorph.adapters.fastapi import HandlerRoute

FOLDER = Path(__file__).parent
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


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    database.prepare()
    yield


app = FastAPI(lifespan=lifespan, middleware=[Middleware(SessionMiddleware, secret_key=SECRET)])
app.include_router(pages)
app.mount("/static", StaticFiles(directory=FOLDER / "static"))
app.mount("/look", StaticFiles(directory=FOLDER.parent / "look"))
app.mount("/files", StaticFiles(directory=database.PICTURES, check_dir=False))

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
