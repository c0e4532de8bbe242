"""Quart: handlers as views, with Quart's own request, session and hooks."""

import asyncio
import gc
import json
from contextlib import suppress
from typing import Any

import pytest
from quart import Quart, Response, abort, g, request, session

from asgi_client import answer
from fatmorph import shutdown
from fatmorph.adapters import quart
from fatmorph.adapters.quart import endpoint
from fatmorph.context import Context
from fatmorph.errors import BodyError, MomentError
from fatmorph.writer import Writer
from transports import Source, turns


async def test_a_handler_is_a_view_with_parameters_and_a_name() -> None:
    app = Quart("test")

    @app.get("/rooms/<int:number>")
    @endpoint
    async def room(c: Context, w: Writer) -> None:
        w.json([c.method, c.path_params])

    found = await answer(app, "/rooms/7")
    other = await answer(app, "/rooms/7", "POST")

    assert (found.status, found.body, other.status) == (200, b'["GET",{"number":7}]', 405)
    assert "room" in app.view_functions


async def test_quarts_own_request_and_globals_are_available() -> None:
    app = Quart("test")
    app.secret_key = "for tests only"

    @app.before_request
    async def find_user() -> None:
        g.user = "ada"

    @app.post("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.json(
            [
                c.request is request._get_current_object(),
                (await c.body()).decode(),
                (await request.get_data()).decode(),
                g.user,
                session.get("none"),
            ]
        )

    found = await answer(app, "/", "POST", b"body")

    assert found.body == b'[true,"body","body","ada",null]'


async def test_hooks_of_the_application_see_the_response() -> None:
    app = Quart("test")

    @app.after_request
    async def add(response: Response) -> Response:
        response.headers["x-hook"] = response.headers["content-type"]
        return response

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.patch_signals({"a": 1})
        await w.drain()
        w.patch_signals({"b": 2})

    found = await answer(app, "/")

    assert ("x-hook", "text/event-stream") in found.headers
    assert found.body.count(b"event: ") == 2


async def test_a_stream_can_exceed_quarts_response_timeout() -> None:
    app = Quart("test")
    app.config["RESPONSE_TIMEOUT"] = 0

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        for number in range(3):
            w.patch_signals({"number": number})
            await asyncio.sleep(0)
            await w.drain()

    assert (await answer(app, "/")).body.count(b"event: ") == 3


async def test_a_body_larger_than_quarts_limit_is_a_413() -> None:
    app = Quart("test")
    app.config["MAX_CONTENT_LENGTH"] = 3

    @app.post("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.text("never")

    found = await answer(app, "/", "POST", b"four", {"content-length": "4"})

    assert found.status == 413


LIMIT = 5


def uploads(max_content_length: int | None) -> Quart:
    """Return an application that reads a body twice, and through both."""
    app = Quart("test")
    app.config["MAX_CONTENT_LENGTH"] = max_content_length

    @app.post("/")
    @endpoint
    async def upload(c: Context, w: Writer) -> None:
        outcomes: list[object] = []
        for max_bytes in (4, 1000):
            try:
                outcomes.append((await c.body(max_bytes=max_bytes)).decode())
            except BodyError:
                outcomes.append(None)
        w.json([*outcomes, outcomes[1] and (await request.form).get("a")])

    @app.post("/form-first")
    @endpoint
    async def form_first(c: Context, w: Writer) -> None:
        form = await request.form
        try:
            outcome: object = len(await c.body())
        except MomentError as error:
            outcome = error.what
        w.json([form["a"], outcome])

    return app


@pytest.mark.parametrize("limit", [None, 1000], ids=["no limit", "a limit"])
@pytest.mark.parametrize("has_length", [True, False], ids=["length", "chunks"])
@pytest.mark.parametrize(
    ("body", "usual", "larger"),
    [
        (b"a=bc", ["a=bc", "a=bc", "bc"], ["a=bc", "a=bc", "bc"]),
        (b"a=bcd", [None, "a=bcd", "bcd"], [None, None, None]),
    ],
    ids=["fits", "too large"],
)
@pytest.mark.parametrize("usual_bytes", [LIMIT, 1], ids=["usual", "larger"])
async def test_a_body_is_read_as_far_as_it_goes_and_is_quarts_as_well(
    monkeypatch: pytest.MonkeyPatch,
    limit: int | None,
    body: bytes,
    usual: list[str | None],
    larger: list[str | None],
    usual_bytes: int,
    *,
    has_length: bool,
) -> None:
    monkeypatch.setattr(quart, "MAX_BODY_BYTES", usual_bytes)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers |= {"content-length": str(len(body))} if has_length else {}
    is_usual = usual_bytes == LIMIT and has_length

    found = await answer(uploads(limit), "/", "POST", body, headers)

    assert json.loads(found.body) == (usual if is_usual else larger)


MULTIPART = b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nbc\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("usual_bytes", "expected"),
    [(1000, ["bc", len(MULTIPART)]), (1, ["bc", "cannot read a body that was read before"])],
    ids=["usual", "larger"],
)
async def test_a_form_that_is_read_first_leaves_a_usual_body(
    monkeypatch: pytest.MonkeyPatch, usual_bytes: int, expected: list[object]
) -> None:
    monkeypatch.setattr(quart, "MAX_BODY_BYTES", usual_bytes)
    headers = {
        "content-type": "multipart/form-data; boundary=b",
        "content-length": str(len(MULTIPART)),
    }

    found = await answer(uploads(None), "/form-first", "POST", MULTIPART, headers)

    assert json.loads(found.body) == expected


async def test_an_abort_is_handled_by_quart() -> None:
    app = Quart("test")

    @app.errorhandler(418)
    async def tea(error: Any) -> tuple[str, int]:
        return "tea", 418

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        abort(418)

    found = await answer(app, "/")

    assert (found.status, found.body) == (418, b"tea")


async def test_a_stream_cut_by_the_servers_stop_ends_its_request() -> None:
    app = Quart("test")

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        async for text in w.alive(Source("last words")):
            w.patch_signals({"text": text})
            shutdown.stop()

    found = await answer(app, "/")

    assert found.body == b'event: datastar-patch-signals\ndata: signals {"text":"last words"}\n\n'


async def test_a_hook_that_answers_instead_ends_the_handler() -> None:
    app = Quart("test")
    steps = []

    @app.after_request
    async def answer_instead(response: Response) -> Response:
        return Response("closed for today", 503)

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        steps.append("cleaned up")

    found = await answer(app, "/")
    gc.collect()
    await turns()

    assert (found.status, steps) == (503, ["cleaned up"])


async def test_a_cancellation_that_quart_loses_is_heeded() -> None:
    """Python 3.11's `wait_for()` returns what is ready, and forgets that it was cancelled."""
    app = Quart("test")
    steps = []

    @app.before_request
    async def lose() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        steps.append("cleaned up")

    with suppress(IndexError):  # before Python 3.12, nothing is sent
        await asyncio.wait_for(answer(app, "/"), timeout=10)

    assert steps == ["cleaned up"]
