"""A reader in the background: it passes the messages of a relay on to a function.

It reads in the event loop in which it was first needed, and begins again in another one if that
loop was closed, or in a process that was forked. On WSGI, where each request has an event loop of
its own, it reads in a thread, so that one request does not end the reading for the others.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fatmorph._log import Log

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable

    from fatmorph.relay._relay import Relay
    from fatmorph.relay._subscription import Subscription

__all__ = ("LOOP_ENDS_WITH_REQUEST", "Reader")

T = TypeVar("T")

# Messages that wait while the event loop is busy, such as with the pages of 20,000 streams.
LIMIT = 100_000

LOOP_ENDS_WITH_REQUEST: ContextVar[bool] = ContextVar("fatmorph_loop_ends", default=False)
"""Whether the running event loop was made for one request, as on WSGI."""

logger = Log("fatmorph.relay")


class Reader(Generic[T]):
    """Read a relay for as long as the event loop runs.

    Args:
        relay: Carries the messages.
        take: Called with each subject and message, in the event loop that reads. After a gap it is
            called with `("", None)`, as `Subscription.follow_gaps()` says.
    """

    def __init__(self, relay: Relay[T], take: Callable[[str, T], None]) -> None:
        self._relay = relay
        self._take = take
        self._lock = threading.RLock()  # re-entrant: any allocation can run a finaliser
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        # Any: it has no result
        self._task: asyncio.Task[Any] | concurrent.futures.Future[Any] | None = None

    @property
    def is_reading(self) -> bool:
        """Whether messages are read now, in this process."""
        task, loop = self._task, self._loop
        if task is None or loop is None or self._pid != os.getpid():
            return False
        return not (task.done() or loop.is_closed())

    def ensure(self, *patterns: str) -> None:
        """Read these patterns from now on, in the running event loop, unless it is done already."""
        with self._lock:
            if self.is_reading:
                return
            messages = self._relay.subscribe(*patterns, limit=LIMIT)
            messages.follow_gaps()
            self._pid = os.getpid()
            if LOOP_ENDS_WITH_REQUEST.get():
                self._loop = loop = _background.loop()
                self._task = asyncio.run_coroutine_threadsafe(self._read(messages), loop)
            else:
                self._loop = loop = asyncio.get_running_loop()
                self._task = loop.create_task(self._read(messages))

    async def _read(self, messages: Subscription[T]) -> None:
        async for subject, data in messages:
            try:
                self._take(subject, data)
            # All errors: a message that cannot be used must not end the reading of the others.
            except Exception:
                logger.exception("a message on %s was not taken", subject)


class _Background:
    """An event loop in a thread of its own, for all readers of a process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop; a forked process gets another one."""
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._pid, self._loop = os.getpid(), asyncio.new_event_loop()
                # A daemon: the program ends without it.
                threading.Thread(
                    target=self._loop.run_forever, name="fatmorph-reader", daemon=True
                ).start()
            return self._loop


_background = _Background()
