"""The relay on every backend: in memory, on a real NATS server, and on a real Redis server."""

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from brokers import BROKERS, Broker, broker, until
from fatmorph.errors import MissingExtraError, MomentError, RelayError, SubjectError
from fatmorph.relay import Relay

SECONDS = 30
BACKENDS = ("memory", *BROKERS)

REFUSED = (
    "refused a message on count, which is not of the relay's type: Expected `int`, got `str` "
    "(1 were refused; logged once a minute)"
)
TOO_SLOW = (
    "the reader of the subscription to 'tick' is too slow: its limit of 2 queued messages is "
    "reached, and each new one drops the oldest (logged once); read faster, or subscribe with "
    "latest=True"
)


class Joined(msgspec.Struct):
    """A message with a shape."""

    name: str
    at: datetime


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Broker]]:
    """Return a function that starts a broker at its first use in this module."""
    running = {}

    def started(kind: str) -> Broker:
        if kind not in running:
            context = broker(kind, tmp_path_factory.mktemp(kind))
            running[kind] = (context, context.__enter__())
        return running[kind][1]

    yield started
    for context, _ in running.values():
        context.__exit__(None, None, None)


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, brokers: Callable[[str], Broker]) -> str:
    return "memory://" if request.param == "memory" else brokers(request.param).url


@pytest.fixture(params=BROKERS)
def running(request: pytest.FixtureRequest, brokers: Callable[[str], Broker]) -> Broker:
    return brokers(request.param)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """Return a prefix of this test, because all tests share the brokers."""
    return f"t{abs(hash(request.node.nodeid))}"


@asynccontextmanager
async def connected(relay: Relay) -> AsyncIterator[Relay]:
    """Close a relay at the end, and fail if it could not send everything."""
    try:
        yield relay
    finally:
        await relay.aclose()
    status = relay.status
    assert (status.waiting, status.dropped) == (0, 0)


async def received(subscription, count: int) -> list:
    async with asyncio.timeout(SECONDS):
        return [await anext(subscription) for _ in range(count)]


async def ready(relay: Relay, message: object = 0) -> None:
    """Wait until all patterns that are subscribed to now are active on the broker."""
    async with relay.subscribe("ready") as answers:
        relay.publish("ready", message)
        async with asyncio.timeout(SECONDS):
            await anext(answers)


async def test_a_message_reaches_every_subscription_that_matches_in_order(url, prefix):
    async with connected(Relay[int].connect(url, prefix=prefix)) as relay:
        patterns = ("*", "room.*", "room.1.*", "room.1", "room.1.a", "other")
        subscriptions = {pattern: relay.subscribe(pattern) for pattern in patterns}

        for number, subject in enumerate(["room.1", "room.1.a", "room.1.a.b", "join", "room.10"]):
            relay.publish(subject, number)
        relay.publish("other", 9)

        everything = [("room.1", 0), ("room.1.a", 1), ("room.1.a.b", 2), ("join", 3)]
        everything += [("room.10", 4), ("other", 9)]
        assert await received(subscriptions["*"], 6) == everything
        assert await received(subscriptions["room.*"], 4) == [
            message for message in everything if message[0].startswith("room.")
        ]
        assert await received(subscriptions["room.1.*"], 2) == everything[1:3]
        assert await received(subscriptions["room.1"], 1) == everything[:1]
        assert await received(subscriptions["room.1.a"], 1) == everything[1:2]
        assert [subscription.skip() for subscription in subscriptions.values()] == (
            [0, 0, 0, 0, 0, 1]
        )


async def test_a_message_that_matches_several_patterns_arrives_once(url, prefix):
    async with connected(Relay[str].connect(url, prefix=prefix)) as relay:
        messages = relay.subscribe("room.*", "room.1", "room.1.*", "join", "join")
        alone = relay.subscribe("room.1")

        for subject in ("room.1", "room.1.a", "join"):
            relay.publish(subject, "x")

        expected = [("room.1", "x"), ("room.1.a", "x"), ("join", "x")]
        assert await received(messages, 3) == expected
        assert await received(alone, 1) == expected[:1]
        assert (messages.skip(), alone.skip()) == (0, 0)


