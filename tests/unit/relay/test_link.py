"""A link ends its thread, also with a client library that does not expect it."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from fatmorph.relay import _link
from fatmorph.relay._address import parsed_address
from fatmorph.relay._broker import Connection, Receiver
from fatmorph.relay._codec import Codec
from fatmorph.relay._wire import BrokerWire


class BrokerThatTakesCancellations:
    """A broker whose client waits for long, and reports its cancellation as a failed connection."""

    address = parsed_address("redis://127.0.0.1")

    def __init__(self) -> None:
        self.is_asked = threading.Event()

    async def open(self, receiver: Receiver) -> Connection:
        self.is_asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
        raise ConnectionRefusedError


def test_a_link_is_closed_although_its_client_takes_the_cancellation() -> None:
    broker = BrokerThatTakesCancellations()
    wire = BrokerWire(Codec[int](int), broker)
    wire.publish("a", 1)
    broker.is_asked.wait()
    thread = wire._link._thread
    assert thread is not None

    wire.close(0)

    assert not thread.is_alive()


class BrokerThatRefuses:
    """A broker that refuses some attempts, then keeps what it gets."""

    address = parsed_address("redis://127.0.0.1")

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.has_refused = threading.Event()
        self.got: list[tuple[str, bytes]] = []

    async def open(self, receiver: Receiver) -> Connection:
        if self.refusals:
            self.refusals -= 1
            self.has_refused.set()
            raise ConnectionRefusedError
        return Kept(self.got)


class Kept:
    """A connection that keeps the messages."""

    def __init__(self, got: list[tuple[str, bytes]]) -> None:
        self._got = got

    async def subscribe(self, patterns: Sequence[str]) -> None: ...

    async def unsubscribe(self, pattern: str) -> None: ...

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        self._got += messages

    async def confirm(self) -> None: ...

    async def ended(self) -> str:
        return await asyncio.get_running_loop().create_future()

    async def close(self) -> None: ...


def test_a_link_that_is_closed_tries_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "FIRST_WAIT_SECONDS", 3600)
    monkeypatch.setattr(_link, "LONGEST_WAIT_SECONDS", 3600)
    broker = BrokerThatRefuses(2)
    codec = Codec[int](int)
    wire = BrokerWire(codec, broker)
    wire.publish("a", 1)
    broker.has_refused.wait()

    wire.close(30)

    assert broker.got == [("a", codec.encode("a", 1))]
