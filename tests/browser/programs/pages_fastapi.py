"""The page of pages.py on FastAPI."""

import os

from fastapi import FastAPI
from fastapi.responses import FileResponse
from pages import ACTIONS, PAGES

from fatmorph import serve
from fatmorph.adapters.fastapi import endpoint

app = FastAPI()

for path, handler in PAGES.items():
    app.add_api_route(path, endpoint(handler), methods=["GET"])
for path, handler in ACTIONS.items():
    app.add_api_route(path, endpoint(handler), methods=["POST"])


@app.get("/datastar.js")
async def client() -> FileResponse:
    return FileResponse(os.environ["DATASTAR"], media_type="text/javascript")


if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
