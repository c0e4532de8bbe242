"""A link ends its thread, also with a client library that does not expect it."""

import asyncio
import threading

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