async def test_a_subscription_does_not_get_what_was_published_before_it(url, prefix):
    async with connected(Relay[int].connect(url, prefix=prefix)) as relay:
        others = relay.subscribe("*")
        relay.publish("a", 1)
        late = relay.subscribe("a")
        relay.publish("a", 2)

        assert await received(others, 2) == [("a", 1), ("a", 2)]
        assert await received(late, 1) == [("a", 2)]


@pytest.mark.parametrize(
    "subject", ["räume.1", "a-b.c_d", "$x", "a^b.{c}", "a" * 255, "\U0001f600"]
)
async def test_every_valid_subject_arrives_as_it_is(url, prefix, subject):
    async with connected(Relay[int].connect(url, prefix=prefix)) as relay:
        exact, everything = relay.subscribe(subject), relay.subscribe("*")

        relay.publish(subject, 1)

        assert await received(exact, 1) == await received(everything, 1) == [(subject, 1)]


@pytest.mark.parametrize(
    "subject", ["a.>", "a.*", "a?", "[a]", "a\\b", "a b", "a\r\nb", "a\x00", "a..b"]
)
async def test_a_subject_that_a_broker_could_misread_is_refused(url, prefix, subject):
    relay = Relay[int].connect(url, prefix=prefix)

    with pytest.raises(SubjectError):
        relay.publish(subject, 1)

    assert relay.status.waiting == 0


async def test_a_message_arrives_as_the_type_of_the_relay(url, prefix):
    ada = Joined("Ada", datetime(2026, 1, 2, tzinfo=UTC))
    async with connected(Relay[Joined].connect(url, prefix=prefix)) as relay:
        messages = relay.subscribe("join")

        relay.publish("join", ada)

        assert await received(messages, 1) == [("join", ada)]


@pytest.mark.parametrize(
    "data", [None, 0, -1.5, "", "é", [1, [2]], {"a": b"\x00"}, 2**63, b"x" * 9999]
)
async def test_a_relay_without_a_type_carries_plain_values(url, prefix, data):
    async with connected(Relay.connect(url, prefix=prefix)) as relay:
        messages = relay.subscribe("x")

        relay.publish("x", data)

        assert await received(messages, 1) == [("x", data)]


async def test_a_message_of_another_type_is_logged_and_ends_no_stream(url, prefix, caplog):
    relay = Relay[int].connect(url, prefix=prefix)
    async with connected(relay):
        messages = relay.subscribe("count")

        for value in ("one", "two", "three"):
            relay.publish("count", value)  # type: ignore[arg-type]
        relay.publish("count", 4)

        assert await received(messages, 1) == [("count", 4)]
        assert relay.status.refused == 3
    records = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in records] == [REFUSED]


def test_data_that_cannot_be_encoded_raises_where_it_is_published(url):
    relay = Relay[object].connect(url)

    with pytest.raises(RelayError) as caught:
        relay.publish("a", object())

    assert str(caught.value) == (
        "cannot publish object on 'a' to other processes\n"
        "  where: relay.publish()\n"
        "  why:   Encoding objects of type object is unsupported\n"
        '  fix:   relay.publish(subject, {"id": data.id})  # or a dataclass, or a Struct'
    )


@pytest.mark.parametrize("data", [2**64, "\ud800", [b"x" * 1024 * 1024]])
def test_data_that_no_broker_carries_raises_where_it_is_published(url, data):
    relay = Relay[object].connect(url)

    with pytest.raises(RelayError):
        relay.publish("a", data)


