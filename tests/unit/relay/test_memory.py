"""The relay of one process."""

import asyncio
import gc
import logging
import sys
import threading
import time
from functools import partial
from typing import Protocol

import pytest

from fatmorph import counters
from fatmorph.errors import MomentError, SubjectError, SubscriptionClosedError
from fatmorph.relay import Relay, Subscription
from fatmorph.relay._contract import RelayContract, SubscriptionContract


class Tracked:
    """Something that can be counted while it is alive."""


def alive_count(kind: type) -> int:
    gc.collect()
    # By type: isinstance() asks what a proxy stands for, and that may be gone.
    return sum(type(found) is kind for found in gc.get_objects())


async def received(subscription: Subscription, count: int) -> list:
    return [await anext(subscription) for _ in range(count)]


async def waiting_task(subscription: Subscription) -> asyncio.Task:
    task = asyncio.ensure_future(anext(subscription))
    await asyncio.sleep(0)
    return task


async def test_a_message_reaches_the_subscription_as_subject_and_data():
    relay = Relay[str]()
    messages = relay.subscribe("room.1.*")

    relay.publish("room.1.join", "ada")

    assert await anext(messages) == ("room.1.join", "ada")


async def test_a_message_is_handed_over_as_it_is():
    relay = Relay[list[int]]()
    messages = relay.subscribe("*")
    data = [1, 2]

    relay.publish("numbers", data)

    assert (await anext(messages))[1] is data


async def test_messages_arrive_in_the_order_of_publishing():
    relay = Relay[int]()
    messages = relay.subscribe("*")

    for number in range(5):
        relay.publish(f"tick.{number % 2}", number)

    assert await received(messages, 5) == [(f"tick.{n % 2}", n) for n in range(5)]


async def test_a_message_reaches_every_subscription_that_matches():
    relay = Relay[str]()
    subscriptions = [relay.subscribe(p) for p in ("*", "room.*", "room.1", "room.2", "join")]

    relay.publish("room.1", "x")

    assert [len(await drained(s)) for s in subscriptions] == [1, 1, 1, 0, 0]


async def drained(subscription: Subscription) -> list:
    """Everything that waits, taken without closing: the wait after it is cancelled."""
    found = []
    while True:
        task = await waiting_task(subscription)
        if not task.done():
            task.cancel()
            return found
        found.append(task.result())


async def test_a_message_that_matches_several_patterns_arrives_once():
    relay = Relay[str]()
    messages = relay.subscribe("room.*", "room.1", "room.1.*", "join", "join")

    for subject in ("room.1", "room.1.a", "join", "other"):
        relay.publish(subject, "x")

    assert await drained(messages) == [("room.1", "x"), ("room.1.a", "x"), ("join", "x")]


async def test_nothing_published_between_subscribing_and_reading_is_lost():
    relay = Relay[int]()
    messages = relay.subscribe("*")
    relay.publish("early", 1)

    reader = await waiting_task(messages)
    relay.publish("late", 2)

    assert [await reader, await anext(messages)] == [("early", 1), ("late", 2)]


async def test_nothing_published_before_subscribing_is_replayed():
    relay = Relay[int]()
    relay.publish("early", 1)

    messages = relay.subscribe("*")

    assert await drained(messages) == []


async def test_a_waiting_reader_is_woken_by_a_publish_in_its_own_loop():
    relay = Relay[str]()
    reader = await waiting_task(relay.subscribe("join"))

    relay.publish("join", "ada")

    assert await reader == ("join", "ada")


async def test_the_last_reference_to_a_subscription_may_be_the_task_that_waits_in_it():
    relay = Relay[str]()
    heard = []

    async def listen():
        async for message in relay.subscribe("*"):
            heard.append(message)
            return

    asyncio.get_running_loop().create_task(listen())
    await asyncio.sleep(0)
    gc.collect()
    relay.publish("join", "ada")
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert heard == [("join", "ada")]


def test_many_threads_publish_into_one_loop_and_every_message_arrives():
    relay = Relay[int]()
    threads, each = 8, 250

    def publish(thread: int) -> None:
        for number in range(each):
            relay.publish(f"from.{thread}", number)

    async def main() -> list:
        messages = relay.subscribe("*", limit=threads * each)
        publishers = [threading.Thread(target=publish, args=(n,)) for n in range(threads)]
        for publisher in publishers:
            publisher.start()
        return await asyncio.wait_for(received(messages, threads * each), 60)

    found = asyncio.run(main())

    by_thread = [[n for subject, n in found if subject == f"from.{t}"] for t in range(threads)]
    assert by_thread == [list(range(each))] * threads


