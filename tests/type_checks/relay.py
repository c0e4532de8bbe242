"""The types of the relay: checked, never run."""

from typing import assert_type

from fatmorph import Relay
from fatmorph.relay import RelayStatus

relay = Relay[str]()
counts: Relay[int] = Relay()


async def listen() -> None:
    async for subject, data in relay.subscribe("room.*"):
        assert_type(subject, str)
        assert_type(data, str)
    async with counts.subscribe("a", "b", latest=True, limit=10) as messages:
        assert_type(await anext(messages), tuple[str, int])


relay.publish("room.1", "Ada")
assert_type(Relay[int].connect("memory://"), Relay[int])
assert_type(relay.status, RelayStatus)

relay.publish("room.1", 7)  # type: ignore[arg-type]
relay.subscribe("room.1", "room.2", True)  # type: ignore[arg-type]
