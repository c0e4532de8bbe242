"""In any order of events, a client that reads a live page sees the last state, in order."""

import asyncio
from typing import Literal, TypeAlias

import pytest
from hypothesis import given, strategies as st

from fatmorph import Relay, h
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.markup._element import Element
from fatmorph.testing import MemoryClient
from transports import turns

Step: TypeAlias = Literal["change", "turn", "come", "leave", "stall", "read"]
STEPS: list[Step] = ["change", "turn", "come", "leave", "stall", "read"]


class World:
    """A state that counts up, and the clients that show it."""

    def __init__(self, key: str | None, turns_to_draw: int) -> None:
        self.relay = Relay[int]()
        self.state = 0
        self.key = key
        self.turns_to_draw = turns_to_draw
        self.clients: list[tuple[MemoryClient, asyncio.Task[None]]] = []

    async def view(self) -> Element:
        page = h.p(self.state, id="state")
        await turns(self.turns_to_draw)
        return page

    async def run(self, steps: list[Step]) -> None:
        for step in steps:
            await getattr(self, step)()
        for transport, _ in self.clients:
            transport.read_on()
        await turns(30 * (1 + self.turns_to_draw))

    async def end(self) -> None:
        for transport, _ in self.clients:
            transport.leave()
        await asyncio.gather(*(handler for _, handler in self.clients))

    async def change(self) -> None:
        self.state += 1
        self.relay.publish("state", self.state)

    async def turn(self) -> None:
        await turns(1)

    async def come(self) -> None:
        transport = MemoryClient()
        handler = asyncio.create_task(self.handle(transport))
        self.clients.append((transport, handler))

    async def leave(self) -> None:
        if self.clients:
            self.clients[0][0].leave()
            await self.clients.pop(0)[1]

    async def stall(self) -> None:
        for transport, _ in self.clients[:1]:
            transport.stop_reading()

    async def read(self) -> None:
        for transport, _ in self.clients[:1]:
            transport.read_on()

    async def handle(self, transport: MemoryClient) -> None:
        writer = HandledWriter(transport)
        await writer.live(self.view, self.relay.subscribe("*", latest=True), key=self.key)
        await writer.abort()


def states(transport: MemoryClient) -> list[int]:
    pages = transport.body.split(b'id="state">')[1:]
    return [int(page.partition(b"<")[0]) for page in pages]


@pytest.mark.parametrize("key", [None, "state"])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=40), turns_to_draw=st.integers(0, 3))
def test_a_reader_sees_the_last_state_and_never_an_older_one_after_a_newer(
    key: str | None, steps: list[Step], turns_to_draw: int
) -> None:
    async def scenario() -> tuple[list[list[int]], int, int]:
        world = World(key, turns_to_draw)
        await world.run(["come", *steps, "come"])
        seen = [states(transport) for transport, _ in world.clients]
        await world.end()
        return seen, world.state, world.relay.subscription_count

    seen, state, left = asyncio.run(scenario())

    assert [numbers[-1] for numbers in seen] == [state] * len(seen)
    # Each page is newer than the one before: no page twice, none that goes back.
    assert [sorted(set(numbers)) for numbers in seen] == seen
    assert left == 0
