"""aiohttp: handlers notice that their client left, with and without handler cancellation."""

import gzip
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import ClientSession, StreamReader, web

from fatmorph import Context, Writer
from fatmorph.adapters.aiohttp import endpoint
from fatmorph.errors import BodyError
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
async def upload(c: Context, w: Writer) -> None:
    """Read the body twice, and through both."""
    outcomes: list[object] = []
    for max_bytes in (100_000, 10_000_000):
        try:
            outcomes.append(len(await c.body(max_bytes=max_bytes)))
        except BodyError:
            outcomes.append(None)
    outcomes.append(len(await c.request.text()) if outcomes[1] is not None else None)
    w.json(outcomes)


@endpoint
async def missing(c: Context, w: Writer) -> None:
    raise web.HTTPNotFound


@endpoint
async def where(c: Context, w: Writer) -> None:
    w.json([c.root_path, c.path, c.url("/cart")])


def application_with_where() -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/where", where)])
    return app


@pytest.fixture(params=[True, False], ids=["cancels", "leaves alone"])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Return the address of a server that cancels handlers, or of one that does not."""
    steps.clear()
    sources[:] = [Source()]
    app = web.Application()
    app.add_routes(
        [
            web.post("/rooms/{number}", room),
            web.post("/upload", upload),
            web.get("/subscribe", subscribe),
            web.get("/missing", missing),
        ]
    )
    inner, outer, alone = (application_with_where() for _ in range(3))
    outer.add_subapp("/inner", inner)
    app.add_subapp("/shop/", outer)
    app.add_domain("shop.example", alone)
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


@pytest.mark.parametrize(
    ("path", "headers", "found"),
    [
        ("/shop/where", {}, ["/shop", "/shop/where", "/shop/cart"]),
        ("/shop/inner/where", {}, ["/shop/inner", "/shop/inner/where", "/shop/inner/cart"]),
        ("/where", {"host": "shop.example"}, ["", "/where", "/cart"]),
    ],
)
async def test_a_sub_application_has_its_prefix(
    url: str, path: str, headers: dict[str, str], found: list[str]
) -> None:
    async with ClientSession() as client, client.get(url + path, headers=headers) as response:
        assert await response.json() == found


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.fixture
async def lax_url() -> AsyncIterator[str]:
    """Return the address of a server that takes bodies of every size."""
    app = web.Application(client_max_size=0)
    app.add_routes([web.post("/upload", upload)])
    runner = web.AppRunner(app, lingering_time=0.1)  # for what the client does not send any more
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield "http://{}:{}".format(*runner.addresses[0])
    await runner.cleanup()


SIZE = 5_000_000


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"x" * 1000, {}, [1000, 1000, 1000]),
        (BytesIO(b"x" * SIZE), {}, [None, SIZE, SIZE]),
        (chunks(b"x" * 1000), {}, [1000, 1000, 1000]),
        (chunks(b"x" * SIZE), {}, [None, None, None]),
        (gzip.compress(b"x" * 1000), {"content-encoding": "gzip"}, [1000, 1000, 1000]),
        (gzip.compress(b"x" * SIZE), {"content-encoding": "gzip"}, [None, None, None]),
    ],
    ids=["length", "too long", "chunks", "too many chunks", "compressed", "too much compressed"],
)
async def test_a_body_is_read_as_far_as_it_goes_and_is_aiohttps_as_well(
    lax_url: str,
    body: object,
    headers: dict[str, str],
    expected: list[int | None],
) -> None:
    async with (
        ClientSession(headers=headers) as client,
        client.post(f"{lax_url}/upload", data=body) as response,
    ):
        found = await response.json()

    assert found == expected


async def test_a_body_that_is_too_large_is_read_one_byte_past_the_limit_at_most(
    lax_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_bytes: list[int] = []
    read = StreamReader.read

    async def counted(self: StreamReader, size: int = -1) -> bytes:
        part = await read(self, size)
        read_bytes.append(len(part))
        return part

    monkeypatch.setattr(StreamReader, "read", counted)
    async with ClientSession() as client:
        await client.post(f"{lax_url}/upload", data=chunks(b"x" * SIZE))

    assert sum(read_bytes) == 100_001


async def test_a_body_larger_than_aiohttps_limit_is_a_413(url: str) -> None:
    async with ClientSession() as client:
        response = await client.post(f"{url}/upload", data=BytesIO(b"x" * 1_048_577))

    assert response.status == 413


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
