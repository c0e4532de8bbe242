"""The application: its routes, on Quart, which serves the folder `static` by itself."""

import os

from fatmorph import serve
from fatmorph.adapters.quart import endpoint
from quart import Quart

import handlers

app = Quart(__name__)
app.get("/")(endpoint(handlers.home))
app.get("/subscribe")(endpoint(handlers.subscribe))
app.post("/add")(endpoint(handlers.add))

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
