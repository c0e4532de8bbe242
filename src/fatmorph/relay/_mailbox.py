"""What waits for one subscription of a relay: its messages, and the task that reads them.

A mailbox is filled by any thread and read in one event loop, by one task at a time. It
knows nothing of subjects: what is put into it was matched before.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from asyncio import get_running_loop
from collections import OrderedDict, deque
from typing import Generic, TypeVar

from fatmorph.counters import COUNTERS
from fatmorph.errors import MomentError

__all__ = ("LatestQueue", "Mailbox", "Queue", "running_loop")

T = TypeVar("T")

logger = logging.getLogger("fatmorph.relay")


class Mailbox(Generic[T]):
    """The messages that wait for one subscription, and the one reader that waits for them."""

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "__weakref__",
        "_awaited",
        "_is_read",
        "_lock",
        "_loop",
        "_queue",
        "_waiter",
        "changed_at",
        "is_closed",
        "patterns",
    )

    def __init__(
        self,
        patterns: tuple[str, ...],
        queue: Queue[T],
        awaited: set[Mailbox[T]],
        lock: threading.RLock,
    ) -> None:
        self.patterns = patterns
        self.is_closed = False
        self._queue = queue
        self._awaited = awaited
        self._lock = lock  # the relay's: one for all stays in the processor's cache
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_read = False
        self.changed_at = 0

    @property
    def dropped(self) -> int:
        """Return how many messages were lost because the reader was behind."""
        return self._queue.dropped

    def __str__(self) -> str:
        state = f"{len(self._queue)} waiting, {self.dropped} dropped"
        return f"to {self._names()}: {'closed' if self.is_closed else state}"

    def deliver(
        self, subject: str, data: T, moment: int, here: asyncio.AbstractEventLoop | None
    ) -> bool:
        """Take a message and wake the reader; return whether the mailbox was open.

        Args:
            subject: What the message was published on.
            data: The message.
            moment: When it was published, by `time.perf_counter_ns()`.
            here: The event loop that runs in this thread.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        with self._lock:
            if self.is_closed:
                return False
            # Two threads that publish may come here in either order.
            if moment > self.changed_at:
                self.changed_at = moment
            # Named, to outlive the lock: a finaliser of what was lost may publish.
            lost = self._queue.put(subject, data)
            is_first_loss = lost is not None and self.dropped == 1
            waiter, self._waiter = self._waiter, None
        if waiter is not None:
            self._wake(waiter, here)
        if lost is not None:
            COUNTERS.dropped += 1
        if is_first_loss:
            logger.warning(
                "the reader of the subscription to %s is behind: %d messages wait for it, "
                "which is its limit, and each new one now drops the oldest (logged once); "
                "read faster, or subscribe with latest=True",
                self._names(),
                self._queue.limit,
            )
        return True

    async def receive(self) -> tuple[str, T]:
        """Wait for the next message.

        Raises:
            StopAsyncIteration: When the mailbox is closed.
            MomentError: If another task is reading, or another event loop has read.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        loop = get_running_loop()
        if self._is_read or self._loop is not loop:
            self._check_reader(loop)
        self._is_read = True
        try:
            while True:
                with self._lock:
                    if self.is_closed:
                        raise StopAsyncIteration
                    if (message := self._queue.take()) is not None:
                        return message
                    self._waiter = waiter = loop.create_future()
                self._awaited.add(self)
                await waiter
        finally:
            self._awaited.discard(self)
            self._waiter = None
            self._is_read = False

    def skip(self) -> int:
        """Discard what waits; return how many messages that were."""
        with self._lock:
            count = len(self._queue)
            # Named, to outlive the lock: a finaliser among the messages may publish.
            discarded = self._queue.clear() if count else None
        del discarded
        return count

    def close(self) -> None:
        """Discard what waits, refuse what comes, end the wait of the reader."""
        with self._lock:
            self.is_closed = True
            # Named, to outlive the lock: a finaliser among the messages may publish.
            discarded = self._queue.clear()
            waiter, self._waiter = self._waiter, None
        if waiter is not None:
            self._wake(waiter, running_loop())
        del discarded

    def _names(self) -> str:
        return ", ".join(map(repr, self.patterns))

    def _check_reader(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            if self._loop is None:
                self._loop = loop
        if self._loop is not loop:
            raise MomentError(
                "cannot read a subscription in a second event loop",
                where=f"the subscription {self}",
                why="a message wakes the loop that read first, and no other",
                fix=f"messages = relay.subscribe({self.patterns[0]!r})  # in the loop that reads",
            )
        if self._is_read:
            raise MomentError(
                "cannot read a subscription twice at the same time",
                where=f"the subscription {self}",
                why="each message goes to one reader, and nobody could say to which",
                fix=f"messages = relay.subscribe({self.patterns[0]!r})  # one for each reader",
            )

    def _wake(self, waiter: asyncio.Future[None], here: asyncio.AbstractEventLoop | None) -> None:
        if self._loop is here:
            _end_wait(waiter)
            return
        try:
            waiter.get_loop().call_soon_threadsafe(_end_wait, waiter)
        except RuntimeError:
            # Its loop was closed while the reader waited: it will never run again.
            self._awaited.discard(self)


class Queue(Generic[T]):
    """Messages in order, at most `limit` of them."""

    __slots__ = ("_messages", "dropped", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped = 0
        self._messages: deque[tuple[str, T]] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, subject: str, data: T) -> object:
        """Add a message; return what was lost for it, or `None`."""
        self._messages.append((subject, data))
        if len(self._messages) <= self.limit:
            return None
        self.dropped += 1
        return self._messages.popleft()

    def take(self) -> tuple[str, T] | None:
        """Return the oldest message, which is then no longer here; None if there is none."""
        return self._messages.popleft() if self._messages else None

    def clear(self) -> object:
        """Forget the messages; return them."""
        messages, self._messages = self._messages, deque()
        return messages


class LatestQueue(Queue[T]):
    """The newest message of each subject, in the order of the last publish."""

    __slots__ = ("_newest",)

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._newest: OrderedDict[str, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._newest)

    def put(self, subject: str, data: T) -> object:
        self._newest[subject] = data
        self._newest.move_to_end(subject)
        if len(self._newest) <= self.limit:
            return None
        self.dropped += 1
        return self._newest.popitem(last=False)

    def take(self) -> tuple[str, T] | None:
        return self._newest.popitem(last=False) if self._newest else None

    def clear(self) -> object:
        newest, self._newest = self._newest, OrderedDict()
        return newest


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, `None` where none does."""
    try:
        return get_running_loop()
    except RuntimeError:
        return None


def _end_wait(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
