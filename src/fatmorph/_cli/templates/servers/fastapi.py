"""The application: its routes, on FastAPI."""

import os

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from fatmorph import serve
from fatmorph.adapters.fastapi import HandlerRoute

import handlers
from layout import STATIC

pages = APIRouter(route_class=HandlerRoute, include_in_schema=False)
pages.get("/")(handlers.home)
pages.get("/subscribe")(handlers.subscribe)
pages.post("/add")(handlers.add)

app = FastAPI()
app.include_router(pages)
app.mount("/static", StaticFiles(directory=STATIC))

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
