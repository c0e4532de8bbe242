"""The first gap of a relay: it is connected, and announces that messages may have been lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fatmorph import Relay

__all__ = ("after_first_gap",)


@asynccontextmanager
async def after_first_gap(relay: Relay[str]) -> AsyncIterator[None]:
    """Begin after the first gap, which would end the first streams of `Streams(relay)`."""
    first = relay.subscribe("streams.end")
    first.follow_gaps()
    await anext(first)
    yield
