"""The mailbox of one subscription: its queued messages, and the task that waits for them.

Any thread can deliver messages; one task at a time reads them, in one event loop. A mailbox
does not match subjects: the relay does that first.
"""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections import OrderedDict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from fatmorph._log import Log
from fatmorph.counters import COUNTERS
from fatmorph.errors import MomentError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("LatestQueue", "Mailbox", "Queue", "end_wait", "end_wait_in_its_loop", "running_loop")

T = TypeVar("T")

NOTHING: list[object] = []  # that is never changed

logger = Log("fatmorph.relay")


class Mailbox(Generic[T]):
    """The queued messages of one subscription, and its only reader.

    It needs no lock: a publisher adds a message before it looks for a reader, and the reader
    registers before it looks for messages. So one of them sees the other.
    """

    # hot: with hundreds of streams, a mailbox is not in the processor's cache when it is used.
    __slots__ = (
        "__weakref__",
        "_awaited",
        "_loop",
        "_queue",
        "_waiter",
        "changed_at",
        "is_closed",
        "patterns",
        "takes_gaps",
    )

    def __init__(
        self,
        patterns: tuple[str, ...],
        queue: Queue[T] | LatestQueue[T],
        awaited: set[Mailbox[T]],
    ) -> None:
        self.patterns: tuple[str, ...] = patterns
        self.is_closed: bool = False
        self.takes_gaps: bool = False
        """Whether the reader is woken after messages may have been lost on the way."""
        self._queue = queue
        self._awaited = awaited
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiter: asyncio.Future[None] | None = None  # while a reader waits
        self.changed_at: int = 0

    @property
    def dropped(self) -> int:
        """Return how many messages were lost because the reader was too slow."""
        return self._queue.dropped

    def __str__(self) -> str:
        state = f"{len(self._queue)} waiting, {self.dropped} dropped"
        return f"to {self._names()}: {'closed' if self.is_closed else state}"

    def deliver(
        self, message: tuple[str, T], moment: int, here: asyncio.AbstractEventLoop | None
    ) -> object:
        """Take a message and wake the reader; return the message that it displaced, or `None`.

        Args:
            message: The subject and the data.
            moment: When it was published, by `time.perf_counter_ns()`.
            here: The running event loop of this thread.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        self.changed_at = moment
        lost = self._queue.put(message)
        waiter = self._waiter
        if waiter is not None:
            if self._loop is not here:
                self._wake_from_any_thread(waiter)
            elif not waiter.done():
                waiter.set_result(None)
        return lost

    def store(
        self, messages: list[tuple[str, T]], moment: int
    ) -> tuple[list[object], asyncio.Future[None] | None]:
        """Take messages; return those that they displaced, and the reader that waits.

        The caller wakes the reader, so that one call wakes all readers of an event loop.

        Args:
            messages: Subjects and data, in order.
            moment: When the last one arrived, by `time.perf_counter_ns()`.
        """
        # hot: as tests/benchmarks/relays.py shows.
        self.changed_at = moment
        lost = self._queue.put_all(messages)
        return lost, self._waiter

    def note_loss(self, count: int = 1) -> None:
        """Count lost messages, and log the first one."""
        COUNTERS.dropped += count
        is_first = not self._queue.dropped
        self._queue.dropped += count
        if is_first:
            logger.warning(
                "the reader of the subscription to %s is too slow: its limit of %d queued messages "
                "is reached, and each new one drops the oldest (logged once); "
                "read faster, or subscribe with latest=True",
                self._names(),
                self._queue.limit,
            )

    async def receive(self) -> tuple[str, T]:
        """Wait for the next message.

        Raises:
            StopAsyncIteration: When the mailbox is closed.
            MomentError: If another task is reading, or another event loop has read.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        loop = get_running_loop()
        if self._waiter is not None or self._loop is not loop:
            self._check_reader(loop)
        queue = self._queue
        while True:
            while not queue:
                self._waiter = waiter = loop.create_future()
                self._awaited.add(self)
                try:
                    if self.is_closed:
                        raise StopAsyncIteration
                    if not queue:
                        await waiter
                finally:
                    self._awaited.discard(self)
                    self._waiter = None
            try:
                return queue.take()
            except LookupError:  # a publisher in another thread has dropped it for a new one
                continue

    def watch(self, waiter: asyncio.Future[None]) -> None:
        """End the wait for a message of several mailboxes, now or later; see `unwatch()`.

        Args:
            waiter: A future of the running event loop, which the reader awaits.

        Raises:
            MomentError: If another task is reading, or another event loop has read.
        """
        loop = get_running_loop()
        if self._waiter is not None or self._loop is not loop:
            self._check_reader(loop)
        self._waiter = waiter
        self._awaited.add(self)
        if self._queue or self.is_closed:
            end_wait(waiter)

    def unwatch(self) -> None:
        """Undo `watch()`."""
        self._awaited.discard(self)
        self._waiter = None

    def take_waiting(self) -> bool:
        """Remove the oldest message; return whether there was one.

        Raises:
            StopAsyncIteration: If the mailbox is closed.
        """
        if self.is_closed:
            raise StopAsyncIteration
        with suppress(LookupError):
            self._queue.take()
            return True
        return False

    def skip(self) -> int:
        """Discard the queued messages and return their number."""
        count = len(self._queue)
        self._queue.clear()
        return count

    def abandon(self) -> None:
        """Let go of a reader that will never run again, because its event loop was closed."""
        self._awaited.discard(self)

    def close(self) -> None:
        """Discard the queued messages, refuse new ones, and end the reader's wait."""
        self.is_closed = True
        self._queue.clear()
        waiter = self._waiter
        if waiter is not None:
            self._wake_from_any_thread(waiter)

    def _names(self) -> str:
        return ", ".join(map(repr, self.patterns))

    def _check_reader(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is None:
            self._loop = loop
        if self._loop is not loop:
            raise MomentError(
                "cannot read a subscription in a second event loop",
                where=f"the subscription {self}",
                why="a message wakes the loop that read first, and no other",
                fix=f"messages = relay.subscribe({self.patterns[0]!r})  # in the loop that reads",
            )
        if self._waiter is not None:
            raise MomentError(
                "cannot read a subscription twice at the same time",
                where=f"the subscription {self}",
                why="each message goes to only one reader, and either could get it",
                fix=f"messages = relay.subscribe({self.patterns[0]!r})  # one for each reader",
            )

    def _wake_from_any_thread(self, waiter: asyncio.Future[None]) -> None:
        if not end_wait_in_its_loop(waiter):
            self.abandon()


class Queue(deque[tuple[str, T]]):
    """At most `limit` messages, in order."""

    __slots__ = ("dropped", "limit")

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit: int = limit
        self.dropped: int = 0

    def put(self, message: tuple[str, T]) -> object:
        """Add a message; return what was lost for it, or `None`."""
        lost = _oldest(self) if len(self) >= self.limit else None
        self.append(message)
        return lost

    def put_all(self, messages: list[tuple[str, T]]) -> list[object]:
        """Add messages; return what was lost for them."""
        # hot: as tests/benchmarks/relays.py shows.
        if len(self) + len(messages) <= self.limit:
            self.extend(messages)
            return NOTHING
        return _lost(map(self.put, messages))

    if TYPE_CHECKING:

        def take(self) -> tuple[str, T]:
            """Remove the oldest message and return it."""
            ...

    else:
        take = deque.popleft  # without a call in between


class LatestQueue(OrderedDict[str, tuple[str, T]]):
    """The newest message of each subject, in the order of the last publish."""

    __slots__ = ("dropped", "limit")

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit: int = limit
        self.dropped: int = 0

    def put(self, message: tuple[str, T]) -> object:
        """Add a message; return what was lost for it, or `None`."""
        self.pop(message[0], None)
        lost = _oldest(self) if len(self) >= self.limit else None
        self[message[0]] = message
        return lost

    def put_all(self, messages: list[tuple[str, T]]) -> list[object]:
        """Add messages; return what was lost for them."""
        return _lost(map(self.put, messages))

    def take(self) -> tuple[str, T]:
        """Remove and return the oldest message."""
        return self.popitem(last=False)[1]


def _lost(found: Iterable[object]) -> list[object]:
    return [lost for lost in found if lost is not None]


def _oldest(queue: Queue[T] | LatestQueue[T]) -> object:
    """Remove the oldest message of a full queue; None if a reader in another thread was faster."""
    with suppress(LookupError):
        return queue.take()
    return None


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running event loop of this thread, or `None`."""
    try:
        return get_running_loop()
    except RuntimeError:
        return None


def end_wait_in_its_loop(waiter: asyncio.Future[None]) -> bool:
    """Call `end_wait()` from any thread; return False if the future's event loop was closed."""
    try:
        waiter.get_loop().call_soon_threadsafe(end_wait, waiter)
    except RuntimeError:
        return False
    return True


def end_wait(waiter: asyncio.Future[None]) -> None:
    """Let the task that awaits a future go on; the future may be done already."""
    if not waiter.done():
        waiter.set_result(None)
