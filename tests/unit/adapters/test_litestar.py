"""Litestar: handlers as route handlers, dependencies, and streams that route handlers return."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Controller, Litestar, Request, get, post
from litestar.background_tasks import BackgroundTask
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ASGIApp

from asgi_client import Answer, answer
from fatmorph.adapters.litestar import WriterResponse, endpoint
from fatmorph.context import Context
from fatmorph.errors import MomentError
from fatmorph.writer import Writer

MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
PARTS = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n--x--\r\n'


def application(*handlers: Any) -> Litestar:
    # Litestar's default would configure logging for the whole process.
    return Litestar(handlers, logging_config=None)


async def current_user(request: Request[Any, Any, Any]) -> str:
    return request.headers["authorization"]


def must_be_known(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    if "authorization" not in connection.headers:
        raise NotAuthorizedException


async def test_a_handler_is_a_route_handler_with_parameters_dependencies_and_guards() -> None:
    @get("/rooms/{number:int}", dependencies={"user": current_user}, guards=[must_be_known])
    @endpoint
    async def room(
        c: Context,
        w: Writer,
        number: FromPath[int],
        user: NamedDependency[str],
        sort: FromQuery[str] = "name",
    ) -> None:
        w.json([number, user, sort, c.path_params["number"]])

    app = application(room)

    found = await answer(app, "/rooms/7?sort=age", headers={"authorization": "ada"})
    refused = await answer(app, "/rooms/7")
    missing = await answer(app, "/rooms/x", headers={"authorization": "ada"})

    assert (found.status, found.body) == (200, b'[7,"ada","age",7]')
    assert (refused.status, missing.status) == (401, 404)


async def test_a_post_is_answered_with_200_as_datastar_requires() -> None:
    @post("/add")
    @endpoint
    async def add(c: Context, w: Writer, data: JSONBody[dict[str, int]]) -> None:
        w.patch_signals({"count": data["count"] + 1})

    added = await answer(application(add), "/add", "POST", b'{"count":1}')

    assert added.status == 200
    assert added.body == b'event: datastar-patch-signals\ndata: signals {"count":2}\n\n'


async def test_a_route_handler_can_return_a_stream_that_uses_its_dependencies() -> None:
    @get("/subscribe", dependencies={"user": current_user})
    async def subscribe(user: NamedDependency[str]) -> WriterResponse:
        async def stream(c: Context, w: Writer) -> None:
            w.patch_signals({"user": user})

        return WriterResponse(stream)

    found = await answer(application(subscribe), "/subscribe", headers={"authorization": "ada"})

    assert found.body == b'event: datastar-patch-signals\ndata: signals {"user":"ada"}\n\n'
    assert ("content-type", "text/event-stream") in found.headers


async def test_a_method_of_a_controller_can_return_a_stream() -> None:
    async def stream(c: Context, w: Writer) -> None:
        w.text("room")

    class Rooms(Controller):
        path = "/rooms"

        @get("/{number:int}")
        async def room(self, number: FromPath[int]) -> WriterResponse:
            return WriterResponse(stream)

    assert (await answer(application(Rooms), "/rooms/7")).body == b"room"


async def test_a_yielding_dependency_is_closed_before_the_response() -> None:
    steps: list[str] = []

    async def session() -> AsyncIterator[str]:
        steps.append("open")
        yield "session"
        steps.append("close")

    @get("/", dependencies={"session": session})
    @endpoint
    async def home(c: Context, w: Writer, session: NamedDependency[str]) -> None:
        steps.append(session)

    await answer(application(home), "/")

    assert steps == ["open", "close", "session"]


async def test_headers_and_cookies_of_all_layers_and_the_handler_are_merged() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.headers["x-handler"] = "1"
        w.cookie("theme", "dark")
        w.text("made")

    @get("/", response_headers={"X-Route": "3"})
    async def make() -> WriterResponse:
        return WriterResponse(
            handler,
            headers={"X-Route": "2", "X-Handler": "other"},
            cookies=[Cookie(key="session", value="7")],
        )

    assert await answer(application(make), "/") == Answer(
        status=200,
        headers=[
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", "4"),
            ("cache-control", "max-age=0, private, must-revalidate"),
            ("x-handler", "1"),
            ("set-cookie", "theme=dark; Path=/; HttpOnly; SameSite=Lax"),
            ("x-route", "2"),
            ("set-cookie", "session=7; Path=/; SameSite=lax"),
        ],
        body=b"made",
    )


async def test_background_tasks_run_after_the_response() -> None:
    done: list[str] = []

    async def note(what: str) -> None:
        done.append(what)

    async def handler(c: Context, w: Writer) -> None:
        w.text("x")
        done.append("handler")

    @get("/")
    async def home() -> WriterResponse:
        return WriterResponse(handler, background=BackgroundTask(note, "task"))

    await answer(application(home), "/")

    assert done == ["handler", "task"]


async def test_the_schema_shows_parameters() -> None:
    @get("/rooms/{number:int}", summary="Show a room")
    @endpoint
    async def room(c: Context, w: Writer, number: FromPath[int]) -> None: ...

    operation = application(room).openapi_schema.to_schema()["paths"]["/rooms/{number}"]["get"]

    assert operation["summary"] == "Show a room"
    assert [parameter["name"] for parameter in operation["parameters"]] == ["number"]


async def test_litestars_own_request_reads_the_same_body() -> None:
    @post("/")
    @endpoint
    async def handler(c: Context, w: Writer) -> None:
        own: Request[Any, Any, Any] = c.request
        w.json([(await c.body()).decode(), (await own.body()).decode(), await own.json()])

    assert (await answer(application(handler), "/", "POST", b"[1]")).body == b'["[1]","[1]",[1]]'


async def test_a_body_that_data_has_read_can_be_read_again() -> None:
    @post("/")
    @endpoint
    async def add(c: Context, w: Writer, data: JSONBody[dict[str, int]]) -> None:
        w.json([data, (await c.body()).decode(), await c.signals(), await c.request.json()])

    assert (await answer(application(add), "/", "POST", b'{"a":1}')).body == (
        b'[{"a":1},"{\\"a\\":1}",{"a":1},{"a":1}]'
    )


async def test_a_body_that_a_dependency_has_read_can_be_read_again() -> None:
    async def read(request: Request[Any, Any, Any]) -> bytes:
        return await request.body()

    async def stream(c: Context, w: Writer) -> None:
        w.json([(await c.body()).decode(), await c.signals()])

    @post("/", dependencies={"read": read})
    async def returned(read: NamedDependency[bytes]) -> WriterResponse:
        return WriterResponse(stream)

    assert (await answer(application(returned), "/", "POST", b"{}")).body == b'["{}",{}]'


async def read_before(c: Context, w: Writer) -> None:
    with pytest.raises(MomentError) as caught:
        await c.body()
    w.json([caught.value.what, (await c.request.form())["name"], await c.signals()])


async def test_a_form_that_was_read_is_available_only_as_a_form() -> None:
    async def read(request: Request[Any, Any, Any]) -> None:
        await request.form()

    @post("/", dependencies={"read": read})
    async def rename(read: NamedDependency[None]) -> WriterResponse:
        return WriterResponse(read_before)

    assert (await answer(application(rename), "/", "POST", PARTS, MULTIPART)).body == (
        b'["cannot read a body that was read before","Ada",{}]'
    )


async def test_a_form_that_a_middleware_has_read_is_available_only_as_a_form() -> None:
    def reading(app: ASGIApp) -> ASGIApp:
        async def middleware(scope: Any, receive: Any, send: Any) -> None:
            await Request[Any, Any, Any](scope, receive).form()
            await app(scope, receive, send)

        return middleware

    @post("/", middleware=[reading])
    async def rename() -> WriterResponse:
        return WriterResponse(read_before)

    assert (await answer(application(rename), "/", "POST", PARTS, MULTIPART)).body == (
        b'["cannot read a body that was read before","Ada",{}]'
    )


async def test_an_http_exception_is_handled_by_litestar() -> None:
    @get("/")
    @endpoint
    async def handler(c: Context, w: Writer) -> None:
        raise HTTPException("teapot", status_code=418)

    found = await answer(application(handler), "/")

    assert (found.status, found.body) == (418, b'{"status_code":418,"detail":"teapot"}')
