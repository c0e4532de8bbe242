"""Messages per second through a relay, and through the bare client of its broker.

    python tests/benchmarks/relays.py
    python tests/benchmarks/relays.py --only redis --runs 1

A process publishes in windows to subscriptions in another process, which read every message. The
bare clients do the same: nats-py with a callback for each subscription, and redis-py with one
subscription whose messages the program hands to its readers. Their messages are encoded and
decoded as the relay's are. Each line first checks that every reader has got every message.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from brokers import BROKERS, broker
from fatmorph import Relay

WINDOW = 500  # messages that are under way at the same time
SIZES = (100, 1000)
READERS = (1, 500)
SUBJECT = "bench"

Publish = Callable[[int, bytes], Awaitable[None]]


async def bare_nats(url: str, readers: int, count: int, ready: Any, done: Any) -> None:
    """Read with nats-py."""
    import nats

    decode, seen, finished = msgspec.msgpack.Decoder(bytes).decode, [0], asyncio.Event()

    async def take(message: Any) -> None:
        decode(message.data)
        seen[0] += 1
        if seen[0] % (WINDOW * readers) == 0:
            done.release()
        if seen[0] == count * readers:
            finished.set()

    client = await nats.connect(url)
    for _ in range(readers):
        await client.subscribe(SUBJECT, cb=take)
    await client.flush()
    ready.release()
    await finished.wait()
    await client.close()


async def bare_redis(url: str, readers: int, count: int, ready: Any, done: Any) -> None:
    """Read with redis-py: one subscription, and a queue for each reader."""
    import redis.asyncio

    decode = msgspec.msgpack.Decoder(bytes).decode
    client = redis.asyncio.from_url(url)
    subscription = client.pubsub(ignore_subscribe_messages=True)
    await subscription.subscribe(SUBJECT)
    await subscription.get_message(timeout=5)
    queues: list[asyncio.Queue[bytes]] = [asyncio.Queue() for _ in range(readers)]
    tasks = [asyncio.create_task(_drained(queue, count)) for queue in queues]
    ready.release()
    seen = 0
    async for message in subscription.listen():
        data = decode(message["data"])
        for queue in queues:
            queue.put_nowait(data)
        seen += 1
        if seen % WINDOW == 0:
            await asyncio.sleep(0)
            done.release()
        if seen == count:
            break
    await asyncio.gather(*tasks)
    await subscription.aclose()
    await client.aclose()


async def _drained(queue: asyncio.Queue[bytes], count: int) -> None:
    for _ in range(count):
        await queue.get()


async def relayed(url: str, readers: int, count: int, ready: Any, done: Any) -> None:
    """Read with a relay."""
    relay = Relay[bytes].connect(url, prefix="relayed")
    subscriptions = [relay.subscribe(SUBJECT, limit=2 * WINDOW) for _ in range(readers)]
    first = relay.subscribe("ready")
    relay.publish("ready", b"")
    await anext(first)
    ready.release()
    await asyncio.gather(
        *(
            _read(subscription, count, done if number == 0 else None)
            for number, subscription in enumerate(subscriptions)
        )
    )
    assert [subscription.dropped for subscription in subscriptions] == [0] * readers
    await relay.aclose()


async def _read(subscription: Any, count: int, done: Any) -> None:
    for number in range(1, count + 1):
        await anext(subscription)
        if done is not None and number % WINDOW == 0:
            done.release()


def read(name: str, arguments: tuple[Any, ...]) -> None:
    """Read all messages in a process of its own."""
    asyncio.run(globals()[name](*arguments))


async def publish_bare(url: str, count: int, size: int, done: Any) -> None:
    """Publish with the bare client, in windows."""
    encode = msgspec.msgpack.Encoder().encode
    if url.startswith("nats"):
        import nats

        client = await nats.connect(url)
        for _ in range(count // WINDOW):
            for _ in range(WINDOW):
                await client.publish(SUBJECT, encode(bytes(size)))
            await client.flush()
            await asyncio.to_thread(done.acquire)
        await client.close()
        return
    import redis.asyncio

    pool = redis.asyncio.from_url(url)
    for _ in range(count // WINDOW):
        pipeline = pool.pipeline(transaction=False)
        for _ in range(WINDOW):
            pipeline.publish(SUBJECT, encode(bytes(size)))
        await pipeline.execute()
        await asyncio.to_thread(done.acquire)
    await pool.aclose()


async def publish_relayed(url: str, count: int, size: int, done: Any) -> None:
    """Publish with a relay, in windows."""
    relay = Relay[bytes].connect(url, prefix="relayed")
    for _ in range(count // WINDOW):
        for _ in range(WINDOW):
            relay.publish(SUBJECT, bytes(size))
        await asyncio.to_thread(done.acquire)
    await relay.aclose()


def rate(url: str, *, is_bare: bool, readers: int, size: int, count: int) -> float:
    """Return how many messages per second went from one process to the readers of another."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Semaphore(0), context.Semaphore(0)
    name = f"bare_{url.partition(':')[0]}" if is_bare else "relayed"
    process = context.Process(target=read, args=(name, (url, readers, count, ready, done)))
    process.start()
    if not ready.acquire(timeout=30):
        raise SystemExit("the readers did not start")
    publish = publish_bare if is_bare else publish_relayed
    begun_at = time.perf_counter()
    asyncio.run(publish(url, count, size, done))
    seconds = time.perf_counter() - begun_at
    process.join(60)
    if process.exitcode:
        raise SystemExit("a reader has not got every message")
    return count / seconds


async def in_memory(readers: int, size: int, count: int) -> float:
    """Return the rate of a relay within one process."""
    relay = Relay[bytes]()
    subscriptions = [relay.subscribe(SUBJECT, limit=2 * WINDOW) for _ in range(readers)]
    tasks = [asyncio.create_task(_read(each, count, None)) for each in subscriptions]
    await asyncio.sleep(0)
    begun_at = time.perf_counter()
    for _ in range(count // WINDOW):
        for _ in range(WINDOW):
            relay.publish(SUBJECT, bytes(size))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return count / (time.perf_counter() - begun_at)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=BROKERS)
    parser.add_argument("--count", type=int, default=20_000, help="messages to one reader")
    parser.add_argument("--runs", type=int, default=3, help="of which the best one counts")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, messages per second")
    print("| backend | bytes | readers | bare client | relay | relay / bare |")
    print("|---|---:|---:|---:|---:|---:|")
    for size in SIZES:
        for readers in READERS:
            count = max(arguments.count // (10 if readers > 1 else 1), 2 * WINDOW)
            found = asyncio.run(in_memory(readers, size, count))
            print(f"| memory | {size:,} | {readers} | | {found:,.0f} | |", flush=True)
    for kind in BROKERS if arguments.only is None else (arguments.only,):
        with tempfile.TemporaryDirectory() as folder, broker(kind, Path(folder)) as running:
            for size in SIZES:
                for readers in READERS:
                    count = max(arguments.count // (10 if readers > 1 else 1), 2 * WINDOW)
                    bare, relay = (
                        max(
                            rate(
                                running.url,
                                is_bare=is_bare,
                                readers=readers,
                                size=size,
                                count=count,
                            )
                            for _ in range(arguments.runs)
                        )
                        for is_bare in (True, False)
                    )
                    print(
                        f"| {kind} | {size:,} | {readers} | {bare:,.0f} | {relay:,.0f} "
                        f"| {relay / bare:.2f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
