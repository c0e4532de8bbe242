"""Writers and threads: only its own event loop may use a Writer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from inspect import isawaitable
from typing import Any

import pytest

from fatmorph import Relay, h
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.errors import MomentError
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer
from transports import Source, turns

Call = Callable[[Writer], Any]


async def iterate(w: Writer, items: AsyncIterator[Any]) -> None:
    async for _ in items:
        w.patch_signals({"never": 1})


async def stay(w: Writer) -> None:
    async with w.alive():
        w.patch_signals({"never": 1})


CALLS: dict[str, Call] = {
    "html": lambda w: w.html(h.p("never")),
    "text": lambda w: w.text("never"),
    "json": lambda w: w.json("never"),
    "empty": lambda w: w.empty(),
    "redirect": lambda w: w.redirect("/never"),
    "patch": lambda w: w.patch(h.p("never", id="a")),
    "patch_signals": lambda w: w.patch_signals({"never": 1}),
    "remove": lambda w: w.remove("#never"),
    "execute": lambda w: w.execute("never()"),
    "navigate": lambda w: w.navigate("/never"),
    "alive": lambda w: w.alive(),
    "a loop": lambda w: iterate(w, w.alive(Source("never"))),
    "a block": stay,
    "live": lambda w: w.live(lambda: h.p("never"), Source()),
    "drain": lambda w: w.drain(),
    "is_closed": lambda w: w.is_closed,
    "finish": lambda w: w.finish(),
    "abort": lambda w: w.abort(),
}


def without_a_loop(call: Call, w: Writer) -> None:
    """Call, and take the first step of what is to be awaited."""
    called = call(w)
    while isawaitable(called):
        called = next(called.__await__())


def in_a_loop(call: Call, w: Writer) -> None:
    """Call in an event loop of this thread's own, and await what is to be awaited."""

    async def main() -> None:
        called = call(w)
        while isawaitable(called):
            called = await called

    asyncio.run(main())


async def fresh(client: MemoryClient) -> Writer:
    return HandledWriter(client)


async def holding(client: MemoryClient) -> Writer:
    w = HandledWriter(client, is_datastar=True)
    w.patch_signals({"first": 1})
    return w


async def streaming(client: MemoryClient) -> Writer:
    w = HandledWriter(client)
    w.patch_signals({"first": 1})
    await w.drain()
    return w


async def watched(client: MemoryClient) -> Writer:
    w = await streaming(client)
    assert not w.is_closed
    return w


async def left(client: MemoryClient) -> Writer:
    w = await watched(client)
    client.leave()
    await turns()
    return w


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("elsewhere", [without_a_loop, in_a_loop])
@pytest.mark.parametrize("make", [fresh, holding, streaming, watched])
async def test_a_writer_cannot_be_used_in_another_thread(
    make: Callable[[MemoryClient], Coroutine[Any, Any, Writer]],
    elsewhere: Callable[[Call, Writer], None],
    call: Call,
) -> None:
    client = MemoryClient()
    w = await make(client)

    with pytest.raises(MomentError, match="outside of the event loop that serves its request"):
        await asyncio.to_thread(elsewhere, call, w)
    w.patch_signals({"last": 1})
    await w.finish()

    assert (b"never" in client.body, b'{"last":1}' in client.body) == (False, True)
    assert client.is_complete


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("elsewhere", [without_a_loop, in_a_loop])
async def test_another_thread_is_refused_after_the_client_left(
    elsewhere: Callable[[Call, Writer], None], call: Call
) -> None:
    w = await left(MemoryClient())

    with pytest.raises(MomentError, match="outside of the event loop that serves its request"):
        await asyncio.to_thread(elsewhere, call, w)
    await w.finish()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_writer_cannot_be_used_in_the_next_event_loop_of_its_thread(call: Call) -> None:
    w = asyncio.run(streaming(MemoryClient()))

    with pytest.raises(MomentError, match="MainThread', in which another event loop runs"):
        in_a_loop(call, w)


async def iterate_on(loop: AsyncIterator[object]) -> None:
    await anext(loop)


STEPS: dict[str, Call] = {
    "begun": aiter,
    "iterated": iterate_on,
    "entered": lambda loop: loop.__aenter__(),
    "closed": lambda loop: loop.aclose(),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("elsewhere", [without_a_loop, in_a_loop])
@pytest.mark.parametrize("source", [None, Source("never"), Relay[str]().subscribe("*")])
async def test_a_loop_of_a_handler_cannot_be_used_in_another_thread(
    source: AsyncIterator[Any] | None, elsewhere: Callable[[Call, Any], None], step: Call
) -> None:
    w = await streaming(MemoryClient())
    loop = aiter(w.alive(source))

    with pytest.raises(MomentError, match="outside of the event loop"):
        await asyncio.to_thread(elsewhere, step, loop)
    await w.abort()


async def test_the_line_that_the_error_names_works() -> None:
    client = MemoryClient()
    w = await streaming(client)
    loop = asyncio.get_running_loop()

    await asyncio.to_thread(loop.call_soon_threadsafe, w.patch, h.p("hello", id="a"))
    await turns()
    await w.finish()

    assert b'<p id="a">hello</p>' in client.body


async def test_a_relay_publishes_from_any_thread() -> None:
    client = MemoryClient()
    relay = Relay[str]()
    w = await streaming(client)

    async def handler() -> None:
        async for _, text in w.alive(relay.subscribe("*")):
            w.patch_signals({"news": text})
            break

    task = asyncio.create_task(handler())
    await turns()
    await asyncio.to_thread(relay.publish, "news", "hello")
    await task
    await w.finish()

    assert b'{"news":"hello"}' in client.body
