"""The relay when its broker fails: streams stay, messages wait or are counted, pages catch up."""

import asyncio
import datetime
import ipaddress
import logging
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from brokers import BROKERS, Broker, broker, until
from fatmorph import h
from fatmorph.adapters import respond
from fatmorph.context import Context
from fatmorph.relay import Relay, _link, _outbox
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer
from servers import HOST, free_port

SECONDS = 30
GAP = ("", None)
REQUEST = Context(method="GET", path="/", headers=[("datastar-request", "true")])
THREAD = "fatmorph-relay"
AGAIN = "(it tries again, and logs each reason once)"


@pytest.fixture(params=BROKERS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(SECONDS)
    assert [thread.name for thread in threading.enumerate()].count(THREAD) == 0


@asynccontextmanager
async def connected(kind: str, port_or_url: int | str) -> AsyncIterator[Relay[int]]:
    """Yield a relay to a port, or at an address; close it at the end."""
    url = port_or_url if isinstance(port_or_url, str) else f"{kind}://{HOST}:{port_or_url}"
    relay = Relay[int].connect(url)
    try:
        yield relay
    finally:
        await relay.aclose(0.1)


async def following(relay: Relay[int], pattern: str = "*"):
    """Return a subscription that follows gaps, after its first one: it is active."""
    messages = relay.subscribe(pattern)
    messages.follow_gaps()
    assert await next_of(messages) == GAP
    return messages


async def next_of(messages) -> tuple[str, int | None]:
    async with asyncio.timeout(SECONDS):
        return await anext(messages)


async def next_message(messages) -> tuple[str, int | None]:
    """Return the next message that is not a gap."""
    while (found := await next_of(messages)) == GAP:
        pass
    return found


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "fatmorph.relay" and record.levelno >= level
    ]


