"""Starlette: handlers as routes, with Starlette's own request."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fatmorph import Element, fragment, h
from fatmorph.adapters.starlette import route
from fatmorph.context import Context
from fatmorph.errors import MomentError
from fatmorph.writer import Writer

FORM = b"name=Ada&n=1"


async def answer(
    app: Starlette, path: str, method: str = "GET", body: bytes = b""
) -> tuple[int, bytes]:
    """Return the status and the body of the application's answer."""
    sent: list[MutableMapping[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ],
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message["body"] for message in sent[1:])


async def hello(c: Context, w: Writer) -> None:
    w.text(f"{c.method} {c.path_params}")


async def test_a_handler_is_a_route_with_parameters_and_methods() -> None:
    app = Starlette(routes=[route("/rooms/{room:int}", hello, methods=["GET", "DELETE"])])

    answers = [
        await answer(app, "/rooms/3"),
        await answer(app, "/rooms/3", "DELETE"),
        await answer(app, "/rooms/3", "HEAD"),
        (await answer(app, "/rooms/3", "POST"))[0],
        (await answer(app, "/rooms/a"))[0],
    ]

    assert answers == [
        (200, b"GET {'room': 3}"),
        (200, b"DELETE {'room': 3}"),
        (200, b""),
        405,
        404,
    ]


async def test_a_single_method_can_be_given_without_a_list() -> None:
    app = Starlette(routes=[route("/", hello, methods="POST")])

    assert [await answer(app, "/", "POST"), (await answer(app, "/"))[0]] == [(200, b"POST {}"), 405]


async def test_a_route_has_the_name_of_its_handler_or_the_given_name() -> None:
    app = Starlette(routes=[route("/a", hello), route("/b", hello, name="other")])

    assert [app.url_path_for("hello"), app.url_path_for("other")] == ["/a", "/b"]


async def test_starlettes_own_request_reads_the_same_body_before_and_after() -> None:
    async def handler(c: Context, w: Writer) -> None:
        request: Request = c.request
        first = await c.body()
        second = await request.body()
        w.json([first.decode(), second.decode(), (await c.body()).decode()])

    app = Starlette(routes=[route("/", handler, methods=["POST"])])

    assert await answer(app, "/", "POST", FORM) == (
        200,
        b'["name=Ada&n=1","name=Ada&n=1","name=Ada&n=1"]',
    )


async def test_starlettes_own_request_can_read_the_body_first() -> None:
    async def handler(c: Context, w: Writer) -> None:
        parts = [part.decode() async for part in c.request.stream()]
        w.json([parts, (await c.body()).decode(), await c.signals()])

    app = Starlette(routes=[route("/", handler, methods=["POST"])])

    assert await answer(app, "/", "POST", FORM) == (
        200,
        b'[["name=Ada&n=1",""],"name=Ada&n=1",{}]',
    )


@pytest.mark.parametrize("read", [Request.body, Request.json])
async def test_a_body_that_a_middleware_has_read_can_be_read_again(
    read: Callable[[Request], Awaitable[object]],
) -> None:
    async def middleware(request: Request, call_next: RequestResponseEndpoint) -> Response:
        await read(request)
        return await call_next(request)

    async def handler(c: Context, w: Writer) -> None:
        w.json([(await c.body()).decode(), await c.request.json()])

    app = Starlette(
        routes=[route("/", handler, methods="POST")],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=middleware)],
    )

    assert await answer(app, "/", "POST", b"[1]") == (200, b'["[1]",[1]]')


async def test_reading_a_body_after_a_middleware_read_its_form_is_an_error() -> None:
    async def middleware(request: Request, call_next: RequestResponseEndpoint) -> Response:
        await request.form()
        return await call_next(request)

    async def handler(c: Context, w: Writer) -> None:
        await c.body()

    app = Starlette(
        routes=[route("/", handler, methods="POST")],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=middleware)],
    )

    with pytest.raises(MomentError, match="cannot read a body that was read before"):
        await answer(app, "/", "POST", FORM)


async def test_an_http_exception_is_handled_by_starlette() -> None:
    async def handler(c: Context, w: Writer) -> None:
        raise HTTPException(418, "teapot")

    app = Starlette(routes=[route("/", handler)])

    assert await answer(app, "/") == (418, b"teapot")


@pytest.mark.parametrize("view", [h.p("naïve"), fragment(h.p("naïve"))])
def test_a_view_is_the_content_of_a_response(view: Element) -> None:
    response = HTMLResponse(view, 201)

    assert (response.status_code, response.body) == (201, "<p>naïve</p>".encode())
    assert response.headers["content-length"] == "13"