@pytest.fixture
def impatient_threads():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient_threads")
@pytest.mark.parametrize("options", [{"limit": 1}, {"limit": 2}, {"latest": True, "limit": 1}])
def test_a_reader_that_threads_outrun_always_gets_the_newest_message(options):
    relay = Relay[int]()
    rounds, threads = 300, 3

    def publish(thread: int) -> None:
        for number in range(rounds):
            relay.publish(f"from.{thread}", number)

    def publish_all() -> None:
        publishers = [threading.Thread(target=publish, args=(n,)) for n in range(threads)]
        for publisher in publishers:
            publisher.start()
        for publisher in publishers:
            publisher.join()
        relay.publish("over", -1)

    async def read() -> tuple[str, int]:
        messages = relay.subscribe("*", **options)
        publishing = asyncio.create_task(asyncio.to_thread(publish_all))
        message = await anext(messages)
        while message != ("over", -1):
            message = await anext(messages)
        await publishing
        return message

    assert asyncio.run(asyncio.wait_for(read(), 60)) == ("over", -1)


@pytest.mark.usefixtures("impatient_threads")
def test_all_subscriptions_get_the_messages_of_several_threads_in_one_order():
    relay = Relay[int]()
    threads, each = 4, 500
    subscriptions = [relay.subscribe("*", limit=threads * each) for _ in range(3)]

    def publish(thread: int) -> None:
        for number in range(each):
            relay.publish("number", thread * each + number)

    publishers = [threading.Thread(target=publish, args=(n,)) for n in range(threads)]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()

    orders = [asyncio.run(received(messages, threads * each)) for messages in subscriptions]
    assert orders == [orders[0]] * 3


def test_one_publish_wakes_the_readers_of_several_loops():
    relay = Relay[str]()
    loops = 3
    ready = threading.Barrier(loops + 1)
    heard = []

    async def listen() -> None:
        reader = await waiting_task(relay.subscribe("*"))
        await asyncio.to_thread(ready.wait)
        heard.append(await asyncio.wait_for(reader, 10))

    # A loop in debug mode refuses to be touched by the thread of another one.
    run = partial(asyncio.run, debug=True)
    threads = [threading.Thread(target=lambda: run(listen())) for _ in range(loops)]
    for thread in threads:
        thread.start()
    ready.wait()
    relay.publish("join", "ada")
    for thread in threads:
        thread.join()

    assert heard == [("join", "ada")] * loops


def test_a_loop_that_was_closed_under_a_waiting_reader_stops_no_publish():
    relay = Relay[str]()
    loop = asyncio.new_event_loop()
    messages = relay.subscribe("*")
    reading = messages.__anext__()
    waiter = start(loop, reading)
    loop.close()

    relay.publish("join", "ada")

    reading.close()
    assert (waiter.done(), relay._registry.awaited) == (False, set())


def start(loop: asyncio.AbstractEventLoop, coroutine) -> asyncio.Future:
    """Run a coroutine inside the loop up to its first wait; return what it waits for."""

    async def step():
        return coroutine.send(None)

    return loop.run_until_complete(step())


async def test_a_subscription_belongs_to_the_loop_that_read_first():
    relay = Relay[str]()
    messages = relay.subscribe("*")
    relay.publish("join", "ada")
    await anext(messages)

    with pytest.raises(MomentError) as caught:
        await asyncio.to_thread(lambda: asyncio.run(drained(messages)))

    assert str(caught.value) == (
        "cannot read a subscription in a second event loop\n"
        "  where: the subscription to '*': 0 waiting, 0 dropped\n"
        "  why:   a message wakes the loop that read first, and no other\n"
        "  fix:   messages = relay.subscribe('*')  # in the loop that reads"
    )


async def test_a_second_reader_at_the_same_time_is_refused_and_the_first_goes_on():
    relay = Relay[str]()
    messages = relay.subscribe("room.*")
    reader = await waiting_task(messages)

    with pytest.raises(MomentError) as caught:
        await anext(messages)

    relay.publish("room.1", "x")
    assert await reader == ("room.1", "x")
    assert str(caught.value) == (
        "cannot read a subscription twice at the same time\n"
        "  where: the subscription to 'room.*': 0 waiting, 0 dropped\n"
        "  why:   each message goes to only one reader, and either could get it\n"
        "  fix:   messages = relay.subscribe('room.*')  # one for each reader"
    )


async def test_a_reader_cancelled_while_it_waits_loses_nothing():
    relay = Relay[int]()
    messages = relay.subscribe("*")
    reader = await waiting_task(messages)

    reader.cancel()
    relay.publish("tick", 1)
    await asyncio.wait([reader])
    relay.publish("tick", 2)

    assert await drained(messages) == [("tick", 1), ("tick", 2)]


