"""aiohttp: handlers notice that their client left, with and without handler cancellation."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from fatmorph import Context, Writer
from fatmorph.adapters.aiohttp import endpoint
from transports import Source, turns

steps: list[str] = []
sources: list[Source] = []


@endpoint
async def room(c: Context, w: Writer) -> None:
    """Read the body through aiohttp's request and through the context."""
    w.json([c.path_params["number"], await c.request.text(), (await c.body()).decode()])


@endpoint
async def subscribe(c: Context, w: Writer) -> None:
    async for text in w.alive(sources[0]):
        w.patch_signals({"news": text})
    steps.append("cleaned up")


@endpoint
async def missing(c: Context, w: Writer) -> None:
    raise web.HTTPNotFound


@pytest.fixture(params=[True, False], ids=["cancels", "leaves alone"])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Return the address of a server that cancels handlers, or of one that does not."""
    steps.clear()
    sources[:] = [Source()]
    app = web.Application()
    app.add_routes(
        [
            web.post("/rooms/{number}", room),
            web.get("/subscribe", subscribe),
            web.get("/missing", missing),
        ]
    )
    runner = web.AppRunner(app, handler_cancellation=request.param)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield "http://{}:{}".format(*runner.addresses[0])
    await runner.cleanup()


async def test_a_handler_has_aiohttps_parameters_and_its_request(url: str) -> None:
    async with ClientSession() as client, client.post(f"{url}/rooms/7", data="Ada") as response:
        found = await response.json()

    assert found == ["7", "Ada", "Ada"]


async def test_aiohttps_own_exceptions_work(url: str) -> None:
    async with ClientSession() as client, client.get(f"{url}/missing") as response:
        assert response.status == 404


async def test_a_client_that_leaves_ends_the_loop(url: str) -> None:
    async with ClientSession() as client:
        response = await client.get(f"{url}/subscribe")
        sources[0].queue.put_nowait("hello")
        await response.content.readuntil(b"\n\n")
        response.close()
        while not steps:
            await turns()

    assert (steps, sources[0].is_closed) == (["cleaned up"], True)