def test_a_type_that_no_message_can_have_raises_when_the_relay_is_made(url):
    with pytest.raises(RelayError, match=r"cannot send messages of the type .*Joined"):
        Relay[Joined | dict[str, int]].connect(url)


async def test_latest_keeps_the_newest_message_of_each_subject(url, prefix):
    async with connected(Relay[int].connect(url, prefix=prefix)) as relay:
        newest, every = relay.subscribe("score.*", latest=True), relay.subscribe("score.*")

        for subject, score in (("a", 1), ("b", 1), ("a", 2)):
            relay.publish(f"score.{subject}", score)
        await received(every, 3)

        assert await received(newest, 2) == [("score.b", 1), ("score.a", 2)]
        assert newest.skip() == 0


async def test_a_full_queue_drops_its_oldest_messages_and_counts_them(url, prefix, caplog):
    async with connected(Relay[int].connect(url, prefix=prefix)) as relay:
        behind, every = relay.subscribe("tick", limit=2), relay.subscribe("tick")

        for number in range(5):
            relay.publish("tick", number)
        await received(every, 5)

        assert (behind.dropped, await received(behind, 2)) == (3, [("tick", 3), ("tick", 4)])
    assert logged(caplog).count(TOO_SLOW) == 1


async def test_two_prefixes_on_one_broker_hear_nothing_of_each_other(url, prefix):
    async with (
        connected(Relay[int].connect(url, prefix=prefix)) as relay,
        connected(Relay[int].connect(url, prefix=f"{prefix}b")) as other,
    ):
        messages, others = relay.subscribe("*"), other.subscribe("*")

        relay.publish("a", 1)
        other.publish("a", 2)

        assert await received(messages, 1) == [("a", 1)]
        assert await received(others, 1) == [("a", 2)]


async def test_messages_reach_another_relay_as_they_reach_another_process(running, prefix):
    async with (
        connected(Relay[int].connect(running.url, prefix=prefix)) as here,
        connected(Relay[int].connect(running.url, prefix=prefix)) as there,
    ):
        messages = there.subscribe("a.*")
        await ready(there)

        for number in range(1000):
            here.publish(f"a.{number % 3}", number)

        assert await received(messages, 1000) == [(f"a.{n % 3}", n) for n in range(1000)]


def test_any_thread_can_publish_and_every_event_loop_can_listen(url, prefix):
    relay = Relay[int].connect(url, prefix=prefix)
    numbers, heard = list(range(60)), []
    both_listen = threading.Barrier(3)

    def listen() -> None:
        async def main() -> None:
            messages = relay.subscribe("n")
            if url != "memory://":
                await ready(relay)
            await asyncio.to_thread(both_listen.wait)
            heard.append(sorted(number for _, number in await received(messages, len(numbers))))

        asyncio.run(main())

    def publish(numbers: list[int]) -> None:
        for number in numbers:
            relay.publish("n", number)

    listeners = [threading.Thread(target=listen) for _ in range(2)]
    for thread in listeners:
        thread.start()
    both_listen.wait(SECONDS)
    publishers = [threading.Thread(target=publish, args=(numbers[n::3],)) for n in range(3)]
    for thread in publishers:
        thread.start()
    for thread in (*publishers, *listeners):
        thread.join(SECONDS)
    relay.close()

    assert heard == [numbers, numbers]


async def test_a_process_has_one_connection_and_one_broker_subscription_per_pattern(
    running, prefix
):
    before = running.counts(prefix)
    async with connected(Relay[int].connect(running.url, prefix=prefix)) as relay:
        subscriptions = [
            relay.subscribe(pattern) for pattern in ("a", "room.*", "*") for _ in range(100)
        ]
        await ready(relay)
        await until(lambda: running.counts(prefix)[1] == before[1] + 3)
        assert running.counts(prefix)[0] == before[0] + 1

        for subscription in subscriptions:
            subscription.close()
        await until(lambda: running.counts(prefix) == (before[0] + 1, before[1]))
    await until(lambda: running.counts(prefix) == before)


