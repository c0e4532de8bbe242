"""The wire from a broker to the readers: messages that arrive together go on together."""

import asyncio

from fatmorph.relay._address import parsed_address
from fatmorph.relay._broker import LOST, Connection, Receiver
from fatmorph.relay._codec import Codec
from fatmorph.relay._mailbox import Mailbox, Queue
from fatmorph.relay._wire import MAX_COLLECTED, BrokerWire


class NoBroker:
    """A broker that is never used: the tests call the receiver themselves."""

    address = parsed_address("redis://127.0.0.1")

    async def open(self, receiver: Receiver) -> Connection:
        raise ConnectionRefusedError


def wire_with(box_limit: int) -> tuple[BrokerWire[int], Mailbox[int]]:
    wire = BrokerWire(Codec[int](int), NoBroker())
    box = Mailbox(("a",), Queue[int](box_limit), wire.registry.awaited)
    wire.end()  # it never connects
    wire.registry.add(box)
    return wire, box


def arrive(wire: BrokerWire[int], *values: int) -> None:
    for value in values:
        wire.received("a", "a", Codec[int](int).encode("a", value))


async def test_messages_that_arrive_in_one_turn_wait_for_its_end() -> None:
    wire, box = wire_with(10)

    arrive(wire, 1, 2)
    at_once = box.skip()
    arrive(wire, 3)
    await asyncio.sleep(0)

    assert (at_once, box.skip()) == (0, 3)


async def test_a_turn_without_an_end_passes_messages_on_nevertheless() -> None:
    wire, box = wire_with(2 * MAX_COLLECTED)

    arrive(wire, *range(MAX_COLLECTED + 1))

    assert box.skip() == MAX_COLLECTED


async def test_a_gap_comes_after_the_messages_before_it_and_before_the_others() -> None:
    wire, box = wire_with(10)
    box.takes_gaps = True

    arrive(wire, 1)
    wire.received("a", "a", LOST)
    arrive(wire, 2)
    await asyncio.sleep(0)

    assert [await box.receive() for _ in range(3)] == [("a", 1), ("", None), ("a", 2)]


async def test_a_message_of_another_type_is_left_out_of_its_run() -> None:
    wire, box = wire_with(10)

    arrive(wire, 1)
    wire.received("a", "a", b"\xa1x")
    arrive(wire, 2)
    await asyncio.sleep(0)

    assert [await box.receive() for _ in range(2)] == [("a", 1), ("a", 2)]
    assert wire.refused == 1
