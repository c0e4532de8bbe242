"""Sanic: handlers with Sanic's own request, middleware and errors."""

import asyncio
import json
from collections.abc import AsyncIterator
from http.client import HTTPConnection

import pytest
from sanic import HTTPResponse, NotFound, Request, Sanic

from clients import Events, request
from fatmorph import Context, Writer
from fatmorph.adapters.sanic import endpoint
from fatmorph.errors import BodyError
from servers import free_port
from transports import Source

steps: list[str] = []
sources: list[Source] = []


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Return the port of Sanic's own server, which runs in this process."""
    steps.clear()
    sources[:] = [Source()]
    Sanic.test_mode = True
    app = Sanic("unit", configure_logging=False)

    @app.post("/rooms/<number:int>")
    @endpoint
    async def room(c: Context, w: Writer) -> None:
        w.json([c.path_params["number"], c.request.json, (await c.body()).decode()])

    @app.post("/streamed", stream=True)
    @endpoint
    async def streamed(c: Context, w: Writer) -> None:
        outcomes: list[str | None] = []
        for max_bytes in (int(c.query["first"]), 100):
            try:
                outcomes.append((await c.body(max_bytes=max_bytes)).decode())
            except BodyError:
                outcomes.append(None)
        w.json(outcomes)

    @app.get("/missing")
    @endpoint
    async def missing(c: Context, w: Writer) -> None:
        raise NotFound

    @app.route("/subscribe", methods=["GET", "HEAD"])
    @endpoint
    async def subscribe(c: Context, w: Writer) -> None:
        async for text in w.alive(sources[0]):
            w.patch_signals({"news": text})
        steps.append("cleaned up")

    app.config.FORWARDED_SECRET = "unit"

    @app.get("/<rest:path>")
    @endpoint
    async def where(c: Context, w: Writer) -> None:
        w.json([c.root_path, c.path, c.url("/cart")])

    @app.on_response
    async def trace(request: Request, response: HTTPResponse) -> None:
        response.headers["x-trace"] = request.name

    number = free_port()
    server = await app.create_server("127.0.0.1", number, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.start_serving()
    yield number
    await server.close()


async def test_a_handler_has_sanics_parameters_its_request_and_its_middleware(port: int) -> None:
    response, body = await asyncio.to_thread(request, port, "/rooms/7", "POST", b"[1]")

    assert (body, response.getheader("x-trace")) == (b'[7,[1],"[1]"]', "unit.room")


@pytest.mark.parametrize(("first", "outcomes"), [(100, b'["body","body"]'), (3, b"[null,null]")])
async def test_the_body_of_a_streaming_route_is_read_up_to_the_first_limit(
    port: int, first: int, outcomes: bytes
) -> None:
    path = f"/streamed?first={first}"

    _, body = await asyncio.to_thread(request, port, path, "POST", b"body")

    assert body == outcomes


async def test_sanics_own_exceptions_work(port: int) -> None:
    response, _ = await asyncio.to_thread(request, port, "/missing")

    assert response.status == 404


async def test_a_stream_starts_at_once_and_its_loop_ends_when_the_client_leaves(port: int) -> None:
    async with Events(port, "/subscribe") as events:
        await events.until(b"text/event-stream")
        sources[0].queue.put_nowait("hello")
        await events.until(b'{"news":"hello"}')
    async with asyncio.timeout(30):
        while not steps:
            await asyncio.to_thread(request, port, "/missing")

    assert (steps, sources[0].is_closed) == (["cleaned up"], True)


async def test_the_head_of_a_stream_ends_at_once_and_without_an_error(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def heads() -> list[int]:
        """Ask twice on one connection."""
        found = []
        for _ in range(2):
            connection.request("HEAD", "/subscribe")
            response = connection.getresponse()
            response.read()
            found.append(response.status)
        connection.close()
        return found

    statuses = await asyncio.to_thread(heads)

    assert (statuses, steps) == ([200, 200], ["cleaned up"] * 2)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    ("path", "forwarded", "found"),
    [
        ("/where", 'secret=unit;path="/shop/where"', ["/shop", "/shop/where", "/shop/cart"]),
        ("/where", 'secret=unit;path="/s/where?q=/where"', ["/s", "/s/where", "/s/cart"]),
        ("/where", 'secret=unit;path="/r%C3%A4/where"', ["/rä", "/rä/where", "/r%C3%A4/cart"]),
        ("/where%3Fa", 'secret=unit;path="/s/where%3Fa"', ["/s", "/s/where?a", "/s/cart"]),
        ("/where", 'secret=unit;path="/where"', ["", "/where", "/cart"]),
        ("/where", 'secret=unit;path="/elsewhere/"', ["", "/where", "/cart"]),
        ("/where", 'secret=other;path="/shop/where"', ["", "/where", "/cart"]),
    ],
)
async def test_the_prefix_is_that_of_a_proxy_that_sanic_trusts(
    port: int, path: str, forwarded: str, found: list[str]
) -> None:
    headers = {"forwarded": forwarded}

    _, body = await asyncio.to_thread(request, port, path, "GET", None, headers)

    assert json.loads(body) == found
