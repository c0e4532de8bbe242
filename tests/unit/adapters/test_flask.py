"""Flask: handlers as view functions, with Flask's own request and errors."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask, abort

from bodies import EndlessInput
from fatmorph import Context, Writer
from fatmorph.adapters.flask import endpoint
from fatmorph.errors import BodyError, MomentError

app = Flask(__name__)
app.testing = True


@app.post("/rooms/<int:number>")
@endpoint
async def room(c: Context, w: Writer) -> None:
    """Read the body through Flask's request and through the context."""
    w.json([c.path_params["number"], c.request.form["name"], (await c.body()).decode(), c.path])


@app.post("/upload")
@endpoint
async def upload(c: Context, w: Writer) -> None:
    """Read the body twice, and through both."""
    outcomes: list[object] = []
    for max_bytes in (4, 1_000_000):
        try:
            outcomes.append((await c.body(max_bytes=max_bytes)).decode())
        except BodyError:
            outcomes.append(None)
    w.json([*outcomes, c.request.form.get("a")])


@app.get("/missing")
@endpoint
async def missing(c: Context, w: Writer) -> None:
    abort(404)


@app.post("/too-large")
@endpoint
async def too_large(c: Context, w: Writer) -> None:
    await c.body(max_bytes=4)


@app.post("/read-before")
@endpoint
async def read_before(c: Context, w: Writer) -> None:
    w.json([c.request.get_data().decode(), (await c.body()).decode()])


@app.get("/news")
@endpoint
async def news(c: Context, w: Writer) -> None:
    async for _ in w.alive():
        pass


def test_a_handler_has_flasks_parameters_and_its_request() -> None:
    form = {"name": "Ada"}

    response = app.test_client().post("/rooms/7", data=form, base_url="http://host/shop")

    assert response.json == [7, "Ada", "", "/shop/rooms/7"]


CHUNKS = {"wsgi.input_terminated": True, "CONTENT_LENGTH": None}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "environ", "expected"),
    [
        (b"a=bc", {}, ["a=bc", "a=bc", "bc"]),
        (b"a=bcd", {}, [None, "a=bcd", "bcd"]),
        (b"a=bc", CHUNKS, ["a=bc", "a=bc", "bc"]),
        (b"a=bcd", CHUNKS, [None, None, None]),
        (b"a=bc", {"CONTENT_LENGTH": None}, ["", "", None]),
    ],
    ids=["length", "too long", "chunks", "too many chunks", "no end"],
)
def test_a_body_is_read_as_far_as_it_goes_and_is_flasks_as_well(
    body: bytes, environ: dict[str, Any], expected: list[str | None]
) -> None:
    response = app.test_client().post(
        "/upload", input_stream=BytesIO(body), content_type=FORM, content_length=len(body),
        environ_overrides=environ,
    )  # fmt: skip

    assert response.json == expected


@pytest.mark.parametrize(
    ("environ", "read_bytes"),
    [({"CONTENT_LENGTH": str(150 * 2**20)}, 0), (CHUNKS, 5)],
    ids=["length", "chunks"],
)
def test_a_body_that_is_too_large_is_read_one_byte_past_the_limit_at_most(
    environ: dict[str, Any], read_bytes: int
) -> None:
    body = EndlessInput()

    app.test_client().post("/too-large", environ_overrides=environ | {"wsgi.input": body})

    assert body.read_bytes == read_bytes


@pytest.mark.parametrize("environ", [{}, CHUNKS], ids=["length", "chunks"])
def test_a_body_larger_than_flasks_limit_is_a_413(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, Any]
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 3)

    response = app.test_client().post(
        "/upload", input_stream=BytesIO(b"four"), content_length=4, environ_overrides=environ
    )

    assert response.status_code == 413


def test_a_body_that_flask_has_read_is_there_in_chunks_too() -> None:
    response = app.test_client().post(
        "/read-before", input_stream=BytesIO(b"abc"), environ_overrides=CHUNKS
    )

    assert response.json == ["abc", "abc"]


def test_a_view_has_the_name_of_its_handler() -> None:
    assert {"room", "missing", "news"} < set(app.view_functions)


def test_flasks_own_exceptions_work() -> None:
    assert app.test_client().get("/missing").status_code == 404


def test_a_stream_is_an_error() -> None:
    with pytest.raises(MomentError, match="cannot keep a stream open"):
        app.test_client().get("/news")