async def test_a_reader_cancelled_after_its_message_came_loses_nothing():
    relay = Relay[int]()
    messages = relay.subscribe("*")
    reader = await waiting_task(messages)

    relay.publish("tick", 1)
    reader.cancel()
    await asyncio.wait([reader])

    assert reader.cancelled()
    assert await drained(messages) == [("tick", 1)]


async def test_closing_ends_the_reader_that_waits():
    relay = Relay[str]()
    messages = relay.subscribe("*")
    reader = asyncio.ensure_future(collected(messages))
    await asyncio.sleep(0)

    await messages.aclose()

    assert await reader == []


async def collected(messages: Subscription) -> list:
    return [message async for message in messages]


async def test_closing_takes_the_subscription_off_the_relay_at_once():
    relay = Relay[str]()
    messages = relay.subscribe("*", "join")
    relay.publish("join", "ada")

    await messages.aclose()
    await messages.aclose()

    relay.publish("join", "bob")

    assert relay.subscription_count == 0
    assert await collected(messages) == []
    assert repr(messages) == "<Subscription to '*': closed>"


async def test_async_with_closes_the_subscription():
    relay = Relay[str]()

    async with relay.subscribe("*") as messages:
        inside = relay.subscription_count

    assert (inside, relay.subscription_count) == (1, 0)
    assert await collected(messages) == []


async def test_a_closed_subscription_cannot_be_entered_again():
    messages = Relay[str]().subscribe("join")
    await messages.aclose()

    with pytest.raises(SubscriptionClosedError) as caught:
        await messages.__aenter__()

    assert str(caught.value) == (
        "cannot enter a closed subscription\n"
        "  where: <Subscription to 'join': closed>\n"
        "  why:   it was taken off the relay and will never get a message\n"
        "  fix:   async with relay.subscribe('join') as messages: ..."
    )


def test_a_dropped_subscription_leaves_nothing_behind():
    relay = Relay[object]()
    for number in range(100):
        forgotten = relay.subscribe("*", f"room.{number}.*", "join", latest=number % 2 == 0)
        relay.publish(f"room.{number}.x", Tracked())
    assert relay.subscription_count == 1

    del forgotten

    relay.publish("join", None)

    assert relay.subscription_count == 0
    assert alive_count(Tracked) == 0
    assert (relay._registry._members, relay._registry._patterns, list(relay._registry._dead)) == (
        {},
        {},
        [],
    )


async def test_a_finished_reader_leaves_nothing_behind():
    relay = Relay[object]()
    readers = [await waiting_task(relay.subscribe("*")) for _ in range(10)]

    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    del reader, readers

    gc.collect()
    assert (relay.subscription_count, relay._registry.awaited) == (0, set())


async def test_the_oldest_message_is_dropped_and_counted_when_the_limit_is_reached():
    relay = Relay[int]()
    messages = relay.subscribe("*", limit=3)

    for number in range(5):
        relay.publish("tick", number)

    assert messages.dropped == 2
    assert repr(messages) == "<Subscription to '*': 3 waiting, 2 dropped>"
    assert await drained(messages) == [("tick", 2), ("tick", 3), ("tick", 4)]


async def test_a_reader_that_keeps_up_drops_nothing():
    relay = Relay[int]()
    messages = relay.subscribe("*", limit=1)

    for number in range(5):
        relay.publish("tick", number)
        await anext(messages)

    assert messages.dropped == 0


def test_the_first_dropped_message_of_a_subscription_is_logged_and_no_other(caplog):
    relay = Relay[int]()
    slow = relay.subscribe("room.*", limit=2)

    with caplog.at_level(logging.DEBUG, logger="fatmorph.relay"):
        for number in range(6):
            relay.publish("room.1", number)

    text = (
        "the reader of the subscription to 'room.*' is too slow: its limit of 2 queued messages "
        "is reached, and each new one drops the oldest (logged once); "
        "read faster, or subscribe with latest=True"
    )
    assert caplog.record_tuples == [("fatmorph.relay", logging.WARNING, text)]
    assert slow.dropped == 4


