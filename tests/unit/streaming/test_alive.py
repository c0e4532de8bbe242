"""Alive: what ends it, what it never cuts short, what it leaves behind."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from fatmorph import Relay
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.errors import ResponseError
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from transports import Clock, Source, turns


class Ending(MemoryClient):
    """Leave as soon as a part with this text arrives."""

    def __init__(self, last: bytes) -> None:
        super().__init__()
        self.last = last

    async def send(self, data: bytes, *, more: bool) -> None:
        await super().send(data, more=more)
        if self.last in data:
            self.leave()


async def test_a_loop_gives_the_items_of_its_source_and_ends_with_it() -> None:
    async def source() -> AsyncIterator[str]:
        yield "a"
        yield "b"

    writer = HandledWriter(MemoryClient())

    items = [item async for item in writer.alive(source())]

    assert items == ["a", "b"]


async def test_a_loop_without_a_source_runs_until_the_client_leaves() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    items = []

    async for item in writer.alive():
        items.append(item)
        transport.leave() if len(items) == 3 else None
        await turns()

    assert items == [None, None, None]


async def test_a_loop_that_waits_for_an_item_ends_when_the_client_leaves() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source("a")
    items = []

    async for item in writer.alive(source):
        items.append(item)
        transport.leave()

    assert (items, source.is_closed) == (["a"], True)
    assert asyncio.current_task().cancelling() == 0


async def test_a_loop_ends_before_its_first_item() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source()
    transport.leave()

    items = [item async for item in writer.alive(source)]

    assert (items, source.is_closed) == ([], True)


async def test_a_loop_that_begins_after_the_end_does_not_begin() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    transport.leave()
    async with writer.alive():
        await asyncio.Future()
    source = Source("a")

    items = [item async for item in writer.alive(source)]

    assert (items, source.is_closed) == ([], True)


async def test_a_loop_waits_for_the_socket_before_its_next_item() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source("a", "b")
    items = []

    async def handle() -> None:
        async for item in writer.alive(source):
            items.append(item)
            transport.stop_reading()
            writer.remove(f"#{item}")

    handler = asyncio.create_task(handle())
    await turns()
    while_stalled = list(items)
    transport.read_on()
    await turns()
    transport.leave()
    await handler

    assert (while_stalled, items) == (["a"], ["a", "b"])


async def test_a_loop_that_waits_for_the_socket_ends_when_the_client_leaves() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source("a", "b")
    items = []

    async def handle() -> None:
        async for item in writer.alive(source):
            items.append(item)
            transport.stop_reading()
            writer.remove(f"#{item}")

    handler = asyncio.create_task(handle())
    await turns()
    transport.leave()
    await handler

    assert (items, source.is_closed) == (["a"], True)


async def test_the_body_of_a_loop_is_not_cut_short() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    done = []

    async for item in writer.alive(Source("a", "b")):
        transport.leave()
        await turns()
        done.append(item)

    assert done == ["a"]


async def test_an_item_in_whose_making_the_stream_is_cut_is_watched_no_longer() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, settings=Settings(max_buffered_bytes=1))
    cleaned = []

    async def source() -> AsyncIterator[str]:
        transport.stop_reading()
        writer.remove("#first")
        await turns()
        writer.remove("#too-much")
        writer.remove("#cut")
        try:
            await asyncio.Future()
            yield "never"
        finally:
            await turns()
            cleaned.append("source")

    items = [item async for item in writer.alive(source())]
    await turns()

    assert (items, cleaned, writer.is_closed) == ([], ["source"], True)
    assert asyncio.current_task().cancelling() == 0


async def test_a_generator_that_waits_runs_its_finally() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    cleaned = []

    async def source() -> AsyncIterator[str]:
        try:
            yield "a"
            await asyncio.Future()
        finally:
            await turns()
            cleaned.append("source")

    async for _ in writer.alive(source()):
        transport.leave()

    assert cleaned == ["source"]


async def test_a_generator_that_has_just_yielded_runs_its_finally() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    cleaned = []

    async def source() -> AsyncIterator[str]:
        try:
            yield "a"
        finally:
            cleaned.append("source")

    async for _ in writer.alive(source()):
        transport.leave()
        await turns()

    assert cleaned == ["source"]


async def test_a_source_that_takes_the_cancellation_for_its_own_leaves_none_pending() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async def source() -> AsyncIterator[str]:
        yield "a"
        try:
            await asyncio.Future()
        except asyncio.CancelledError:
            yield "b"

    items = []
    async for item in writer.alive(source()):
        items.append(item)
        transport.leave()

    assert items == ["a", "b"]
    assert asyncio.current_task().cancelling() == 0


async def test_an_error_of_the_source_is_raised_in_the_loop() -> None:
    async def source() -> AsyncIterator[str]:
        yield "a"
        raise LookupError("bug")

    writer = HandledWriter(MemoryClient())

    with pytest.raises(LookupError, match="bug"):
        async for _ in writer.alive(source()):
            pass


async def test_an_error_of_the_source_at_the_end_leaves_no_cancellation_pending() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async def source() -> AsyncIterator[str]:
        yield "a"
        try:
            await asyncio.Future()
        finally:
            raise LookupError("bug")

    with pytest.raises(LookupError, match="bug"):
        async for _ in writer.alive(source()):
            transport.leave()

    assert asyncio.current_task().cancelling() == 0


async def test_an_error_in_the_body_closes_the_source_when_the_handler_has_failed() -> None:
    writer = HandledWriter(MemoryClient())
    source = Source("a")

    with pytest.raises(LookupError):
        async for _ in writer.alive(source):
            raise LookupError
    await writer.abort()

    assert source.is_closed


async def test_a_loop_that_waits_for_a_message_ends_when_the_client_leaves() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    relay = Relay[str]()

    async def handle() -> list[tuple[str, str]]:
        return [item async for item in writer.alive(relay.subscribe("*"))]

    handler = asyncio.create_task(handle())
    await turns()
    relay.publish("join", "ada")
    await turns()
    transport.leave()
    items = await handler

    assert (items, relay.subscription_count, handler.cancelling()) == ([("join", "ada")], 0, 0)


async def test_a_message_at_the_moment_of_the_end_is_not_given() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    relay = Relay[str]()

    async def handle() -> list[tuple[str, str]]:
        return [item async for item in writer.alive(relay.subscribe("*"))]

    handler = asyncio.create_task(handle())
    await turns()
    relay.publish("join", "ada")
    await turns()
    writer._stream.end()
    relay.publish("join", "bob")

    assert await handler == [("join", "ada")]


async def test_a_body_that_waits_for_the_next_message_itself_is_not_cut_short() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    relay = Relay[str]()
    messages = relay.subscribe("*")
    items = []

    async def handle() -> None:
        async for _, name in writer.alive(messages):
            items.append(name)
            items.append((await anext(messages))[1])

    handler = asyncio.create_task(handle())
    await turns()
    relay.publish("join", "ada")
    await turns()
    transport.leave()
    await turns()
    relay.publish("join", "bob")
    await handler

    assert (items, relay.subscription_count) == (["ada", "bob"], 0)


async def test_a_wait_that_has_not_begun_at_the_end_ends_when_it_begins() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    alive = aiter(writer.alive(Relay[str]().subscribe("*")))
    await writer.drain()

    wait = alive.__anext__()
    writer._stream.end()
    await turns()

    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(wait, 5)


async def test_a_loop_whose_subscription_is_closed_elsewhere_ends() -> None:
    writer = HandledWriter(MemoryClient())
    messages = Relay[str]().subscribe("*")

    async def handle() -> list[tuple[str, str]]:
        return [item async for item in writer.alive(messages)]

    handler = asyncio.create_task(handle())
    await turns()
    await messages.aclose()

    assert await handler == []


async def test_a_timeout_around_a_wait_for_messages_is_the_users_own(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    relay = Relay[str]()

    async def handle() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                async for _ in writer.alive(relay.subscribe("*")):
                    pass

    handler = asyncio.create_task(handle())
    await turns()
    relay.publish("join", "ada")
    await turns()
    clock.advance(2)
    await handler

    assert (handler.cancelling(), writer.is_closed) == (0, False)


async def test_nothing_beats_when_a_loop_over_messages_is_over(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    relay = Relay[str]()
    ended = asyncio.Event()

    async def handle() -> None:
        async for _ in writer.alive(relay.subscribe("*")):
            pass
        ended.set()
        await asyncio.Future()

    handler = asyncio.create_task(handle())
    await turns()
    relay.publish("join", "ada")
    await turns()
    writer._stream.end()
    await ended.wait()
    clock.advance(3600)
    await turns()
    handler.cancel()

    assert transport.sent == []


async def test_a_break_closes_the_source_when_the_handler_has_returned() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source("a")

    async for _ in writer.alive(source):
        break
    await writer.finish()
    await turns()

    assert (source.is_closed, transport.is_complete) == (True, True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_source_without_a_reader_is_closed_when_the_handler_has_returned() -> None:
    writer = HandledWriter(MemoryClient())
    source = Source("a")

    writer.alive(source)
    await writer.finish()

    assert source.is_closed


async def test_every_source_is_closed_even_if_one_fails_to() -> None:
    class Broken(Source):
        async def aclose(self) -> None:
            await super().aclose()
            raise LookupError("bug")

    transport = MemoryClient()
    writer = HandledWriter(transport)
    sources = [Broken(), Broken(), Broken()]
    for source in sources:
        writer.alive(source)

    with pytest.raises(LookupError, match="bug"):
        await writer.finish()

    assert [source.is_closed for source in sources] == [True, True, True]
    assert transport.is_complete


async def test_two_loops_run_one_after_the_other() -> None:
    async def source(*items: str) -> AsyncIterator[str]:
        for item in items:
            yield item

    writer = HandledWriter(MemoryClient())

    first = [item async for item in writer.alive(source("a"))]
    second = [item async for item in writer.alive(source("b"))]

    assert (first, second) == (["a"], ["b"])


async def test_two_loops_run_in_two_tasks() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    ended = []

    async def loop(name: str) -> None:
        async for _ in writer.alive(Source()):
            pass
        ended.append(name)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop("a"))
        tasks.create_task(loop("b"))
        await turns()
        transport.leave()

    assert sorted(ended) == ["a", "b"]


async def test_a_block_is_left_when_the_client_leaves() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    steps = []

    async with writer.alive():
        steps.append("begun")
        transport.leave()
        await asyncio.Future()
        steps.append("never")

    assert steps == ["begun"]
    assert asyncio.current_task().cancelling() == 0


async def test_a_block_that_begins_after_the_end_is_left_at_its_first_wait() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    transport.leave()
    async with writer.alive():
        await asyncio.Future()
    steps = []

    async with writer.alive():
        steps.append("begun")
        await asyncio.Future()
        steps.append("never")

    assert steps == ["begun"]


async def test_one_alive_can_be_entered_again() -> None:
    transport = MemoryClient()
    alive = HandledWriter(transport).alive()
    async with alive:
        pass

    async with alive:
        transport.leave()
        await asyncio.Future()

    assert asyncio.current_task().cancelling() == 0


async def test_a_block_that_ends_by_itself_is_not_interrupted_later() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive():
        pass
    transport.leave()
    await turns()

    assert asyncio.current_task().cancelling() == 0


async def test_an_error_in_a_block_is_raised() -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(LookupError):
        async with writer.alive():
            raise LookupError


async def test_a_loop_in_a_block_of_its_own_is_left_with_it() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    source = Source("a")
    items = []

    async with writer.alive(source) as alive:
        async for item in alive:
            items.append(item)
            transport.leave()
            await asyncio.Future()

    assert (items, source.is_closed) == (["a"], True)
    assert asyncio.current_task().cancelling() == 0


async def test_a_loop_inside_another_block_is_left_with_it() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    steps = []

    async with writer.alive():
        async for _ in writer.alive(Source("a")):
            transport.leave()
        steps.append("never: the block is what ends")
        await turns()
        steps.append("never")

    assert steps == []
    assert asyncio.current_task().cancelling() == 0


async def test_a_timeout_around_a_loop_is_the_users_own() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            async for _ in writer.alive(Source()):
                pass

    assert asyncio.current_task().cancelling() == 0
    assert not writer.is_closed


async def test_a_timeout_at_the_moment_of_the_end_is_still_a_timeout(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            async for _ in writer.alive(Source("a")):
                transport.leave()
                clock.advance(2)

    assert asyncio.current_task().cancelling() == 0


async def test_a_cancellation_by_another_task_goes_through_a_loop_and_a_block() -> None:
    writer = HandledWriter(MemoryClient())
    steps = []

    async def handle() -> None:
        async with writer.alive():
            async for _ in writer.alive(Source()):
                pass
            steps.append("never")
        steps.append("never")

    handler = asyncio.create_task(handle())
    await turns()
    handler.cancel()
    await asyncio.wait([handler])

    assert (handler.cancelled(), steps) == (True, [])


async def test_a_group_of_tasks_in_a_block_is_cancelled_with_it() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    steps = []

    async def work() -> None:
        try:
            await asyncio.Future()
        finally:
            steps.append("cleaned up")

    async with writer.alive(), asyncio.TaskGroup() as tasks:
        tasks.create_task(work())
        await turns()
        transport.leave()

    assert steps == ["cleaned up"]
    assert asyncio.current_task().cancelling() == 0


async def test_silence_is_broken_by_a_comment(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive(heartbeat=15):
        await turns()
        clock.advance(15)
        await turns()
        clock.advance(14)
        await turns()
        clock.advance(1)
        await turns()

    assert transport.sent == [b":\n\n", b":\n\n"]


async def test_a_write_puts_the_heartbeat_off(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive(heartbeat=15):
        clock.advance(10)
        writer.remove("#a")
        await turns()
        clock.advance(14)
        await turns()
        before = list(transport.sent)
        clock.advance(1)
        await turns()

    assert (len(before), transport.sent[1:]) == (1, [b":\n\n"])


async def test_there_is_no_heartbeat_where_none_is_wanted(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive(heartbeat=None):
        clock.advance(3600)
        await turns()

    assert transport.sent == []


async def test_nothing_beats_when_the_loop_is_over(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive():
        pass
    clock.advance(3600)
    await turns()

    assert transport.sent == []


async def test_items_come_no_faster_than_the_rate(clock: Clock) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    times = {}

    async def handle() -> None:
        async for item in writer.alive(Source("a", "b", "c"), max_rate=2):
            times[item] = clock() - 1000

    handler = asyncio.create_task(handle())
    for _ in range(4):
        await turns()
        clock.advance(0.25)
    await turns()
    transport.leave()
    await handler

    assert times == {"a": 0, "b": 0.5, "c": 1.0}


async def test_a_loop_that_waits_for_its_rate_ends_at_once() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    items = []

    async for item in writer.alive(Source("a", "b"), max_rate=0.001):
        items.append(item)
        transport.leave()

    assert items == ["a"]


@pytest.mark.parametrize("options", [{"heartbeat": 0}, {"max_rate": -1}, {"max_rate": math.inf}])
async def test_a_rate_is_a_positive_number(options: dict[str, float]) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError, match="cannot use"):
        writer.alive(**options)
