"""A stream that the server's stop has ended stays incomplete, so that its page comes back."""

import asyncio

import pytest

from fatmorph import Context, Writer, shutdown
from fatmorph.adapters import Handler, respond
from fatmorph.testing import MemoryClient
from transports import Source, turns


class Stoppable:
    """A stream of another application: a server without streams has nothing to stop."""

    def end(self) -> None: ...

    def cancel(self) -> None: ...


async def stopped_in(handler: Handler, method: str = "GET") -> MemoryClient:
    """Return the client of a handler that runs while the server stops."""
    other, transport = Stoppable(), MemoryClient()
    shutdown.register(other)
    shutdown.stop()
    await turns()
    await asyncio.create_task(respond(handler, Context(method=method, path="/"), transport))
    return transport


async def subscribe(c: Context, w: Writer) -> None:
    w.patch_signals({"joined": True})
    async for _ in w.alive(Source()):
        pass


async def test_a_stream_that_opens_while_the_server_stops_breaks_off() -> None:
    transport = await stopped_in(subscribe)

    assert transport.body == b'event: datastar-patch-signals\ndata: signals {"joined":true}\n\n'
    assert not transport.is_complete


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
async def test_a_response_that_must_not_be_repeated_is_completed(method: str) -> None:
    transport = await stopped_in(subscribe, method)

    assert transport.is_complete


async def test_events_without_a_wait_are_completed() -> None:
    async def answer(c: Context, w: Writer) -> None:
        w.patch_signals({"half": 1})
        await w.drain()
        w.patch_signals({"half": 2})

    transport = await stopped_in(answer)

    assert transport.is_complete


async def test_a_page_is_completed() -> None:
    async def page(c: Context, w: Writer) -> None:
        w.json([1])

    transport = await stopped_in(page)

    assert (transport.body, transport.is_complete) == (b"[1]", True)
