"""A browser with many streams over HTTP/1.1 is logged once: it has only six connections."""

import asyncio
import logging
from types import SimpleNamespace

import pytest

from fatmorph import Context, Relay, Writer
from fatmorph.adapters import _respond, respond
from fatmorph.adapters._connections import Connections
from fatmorph.counters import COUNTERS
from fatmorph.testing import MemoryClient
from transports import turns

SCOPE = {"client": ("10.0.0.1", 50000), "http_version": "1.1"}
REQUESTS = {
    "ASGI": SCOPE,
    "a framework on ASGI": SimpleNamespace(scope=SCOPE),
    "aiohttp": SimpleNamespace(remote="10.0.0.1", version=SimpleNamespace(major=1, minor=1)),
    "Sanic": SimpleNamespace(ip="10.0.0.1", version="1.1"),
}
OTHERS = {
    "HTTP/2": {**SCOPE, "http_version": "2"},
    "a Unix socket": {**SCOPE, "client": None},
    "aiohttp without an address": SimpleNamespace(
        remote=None, version=SimpleNamespace(major=1, minor=1)
    ),
    "no request": None,
}


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with no streams, and with nothing logged."""
    monkeypatch.setattr(_respond, "_connections", Connections())


async def warnings(
    caplog: pytest.LogCaptureFixture, request: object, *headers: tuple[str, str], count: int = 6
) -> list[str]:
    """Return what is logged while a number of streams are open."""

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Relay[str]().subscribe("*")):
            pass

    clients = [MemoryClient() for _ in range(count)]
    tasks = []
    for number, client in enumerate(clients):
        marks = [("fatmorph-page", f"page{number}"), *headers]
        context = Context(method="GET", path="/", headers=marks, request=request)
        tasks.append(asyncio.create_task(respond(handler, context, client)))
        await turns()
    for client in clients:
        client.leave()
    await asyncio.gather(*tasks)
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


@pytest.mark.parametrize("name", REQUESTS)
async def test_more_than_four_streams_of_one_browser_are_logged_once(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    logged = await warnings(caplog, REQUESTS[name])

    assert [text.partition(",")[0] for text in logged] == ["a browser has 5 streams over HTTP/1.1"]


async def test_four_streams_are_not_logged_however_often_they_are_opened(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        logged = await warnings(caplog, SCOPE, count=4)

    assert logged == []


@pytest.mark.parametrize("name", OTHERS)
async def test_streams_of_other_protocols_are_not_counted(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    assert await warnings(caplog, OTHERS[name]) == []


@pytest.mark.parametrize("header", ["forwarded", "via", "x-forwarded-for", "x-real-ip"])
async def test_streams_through_a_proxy_are_not_counted(
    caplog: pytest.LogCaptureFixture, header: str
) -> None:
    assert await warnings(caplog, SCOPE, (header, "10.0.0.2")) == []


async def test_streams_over_http_1_0_are_logged_once_even_if_a_proxy_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    old = {**SCOPE, "http_version": "1.0"}

    logged = await warnings(caplog, old, ("x-forwarded-for", "10.0.0.2"))

    assert [text.partition(",")[0] for text in logged] == ["a stream is sent over HTTP/1.0"]
    assert logged[0].endswith("proxy_http_version 1.1;")


@pytest.mark.parametrize(
    "request_",
    [
        SimpleNamespace(remote=None, version=SimpleNamespace(major=1, minor=0)),
        SimpleNamespace(ip="10.0.0.1", version="1.0"),
        SimpleNamespace(scope={"client": None, "http_version": "1.0"}),
    ],
    ids=["aiohttp", "Sanic", "a framework on ASGI"],
)
async def test_every_framework_knows_the_version(
    caplog: pytest.LogCaptureFixture, request_: object
) -> None:
    logged = await warnings(caplog, request_, count=1)

    assert [text.partition(",")[0] for text in logged] == ["a stream is sent over HTTP/1.0"]


async def test_a_whole_response_over_http_1_0_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.text("whole")

    old = {**SCOPE, "http_version": "1.0"}
    await respond(handler, Context(method="GET", path="/", request=old), MemoryClient())

    assert caplog.records == []


async def test_streams_that_use_up_the_files_of_the_process_are_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fatmorph.adapters._connections._file_limit", lambda: 8)
    monkeypatch.setattr(_respond, "_connections", Connections())
    monkeypatch.setattr(COUNTERS, "streams_open", 0)

    logged = await warnings(caplog, None, count=9)

    assert [text.partition(",")[0] for text in logged] == ["6 streams are open"]
    assert logged[0].endswith("Raise the limit: ulimit -n 65536 (systemd: LimitNOFILE=65536)")


async def test_a_relay_in_memory_of_one_of_several_workers_is_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATMORPH_WORKERS", "4")

    logged = await warnings(caplog, None, count=2)

    assert [text.partition(",")[0] for text in logged] == [
        "a stream waits for a Relay of this process"
    ]


async def test_a_relay_of_the_only_process_is_not_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATMORPH_WORKERS", "1")

    assert await warnings(caplog, None, count=1) == []


async def test_a_stream_without_a_relay_is_not_logged_in_a_worker(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATMORPH_WORKERS", "4")

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(max_rate=100):
            break

    await respond(handler, Context(method="GET", path="/"), MemoryClient())

    assert caplog.records == []