async def test_a_subscription_that_is_dropped_ends_on_the_broker(running, prefix):
    async with connected(Relay[int].connect(running.url, prefix=prefix)) as relay:
        before = running.counts(prefix)
        subscription = relay.subscribe("room.*")
        await until(lambda: running.counts(prefix)[1] == before[1] + 1)

        del subscription
        gc.collect()

        assert relay.subscription_count == 0
        await until(lambda: running.counts(prefix)[1] == before[1])


async def test_a_relay_that_is_no_longer_referenced_ends_its_connection(running, prefix):
    before = running.counts(prefix)
    relay = Relay[int].connect(running.url, prefix=prefix)
    relay.publish("a", 1)
    await until(lambda: running.counts(prefix)[0] == before[0] + 1)

    del relay
    gc.collect()

    await until(lambda: running.counts(prefix)[0] == before[0])


async def test_a_connected_relay_uses_no_connection_before_its_first_use(running, prefix):
    before = running.counts(prefix)

    relay = Relay[int].connect(running.url, prefix=prefix)

    assert (relay.status.state, running.counts(prefix)) == ("idle", before)


CRON_JOB = """\
from fatmorph import Relay
relay = Relay[int].connect("{url}", prefix="{prefix}")
for number in range({count}): relay.publish("job", number)
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_program_of_three_lines_sends_everything_before_it_ends(running, prefix, host):
    count = 5000
    async with connected(Relay[int].connect(running.url, prefix=prefix)) as relay:
        messages = relay.subscribe("job", limit=count)
        await ready(relay)
        program = CRON_JOB.format(
            url=running.url.replace("127.0.0.1", host), prefix=prefix, count=count
        )

        job = await asyncio.to_thread(run_program, program)

        assert (job.returncode, job.stderr) == (0, "")
        assert await received(messages, count) == [("job", number) for number in range(count)]


def run_program(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


FORKING = """\
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.12 on, of a fork with threads
from fatmorph import Relay
relay = Relay[str].connect("{url}", prefix="{prefix}")
relay.publish("job", "parent")
while not relay.status.is_connected: pass
pid = os.fork()
relay.publish("job", "after the fork" if pid else "child")
relay.close()
if pid: os.waitpid(pid, 0)
else: os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
async def test_a_process_that_was_forked_has_its_own_connection(running, prefix):
    async with connected(Relay[str].connect(running.url, prefix=prefix)) as relay:
        messages = relay.subscribe("job")
        await ready(relay, "")

        job = await asyncio.to_thread(run_program, FORKING.format(url=running.url, prefix=prefix))

        assert (job.returncode, job.stderr) == (0, "")
        found = {name for _, name in await received(messages, 3)}
        assert found == {"parent", "after the fork", "child"}


async def test_a_closed_relay_refuses_messages_and_keeps_its_subscriptions(running, prefix):
    relay = Relay[int].connect(running.url, prefix=prefix)
    messages = relay.subscribe("a")
    relay.publish("a", 1)
    await received(messages, 1)

    await relay.aclose()
    relay.close()

    with pytest.raises(MomentError) as caught:
        relay.publish("a", 2)
    assert caught.value.fix == f'relay = Relay.connect("{running.shown_url}")'
    assert (relay.status.state, messages.skip()) == ("closed", 0)


@pytest.mark.parametrize("kind", BROKERS)
def test_a_missing_extra_names_its_line_for_pip(kind, monkeypatch):
    module = {"nats": "nats.aio.client", "redis": "redis.asyncio.connection"}[kind]
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingExtraError) as caught:
        Relay.connect(f"{kind}://127.0.0.1")

    assert caught.value.fix == f'pip install "fatmorph[{kind}]"'


