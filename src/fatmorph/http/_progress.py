"""How much of a body has arrived: told while its parts are read, a few times per second."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeAlias, cast

__all__ = ("OnProgress", "with_progress")

OnProgress: TypeAlias = Callable[[int, int], None]
"""Takes the number of bytes that have arrived, and of all bytes."""

INTERVAL_SECONDS = 0.2  # a bar looks smooth, and a page is drawn five times per second


async def with_progress(
    parts: AsyncIterator[bytes],
    length: int,
    on_progress: OnProgress,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[bytes]:
    """Yield the parts of a body, and tell how much of it has arrived.

    The first part and the end are always told, whatever the time.

    Args:
        parts: The body.
        length: The number of bytes that the client announced, or 0.
        on_progress: Is called in between; an error that it raises ends the body.
        clock: Returns seconds.
    """
    received = told = 0
    next_time = clock()
    async with aclosing(cast("Any", parts)) as body:  # the cast: an asynchronous generator
        async for part in body:
            received += len(part)
            if (now := clock()) >= next_time:
                next_time = now + INTERVAL_SECONDS
                told = received
                on_progress(received, max(received, length))
            yield part
    if told != received:
        on_progress(received, max(received, length))
