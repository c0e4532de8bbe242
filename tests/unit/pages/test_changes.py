"""The source of a page's changes: what wakes its reader, and what ends it."""

import asyncio
import threading

import pytest

from fatmorph.errors import MomentError
from fatmorph.pages._changes import Bell, Changes
from transports import turns


@pytest.fixture
def bell() -> Bell:
    return Bell(threading.RLock())


async def test_a_change_wakes_every_waiting_reader(bell: Bell) -> None:
    readers = [asyncio.ensure_future(anext(Changes(bell))) for _ in range(2)]
    await turns()

    bell.ring()

    assert await asyncio.gather(*readers) == [None, None]


async def test_changes_before_the_reader_waits_are_one_item(bell: Bell) -> None:
    changes = Changes(bell)
    bell.ring()
    bell.ring()

    await anext(changes)
    waiting = asyncio.ensure_future(anext(changes))
    await turns()

    assert not waiting.done()
    waiting.cancel()


async def test_a_new_source_does_not_see_earlier_changes(bell: Bell) -> None:
    bell.ring()

    assert (Changes(bell).take_waiting(), Changes(bell).changed_at > 0) == (False, True)


async def test_skipped_changes_are_counted_as_one(bell: Bell) -> None:
    changes = Changes(bell)
    bell.ring()
    bell.ring()

    assert (changes.skip(), changes.skip()) == (1, 0)


async def test_a_change_in_another_thread_wakes_the_reader(bell: Bell) -> None:
    reader = asyncio.ensure_future(anext(Changes(bell)))
    await turns()

    await asyncio.to_thread(bell.ring)

    assert await asyncio.wait_for(reader, 10) is None


async def test_a_cancelled_reader_loses_no_change(bell: Bell) -> None:
    changes = Changes(bell)
    reader = asyncio.ensure_future(anext(changes))
    await turns()
    bell.ring()
    reader.cancel()
    await turns()

    assert await asyncio.wait_for(anext(changes), 10) is None


async def test_a_reader_that_was_cancelled_is_forgotten(bell: Bell) -> None:
    waiters: list[asyncio.Future[None]] = []
    changes = Changes(bell)
    for _ in range(2):
        waiters.append(asyncio.get_running_loop().create_future())
        changes.watch(waiters[-1])
        changes.unwatch()

    bell.ring()

    assert [waiter.done() for waiter in waiters] == [False, False]


async def test_a_change_between_the_look_and_the_wait_ends_the_wait(bell: Bell) -> None:
    changes, waiter = Changes(bell), asyncio.get_running_loop().create_future()
    assert not changes.take_waiting()
    bell.ring()

    changes.watch(waiter)

    assert waiter.done()


async def test_a_closed_source_ends_its_reader_and_gives_nothing_more(bell: Bell) -> None:
    changes, waiting = Changes(bell), Changes(bell)
    reader = asyncio.ensure_future(anext(waiting, "the end"))
    await turns()
    bell.ring()

    await waiting.aclose()
    changes.close()

    # The change was before the end, but a closed source gives nothing more.
    assert (await reader, [item async for item in changes]) == ("the end", [])


async def test_a_source_has_one_reader_at_a_time(bell: Bell) -> None:
    changes = Changes(bell)
    reader = asyncio.ensure_future(anext(changes))
    await turns()

    with pytest.raises(MomentError, match="twice at the same time"):
        await anext(changes)

    reader.cancel()


def test_a_reader_in_a_closed_loop_does_not_stop_a_change(bell: Bell) -> None:
    loop = asyncio.new_event_loop()
    Changes(bell).watch(loop.create_future())
    loop.close()

    bell.ring()

    assert bell.count == 1