@pytest.mark.parametrize("kind", BROKERS)
async def test_a_wrong_password_is_one_line_without_a_secret(kind, tmp_path, caplog):
    with broker(kind, tmp_path, password="correct-horse") as locked:
        relay = Relay[int].connect(locked.url.replace("correct-horse", "battery-staple"))
        relay.publish("a", 1)

        await until(lambda: relay.status.error)
        relay.close(0.1)

        assert relay.status.error == "the broker does not accept this user and password"
        assert logged(caplog)[0] == (
            f"the relay is not connected to {locked.shown_url}: the broker does not accept this "
            "user and password (it tries again, and logs each reason once)"
        )
        shown = "".join([*logged(caplog), repr(relay.status), repr(vars(relay))])
        assert ("battery" in shown, "correct" in shown) == (False, False)


@pytest.mark.parametrize("kind", BROKERS)
async def test_a_right_password_connects(kind, tmp_path):
    with broker(kind, tmp_path, password="correct-horse") as locked:
        async with connected(Relay[int].connect(locked.url)) as relay:
            messages = relay.subscribe("a")
            relay.publish("a", 1)

            assert await received(messages, 1) == [("a", 1)]


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("fatmorph")]


ADDRESSES = {
    "amqp://127.0.0.1": "cannot connect a relay by a URL with the scheme 'amqp'",
    "secret@127.0.0.1:6379": "cannot connect a relay by a URL with no scheme",
    "127.0.0.1:6379": "cannot connect a relay by a URL with no scheme",
    "": "cannot connect a relay by a URL with no scheme",
    "redis://": "cannot connect a relay without a host",
    "redis://:secret@": "cannot connect a relay without a host",
    "nats:///": "cannot connect a relay without a host",
    "redis://:secret@127.0.0.1:port": "cannot connect a relay to a port that does not exist",
    "redis://:secret@127.0.0.1:65536": "cannot connect a relay to a port that does not exist",
    "redis://:secret@[::1": "cannot connect a relay to a broken URL",
    "redis://127.0.0.1:0": "cannot connect a relay to a port that does not exist",
    "redis://:sec/secret@127.0.0.1": "cannot connect a relay by a URL with an @ after the host",
    "redis://:7#secret@127.0.0.1": "cannot connect a relay by a URL with an @ after the host",
    "redis://app:7#secret@127.0.0.1": "cannot connect a relay by a URL with an @ after the host",
    "redis://app:7?secret@127.0.0.1": "cannot connect a relay by a URL with an @ after the host",
    "redis://app:7?secret=@127.0.0.1": "cannot connect a relay by a URL with an @ after the host",
    "redis://127.0.0.1#0": "cannot connect a relay by a URL with a fragment",
    "redis://:secret@127.0.0.1/zero": "cannot connect a relay to a path on a broker",
    "nats://app:secret@127.0.0.1/0": "cannot connect a relay to a path on a broker",
    "redis://:secret@127.0.0.1?db=1": "cannot connect a relay with the option 'db'",
    "nats://127.0.0.1?ca_file=own.pem": (
        "cannot connect a relay with a certificate authority and without TLS"
    ),
    "memory://somewhere": "cannot connect a relay in memory at an address",
}


@pytest.mark.parametrize(("address", "what"), ADDRESSES.items())
def test_an_address_that_names_no_broker_is_refused_without_its_secret(address, what):
    with pytest.raises(RelayError) as caught:
        Relay[int].connect(address)

    assert (caught.value.what, "secret" in str(caught.value)) == (what, False)


@pytest.mark.parametrize("address", [None, 7, b"redis://127.0.0.1"])
def test_an_address_is_text(address):
    with pytest.raises(RelayError, match="cannot connect a relay to"):
        Relay[int].connect(address)


@pytest.mark.parametrize("prefix", ["", "a.*", "a b", "a" * 101, None])
def test_a_prefix_is_a_subject(prefix):
    with pytest.raises(RelayError, match="cannot use the prefix"):
        Relay[int].connect("redis://127.0.0.1", prefix=prefix)