async def test_messages_wait_for_a_broker_that_is_not_there_yet(kind, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with broker(kind, tmp_path, is_running=False) as late:
        async with connected(kind, late.url) as relay:
            messages = relay.subscribe("a")
            for number in range(10):
                relay.publish("a", number)
            await until(lambda: relay.status.error)
            assert (relay.status.state, relay.status.waiting) == ("connecting", 10)

            await asyncio.to_thread(late.start)

            found = [await next_of(messages) for _ in range(10)]
            assert found == [("a", number) for number in range(10)]
            await until(lambda: relay.status.waiting == 0)
            status = relay.status
            assert (status.state, status.error, status.waiting) == ("connected", "", 0)
            assert (status.dropped, status.connections) == (0, 1)
        assert logged(caplog)[0] == (
            f"the relay is not connected to {late.url}: the connection was refused {AGAIN}"
        )
        assert logged(caplog)[-1] == f"the relay is connected to {late.url}"


async def test_a_broker_that_is_killed_and_started_again_is_found_again(kind, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with broker(kind, tmp_path) as mortal:
        unused = mortal.counts("fatmorph")[1]
        async with connected(kind, mortal.url) as relay:
            messages, quiet = await following(relay), relay.subscribe("a")

            for round_ in range(3):
                await until(lambda: relay.status.waiting == 0)
                await asyncio.to_thread(mortal.kill)
                await until(lambda: relay.status.state == "disconnected")
                relay.publish("a", round_)
                await asyncio.to_thread(mortal.start)

                assert await next_of(messages) == GAP
                assert await next_of(messages) == ("a", round_)
                assert await next_of(quiet) == ("a", round_)

            assert (relay.status.connections, relay.status.dropped) == (4, 0)
            assert mortal.counts("fatmorph")[1] - unused == 2
    assert logged(caplog).count(f"the relay is connected to {mortal.url}") == 4


async def test_a_live_page_is_drawn_again_after_an_outage(kind, tmp_path):
    with broker(kind, tmp_path) as mortal:
        async with connected(kind, mortal.url) as relay:
            count = 0

            async def page(c: Context, w: Writer) -> None:
                await w.live(lambda: h.p(f"count {count}", id="n"), relay.subscribe("count"))

            client = MemoryClient()
            stream = asyncio.create_task(respond(page, REQUEST, client))
            await until(lambda: b"count 0" in client.body)
            await until(lambda: relay.status.is_connected)
            await asyncio.to_thread(mortal.kill)
            await until(lambda: not relay.status.is_connected)
            count = 1  # another process changes it, and its message is lost
            await asyncio.to_thread(mortal.start)

            await until(lambda: b"count 1" in client.body)
            client.leave()
            await stream
            pages = [
                text for text in (b"count 0", b"count 1") for _ in range(client.body.count(text))
            ]
            assert pages == [b"count 0", b"count 1"]


@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_server_that_ends_every_attempt_is_asked_at_longer_intervals(kind, ending):
    attempts = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        attempts.append(asyncio.get_running_loop().time())
        if ending == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    async with (
        await asyncio.start_server(refuse, HOST, 0) as server,
        connected(kind, server.sockets[0].getsockname()[1]) as relay,
    ):
        relay.publish("a", 1)
        await until(lambda: len(attempts) >= 5)

        # The waits before the attempts are at least 0.05, 0.1, 0.2 and 0.4 seconds.
        assert attempts[4] - attempts[0] >= 0.7
        assert (relay.status.state, relay.status.waiting) == ("connecting", 1)
        assert relay.status.error


async def test_a_server_that_breaks_off_after_the_greeting_is_asked_again(kind, tmp_path):
    attempts = []
    with broker(kind, tmp_path) as real:

        async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            attempts.append(1)
            with suppress(OSError):
                real_reader, real_writer = await asyncio.open_connection(HOST, real.port)
                if kind == "redis":
                    real_writer.write(await reader.read(4096))
                writer.write(await real_reader.read(4096))
                await writer.drain()
                real_writer.close()
            writer.close()

        async with (
            await asyncio.start_server(break_off, HOST, 0) as server,
            connected(kind, server.sockets[0].getsockname()[1]) as relay,
        ):
            relay.publish("a", 1)

            await until(lambda: len(attempts) >= 3)
            assert relay.status.waiting == 1


async def test_a_server_that_never_answers_is_given_up_and_asked_again(kind, monkeypatch):
    monkeypatch.setattr(_link, "OPEN_SECONDS", 0.2)
    attempts, leave = [], asyncio.Event()

    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        attempts.append(1)
        await leave.wait()
        writer.close()

    async with (
        await asyncio.start_server(be_silent, HOST, 0) as server,
        connected(kind, server.sockets[0].getsockname()[1]) as relay,
    ):
        relay.publish("a", 1)

        await until(lambda: len(attempts) >= 2)
        assert relay.status.error == "no answer in time"
        leave.set()


async def test_a_broker_that_hangs_is_given_up_and_found_again(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(_link, "OPEN_SECONDS", 0.5)
    monkeypatch.setattr(_link, "CALL_SECONDS", 0.5)
    monkeypatch.setattr(_link, "IDLE_SECONDS", 0.5)
    with broker(kind, tmp_path) as hanging:
        async with connected(kind, hanging.url) as relay:
            messages = await following(relay)

            hanging.freeze()
            await until(lambda: relay.status.state == "disconnected")
            assert relay.status.error == "no answer in time"
            hanging.thaw()

            assert await next_of(messages) == GAP
            relay.publish("a", 1)
            assert await next_message(messages) == ("a", 1)


async def test_a_reader_that_the_broker_gives_up_draws_again(kind, tmp_path, monkeypatch):
    with broker(kind, tmp_path, options=impatient(kind, tmp_path)) as strict:
        unused = strict.counts("fatmorph")[1]
        big = Relay[bytes].connect(strict.url)
        async with aclosing(big), connected(kind, strict.url) as relay:
            messages = await following(relay, "small")
            noise = relay.subscribe("big", latest=True)
            may_go_on = threading.Event()
            wire = relay._wire
            received = wire.received
            monkeypatch.setattr(
                wire, "received", lambda *message: (may_go_on.wait(2 * SECONDS), received(*message))
            )
            await until(lambda: strict.counts("fatmorph")[1] - unused >= 2)

            for _ in range(24):
                big.publish("big", bytes(1024 * 1024 - 10))
            await until(lambda: big.status.waiting == 0)
            # A reader that was given up before its first message has not been held up by it.
            await until(lambda: relay.status.connections >= 2 or not is_reading(strict))
            may_go_on.set()

            assert await next_of(messages) == GAP
            assert relay.status.connections >= 2
            noise.close()


def impatient(kind: str, folder: Path) -> tuple[str, ...]:
    """Return options with which a broker soon ends the connection of a slow reader."""
    if kind == "redis":
        return ("--client-output-buffer-limit", "pubsub 1mb 1mb 1")
    file = folder / "nats.conf"
    file.write_text('max_pending: 2MB\nwrite_deadline: "500ms"\nmax_payload: 1MB\n')
    return ("-c", str(file))


def is_reading(strict: Broker) -> bool:
    """Return whether both relays are still connected."""
    return strict.counts("fatmorph")[0] > 1


class Proxy:
    """A TCP proxy that can break all its connections, and refuse new ones meanwhile."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []
        self.is_deaf = False
        self.swallowed = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(HOST, self._port)
        self._writers += [writer, other_writer]
        await asyncio.gather(
            self._copy(reader, other_writer, is_upstream=True),
            self._copy(other_reader, writer, is_upstream=False),
        )

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_upstream: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if is_upstream and self.is_deaf:
                    self.swallowed += len(data)
                    continue
                writer.write(data)
                await writer.drain()
        writer.close()


async def test_messages_that_are_lost_on_the_way_are_counted_and_announced(kind, tmp_path):
    with broker(kind, tmp_path) as real:
        proxy = Proxy(real.port)
        async with (
            await asyncio.start_server(proxy.pass_on, HOST, 0) as server,
            connected(kind, real.url) as reader,
            connected(kind, server.sockets[0].getsockname()[1]) as relay,
        ):
            messages = await following(reader, "a.*")
            others = await following(reader, "b.*")
            relay.publish("a.1", 1)
            assert await next_of(messages) == ("a.1", 1)

            await until(lambda: relay.status.waiting == 0)
            proxy.is_deaf = True  # as a network that loses everything, before anyone notices
            relay.publish("a.2", 2)
            await until(lambda: proxy.swallowed)
            proxy.is_deaf = False
            proxy.cut()

            assert await next_of(messages) == GAP
            assert (relay.status.dropped, others.skip()) == (1, 0)
            assert reader.status.connections == 1
            relay.publish("a.3", 3)
            assert await next_of(messages) == ("a.3", 3)
            proxy.cut()


async def test_messages_that_the_broker_refuses_are_counted_and_the_others_arrive(kind, tmp_path):
    options = forbidding(kind, tmp_path)
    with broker(kind, tmp_path, options=options) as strict:
        url = f"{kind}://app:secret@{HOST}:{strict.port}"
        async with connected(kind, url) as relay:
            messages = await following(relay, "open")
            for number in range(3):
                relay.publish("shut", number)
                relay.publish("open", number)
            received = [await next_message(messages) for _ in range(3)]
            await until(lambda: relay.status.dropped == 3)

    assert received == [("open", 0), ("open", 1), ("open", 2)]


async def test_a_subscription_that_the_broker_refuses_leaves_the_others_as_they_are(
    kind, tmp_path, caplog
):
    options = forbidding(kind, tmp_path)
    with broker(kind, tmp_path, options=options) as strict:
        url = f"{kind}://app:secret@{HOST}:{strict.port}"
        async with connected(kind, url) as relay:
            messages = await following(relay, "open")
            refused = relay.subscribe("shut")
            strict.kill()
            await until(lambda: relay.status.state == "disconnected")
            strict.start()
            assert await next_of(messages) == GAP
            relay.publish("open", 1)

            assert await next_of(messages) == ("open", 1)
            assert refused.skip() == 0
    assert caplog.text.count("the broker of the relay refused a command") == 1


async def test_a_message_that_is_too_large_for_the_broker_does_not_take_others_with_it(
    tmp_path, caplog
):
    path = tmp_path / "nats.conf"
    path.write_text("max_payload: 1000")
    with broker("nats", tmp_path, options=("-c", str(path))) as strict:
        relay = Relay[bytes].connect(strict.url)
        async with aclosing(relay):
            messages = await following(relay, "a")
            for size in (1, 2000, 3000, 2):
                relay.publish("a", bytes(size))

            sizes = [len((await next_of(messages))[1]) for _ in range(2)]

            await until(lambda: relay.status.dropped == 2)
            assert (sizes, relay.status.connections) == ([1, 2], 1)
    assert caplog.text.count("a message of more than 1,000 bytes, its max_payload") == 1


async def test_a_redis_that_is_full_and_flushed_passes_messages_on(tmp_path):
    options = ("--maxmemory", "1kb", "--maxmemory-policy", "noeviction")
    with broker("redis", tmp_path, options=options) as full:
        relay = Relay[bytes].connect(full.url)
        async with aclosing(relay):
            messages = await following(relay, "a")
            refusal = full.command("SET", "key", "value")
            relay.publish("a", bytes(500_000))
            found = [len((await next_of(messages))[1])]
            flushed = full.command("FLUSHALL")
            relay.publish("a", bytes(2))
            found.append(len((await next_of(messages))[1]))

    assert (refusal[:4], flushed, found) == (b"-OOM", b"+OK\r\n", [500_000, 2])
    assert (relay.status.connections, relay.status.dropped) == (1, 0)


async def test_the_documented_permissions_of_redis_are_enough(tmp_path, caplog):
    page = (Path(__file__).parents[2] / "docs/reference/relay.md").read_text(encoding="utf-8")
    sentence = page.partition("In Redis, it is ")[2].partition("\n")[0]
    channels, *commands = re.findall("`([^`]+)`", sentence)
    granted = [name if name.startswith("+") else f"+{name.lower()}" for name in commands]
    options = ("--user", "app", "on", ">secret", "resetchannels", channels, "-@all", *granted)
    with broker("redis", tmp_path, options=options) as strict:
        async with connected("redis", f"redis://app:secret@{HOST}:{strict.port}") as relay:
            everything, one = await following(relay), await following(relay, "a.1")
            one.close()
            relay.publish("a.2", 2)

            assert await next_message(everything) == ("a.2", 2)

    assert logged(caplog, logging.WARNING) == []


def forbidding(kind: str, folder: Path) -> tuple[str, ...]:
    """Return the options of a broker whose user `app` may not publish on `shut`."""
    if kind == "redis":
        return ("--user", "app", "on", ">secret", "resetchannels", "&fatmorph.open", "+@all")
    path = folder / "nats.conf"
    rule = 'permissions: {publish: {deny: "fatmorph.shut"}, subscribe: {deny: "fatmorph.shut"}}'
    path.write_text(f"authorization {{users: [{{user: app, password: secret, {rule}}}]}}")
    return ("-c", str(path))


async def test_a_long_outage_drops_the_oldest_messages_counts_and_announces_them(
    kind, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(_outbox, "MAX_WAITING_BYTES", 10 * (1 + _outbox.ENTRY_BYTES))
    with broker(kind, tmp_path) as real:
        proxy_port = free_port()
        async with (
            connected(kind, real.url) as reader,
            connected(kind, proxy_port) as relay,
        ):
            messages = await following(reader)
            for number in range(25):
                relay.publish(f"a.{number}", number)
            assert (relay.status.waiting, relay.status.dropped) == (10, 15)

            proxy = Proxy(real.port)
            async with await asyncio.start_server(proxy.pass_on, HOST, proxy_port):
                found = [await next_of(messages) for _ in range(25)]
                proxy.cut()

        # The subjects of the lost ones are announced first.
        assert found == [GAP] * 15 + [(f"a.{number}", number) for number in range(15, 25)]
    assert [text for text in logged(caplog) if "drops" in text] == [
        (
            f"the relay drops its oldest messages: 10 wait for {kind}://{HOST}:{proxy_port}, and "
            "there is no room for more (logged once per connection)"
        )
    ]


async def test_a_relay_without_its_broker_is_closed_within_the_limit(kind, caplog):
    relay = Relay[int].connect(f"{kind}://{HOST}:{free_port()}")
    relay.publish("a", 1)
    await until(lambda: relay.status.error)

    await relay.aclose(0.1)

    assert (relay.status.state, relay.status.waiting) == ("closed", 1)
    assert "the relay was closed before it could send 1 messages" in logged(caplog)[-1]


def test_a_program_ends_without_its_broker_and_says_what_it_could_not_send(kind):
    url = f"{kind}://{HOST}:{free_port()}"
    program = f"from fatmorph import Relay\nrelay = Relay.connect({url!r})\nrelay.publish('a', 1)"

    job = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert (job.returncode, job.stdout) == (0, "")
    assert job.stderr.splitlines() == [
        f"the relay is not connected to {url}: the connection was refused {AGAIN}",
        f"the relay was closed before it could send 1 messages to {url}",
    ]


async def first_error(url: str, caplog: pytest.LogCaptureFixture) -> str:
    """Return the status's error after the first attempt, which is logged in one line."""
    relay = Relay[int].connect(url)
    relay.publish("a", 1)
    await until(lambda: relay.status.error)
    error = relay.status.error
    await relay.aclose(0.1)
    assert [text for text in logged(caplog) if error in text] == [
        f"the relay is not connected to {relay.status.broker}: {error} {AGAIN}"
    ]
    return error


async def test_a_certificate_of_an_unknown_authority_is_one_line(kind, tmp_path, caplog):
    with encrypted(kind, tmp_path, HOST) as strange:
        error = await first_error(strange.url, caplog)

    assert error == "its certificate is not valid: self-signed certificate"


async def test_a_certificate_of_another_host_is_one_line(kind, tmp_path, caplog):
    with encrypted(kind, tmp_path, "127.0.0.2") as strange:
        error = await first_error(f"{strange.url}?ca_file={tmp_path / 'own.pem'}", caplog)

    assert error == (
        "its certificate is not valid: IP address mismatch, certificate is not valid for "
        "'127.0.0.1'."
    )


async def test_a_file_of_an_authority_that_is_missing_is_one_line(kind, tmp_path, caplog):
    with encrypted(kind, tmp_path, HOST) as own:
        error = await first_error(f"{own.url}?ca_file={tmp_path / 'none.pem'}", caplog)

    assert error == "the file of the certificate authority does not exist"


async def test_an_address_with_tls_does_not_connect_without_it(kind, tmp_path, caplog):
    with broker(kind, tmp_path, password="correct-horse", scheme=TLS_SCHEMES[kind]) as plain:
        error = await first_error(plain.url, caplog)

    assert error == WITHOUT_TLS[kind]


async def test_a_certificate_of_an_authority_of_your_own_is_accepted(kind, tmp_path):
    with encrypted(kind, tmp_path, HOST, password="correct-horse") as own:
        async with connected(kind, f"{own.url}?ca_file={tmp_path / 'own.pem'}") as relay:
            messages = relay.subscribe("a")

            relay.publish("a", 1)

            assert await next_of(messages) == ("a", 1)


# Redis waits for the end of a command, which the beginning of TLS does not have.
WITHOUT_TLS = {
    "nats": "it does not speak TLS as the address says",
    "redis": "no answer in time",
}
TLS_SCHEMES = {"nats": "tls", "redis": "rediss"}


@contextmanager
def encrypted(kind: str, folder: Path, host: str, password: str = "") -> Iterator[Broker]:
    """Run a broker that accepts only TLS, with a certificate that is its own authority."""
    options = tls_options(kind, *self_signed(folder, host))
    scheme = TLS_SCHEMES[kind]
    with broker(
        kind, folder, options=options, scheme=scheme, is_tls=True, password=password
    ) as found:
        yield found


def tls_options(kind: str, certificate: Path, key: Path) -> tuple[str, ...]:
    if kind == "nats":
        return ("--tls", "--tlscert", str(certificate), "--tlskey", str(key))
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key))
    return (*files, "--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no")


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a certificate for a host, which is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "own.pem", folder / "own.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file