async def test_latest_keeps_the_newest_message_of_each_subject_by_last_publish():
    relay = Relay[int]()
    messages = relay.subscribe("*", latest=True)

    for subject, number in [("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5)]:
        relay.publish(subject, number)

    assert await drained(messages) == [("a", 3), ("c", 4), ("b", 5)]
    assert messages.dropped == 0


async def test_latest_loses_nothing_for_a_reader_that_keeps_up():
    relay = Relay[int]()
    messages = relay.subscribe("*", latest=True)

    found = []
    for number in range(3):
        relay.publish("tick", number)
        found.append(await anext(messages))

    assert found == [("tick", 0), ("tick", 1), ("tick", 2)]


async def test_latest_is_bounded_by_the_number_of_subjects():
    relay = Relay[int]()
    messages = relay.subscribe("*", latest=True, limit=2)

    for number in range(4):
        relay.publish(f"tick.{number}", number)

    assert (messages.dropped, await drained(messages)) == (2, [("tick.2", 2), ("tick.3", 3)])


@pytest.mark.parametrize("latest", [False, True])
def test_a_message_whose_end_publishes_again_does_not_lock_the_relay(latest):
    relay = Relay[object]()
    messages = relay.subscribe("*", latest=latest, limit=1)

    class Echo:
        def __del__(self):
            relay.publish("echo", None)

    relay.publish("first", Echo())
    relay.publish("second", None)

    assert messages.dropped == 2


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, None, "10"])
def test_a_limit_is_an_integer_of_one_or_more(limit):
    with pytest.raises(SubjectError) as caught:
        Relay[str]().subscribe("*", limit=limit)

    assert caught.value.what == f"cannot keep {limit!r} messages for a reader"


@pytest.mark.parametrize("pattern", ["", "room*", "room.*.x", "a b"])
def test_a_pattern_that_can_match_nothing_is_refused(pattern):
    relay = Relay[str]()

    with pytest.raises(SubjectError):
        relay.subscribe("join", pattern)

    assert relay.subscription_count == 0


@pytest.mark.parametrize("subject", ["*", "room.*", "", "a b"])
def test_an_invalid_subject_is_refused_before_anything_is_sent(subject):
    relay = Relay[str]()
    messages = relay.subscribe("*")

    with pytest.raises(SubjectError):
        relay.publish(subject, "x")

    assert repr(messages) == "<Subscription to '*': 0 waiting, 0 dropped>"


async def test_a_relay_starts_no_task():
    relay = Relay[str]()
    before = asyncio.all_tasks()

    async with relay.subscribe("*") as messages:
        relay.publish("join", "ada")
        await anext(messages)

    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(("latest", "count"), [(False, 3), (True, 2)])
async def test_a_reader_skips_what_waits_and_reads_what_comes_then(latest, count):
    relay = Relay[int]()
    scores = relay.subscribe("*", latest=latest)
    for number, subject in enumerate(("a", "a", "b")):
        relay.publish(subject, number)

    skipped = [scores.skip(), scores.skip()]
    relay.publish("a", 3)

    assert (skipped, await anext(scores)) == ([count, 0], ("a", 3))


def test_a_skipped_item_is_freed_and_not_counted_as_dropped():
    relay = Relay[Tracked]()
    messages = relay.subscribe("*")
    relay.publish("a", Tracked())

    messages.skip()

    assert (alive_count(Tracked), messages.dropped) == (0, 0)


def test_a_subscription_knows_when_its_newest_message_was_published():
    relay = Relay[int]()
    scores, others = relay.subscribe("score"), relay.subscribe("other")

    before = time.perf_counter_ns()
    relay.publish("score", 1)
    after = time.perf_counter_ns()
    scores.skip()

    assert before <= scores.changed_at <= after
    assert others.changed_at == 0


def test_the_items_that_a_reader_loses_are_counted():
    before = counters.snapshot().dropped
    relay = Relay[int]()
    scores = relay.subscribe("score", limit=1)

    for score in range(3):
        relay.publish("score", score)

    assert (scores.dropped, counters.snapshot().dropped - before) == (2, 2)


def test_a_publish_looks_up_patterns_and_does_not_scan_them():
    relay = Relay[str]()
    subscriptions = [relay.subscribe(f"room.{number}.*") for number in range(1000)]
    looked_up = []

    class Counted(dict):
        def __contains__(self, pattern):
            looked_up.append(pattern)
            return super().__contains__(pattern)

    relay._registry._members = Counted(relay._registry._members)

    relay.publish("room.7.join", "ada")

    assert len(subscriptions) == 1000
    assert looked_up == ["room.7.join", "room.7.*", "room.*", "*"]


def test_the_relay_of_one_process_keeps_the_contract():
    relay = Relay[str]()

    assert methods(RelayContract) <= methods(relay)
    assert methods(SubscriptionContract) <= methods(relay.subscribe("*"))


def methods(found: object) -> set[str]:
    # Python 3.12 added dunder names of its own to protocols.
    dunder = {
        name for name in dir(found) if name.startswith("__") and not callable(getattr(found, name))
    }
    return {name for name in dir(found) if name not in dir(Protocol)} - dunder
