"""Flask: handlers as view functions, with Flask's own request and errors."""

import pytest
from flask import Flask, abort

from fatmorph import Context, Writer
from fatmorph.adapters.flask import endpoint
from fatmorph.errors import MomentError

app = Flask(__name__)
app.testing = True


@app.post("/rooms/<int:number>")
@endpoint
async def room(c: Context, w: Writer) -> None:
    """Read the body through Flask's request and through the context."""
    w.json([c.path_params["number"], c.request.form["name"], (await c.body()).decode(), c.path])


@app.get("/missing")
@endpoint
async def missing(c: Context, w: Writer) -> None:
    abort(404)


@app.get("/news")
@endpoint
async def news(c: Context, w: Writer) -> None:
    async for _ in w.alive():
        pass


def test_a_handler_has_flasks_parameters_and_its_request() -> None:
    form = {"name": "Ada"}

    response = app.test_client().post("/rooms/7", data=form, base_url="http://host/shop")

    assert response.json == [7, "Ada", "", "/shop/rooms/7"]


def test_a_view_has_the_name_of_its_handler() -> None:
    assert {"room", "missing", "news"} < set(app.view_functions)


def test_flasks_own_exceptions_work() -> None:
    assert app.test_client().get("/missing").status_code == 404


def test_a_stream_is_an_error() -> None:
    with pytest.raises(MomentError, match="cannot keep a stream open"):
        app.test_client().get("/news")
