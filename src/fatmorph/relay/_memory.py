"""The relay of one process: publishers in any thread, readers in any event loop.

It starts no task, and stores messages only in the queues of subscriptions. A subscription is
registered as soon as it is made, and referenced weakly until a reader waits: dropping it also
drops its messages. Messages are passed on without copying or encoding.
"""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from fatmorph.errors import SubjectError, SubscriptionClosedError, short_repr
from fatmorph.relay._contract import (
    BELOW,
    EVERYTHING,
    checked_pattern,
    checked_subject,
    disjoint_patterns,
    prefixes_of,
)
from fatmorph.relay._mailbox import LatestQueue, Mailbox, Queue, running_loop

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from types import TracebackType

__all__ = ("Relay", "Subscription")

T = TypeVar("T")
# Any: the registry does not depend on the type of the messages.
_Members: TypeAlias = "dict[int, weakref.ref[Mailbox[Any]]]"

DEFAULT_LIMIT = 1000  # messages; a slower reader should subscribe with latest=True


class Relay(Generic[T]):
    """A bus that carries messages from publishers to the streams of one process.

    Delivery is at most once, in the order of publishing, without replay: state lives in your
    database, and a page that reconnects renders all of it.

    Example:
        >>> import asyncio
        >>> relay = Relay[str]()
        >>> async def main():
        ...     async with relay.subscribe("room.1.*") as messages:
        ...         relay.publish("room.1.join", "ada")
        ...         async for subject, name in messages:
        ...             return subject, name
        >>> asyncio.run(main())
        ('room.1.join', 'ada')
    """

    def __init__(self) -> None:
        # Re-entrant: any allocation can run a finaliser, which may publish.
        self._lock = threading.RLock()
        self._members: dict[str, _Members] = {}  # by pattern
        self._patterns: dict[int, tuple[str, ...]] = {}  # by the number of a subscription
        self._numbers = itertools.count()
        # Weak references can die at any moment, even while the lock is held: they only record
        # their number here, and the next call that holds the lock removes them.
        self._dead: deque[int] = deque()
        # The event loop holds a waiting task weakly, and so do we: without this strong
        # reference, a background reader would be collected as garbage.
        self._awaited: set[Mailbox[T]] = set()

    @property
    def subscription_count(self) -> int:
        """Return how many subscriptions are open."""
        with self._lock:
            self._forget_dead()
            return len(self._patterns)

    def publish(self, subject: str, data: T) -> int:
        """Send a message to every matching subscription and return their number.

        This method never waits and is thread-safe; each subscription is woken in its own event
        loop.

        Args:
            subject: Tokens joined by dots, as in `room.1.join`.
            data: Any object; every subscription gets the same one.

        Raises:
            SubjectError: If the subject is not valid; patterns are not.

        Example:
            >>> Relay[str]().publish("room.1.join", "ada")
            0
        """
        checked_subject(subject)
        message = (subject, data)
        here = running_loop()
        losses: list[tuple[Mailbox[T], object]] = []
        with self._lock:
            self._forget_dead()
            mailboxes = self._mailboxes(subject)
            moment = time.perf_counter_ns()
            for mailbox in mailboxes:
                lost = mailbox.deliver(message, moment, here)
                if lost is not None:
                    losses.append((mailbox, lost))
        # Not under the lock: log handlers and finalisers may publish.
        for mailbox, _ in losses:
            mailbox.note_loss()
        return len(mailboxes)

    def subscribe(
        self, pattern: str, *patterns: str, latest: bool = False, limit: int = DEFAULT_LIMIT
    ) -> Subscription[T]:
        """Return a subscription that receives messages from this moment on.

        It ends when it is closed, or when it is no longer referenced.

        Args:
            pattern: A subject, `prefix.*` for everything below a prefix, at any depth, but
                not the prefix itself, or `*` for everything.
            patterns: Further ones; a message that matches several arrives once.
            latest: Whether a slow reader gets only the newest message of each subject, in the
                order of the last publish.
            limit: How many messages are queued before the oldest is dropped, 1 or more; with
                `latest`, how many subjects.

        Raises:
            SubjectError: If a pattern cannot match anything, or the limit is not an integer of
                1 or more.

        Example:
            >>> relay = Relay[str]()
            >>> relay.subscribe("room.1.*", "shutdown", latest=True)
            <Subscription to 'room.1.*', 'shutdown': 0 waiting, 0 dropped>
        """
        wanted = disjoint_patterns(tuple(map(checked_pattern, (pattern, *patterns))))
        most = _checked_limit(limit)
        queue = LatestQueue[T](most) if latest else Queue[T](most)
        mailbox = Mailbox(wanted, queue, self._awaited)
        with self._lock:
            self._forget_dead()
            number = next(self._numbers)
            self._add(number, mailbox)
        return Subscription(mailbox, lambda: self._remove(number))

    def _add(self, number: int, mailbox: Mailbox[T]) -> None:
        dead = self._dead
        reference = weakref.ref(mailbox, lambda _: dead.append(number))
        self._patterns[number] = mailbox.patterns
        for pattern in mailbox.patterns:
            self._members.setdefault(pattern, {})[number] = reference

    def _remove(self, number: int) -> None:
        with self._lock:
            for pattern in self._patterns.pop(number, ()):
                members = self._members[pattern]
                del members[number]
                if not members:
                    del self._members[pattern]

    def _forget_dead(self) -> None:
        while self._dead:
            self._remove(self._dead.popleft())

    def _mailboxes(self, subject: str) -> list[Mailbox[T]]:
        candidates = (subject, *(prefix + BELOW for prefix in prefixes_of(subject)), EVERYTHING)
        return [
            mailbox
            for pattern in filter(self._members.__contains__, candidates)
            for reference in self._members[pattern].values()
            if (mailbox := reference()) is not None
        ]


class Subscription(Generic[T]):
    """An asynchronous iterator over messages as `(subject, data)`; made by `subscribe()`.

    Only one task at a time can read, in the event loop of the first reader. Cancelling a waiting
    reader loses no message: the next reader gets it.

    Example:
        >>> import asyncio
        >>> relay = Relay[int]()
        >>> async def main():
        ...     scores = relay.subscribe("score", latest=True)
        ...     for score in range(3):
        ...         relay.publish("score", score)
        ...     return await anext(scores)
        >>> asyncio.run(main())
        ('score', 2)
    """

    __slots__ = ("__weakref__", "_mailbox", "_unregister")

    def __init__(self, mailbox: Mailbox[T], unregister: Callable[[], None]) -> None:
        self._mailbox = mailbox
        self._unregister = unregister

    @property
    def dropped(self) -> int:
        """Return how many messages were lost because the reader was too slow."""
        return self._mailbox.dropped

    @property
    def changed_at(self) -> int:
        """When the newest message was published, by `time.perf_counter_ns()`; 0 before any."""
        return self._mailbox.changed_at

    def __repr__(self) -> str:
        return f"<Subscription {self._mailbox}>"

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Coroutine[Any, Any, tuple[str, T]]:
        return self._mailbox.receive()

    def skip(self) -> int:
        """Discard the queued messages and return their number.

        Use it in a reader that reads the state itself, and only needs to know that it changed.

        Example:
            >>> relay = Relay[int]()
            >>> scores = relay.subscribe("score")
            >>> for score in range(3):
            ...     _ = relay.publish("score", score)
            >>> scores.skip(), scores.skip()
            (3, 0)
        """
        return self._mailbox.skip()

    def watch(self, waiter: asyncio.Future[None]) -> None:
        """End a wait when a message arrives here, for a reader of several sources.

        Args:
            waiter: A future of the running event loop.

        Raises:
            MomentError: If another task is reading, or another event loop has read.
        """
        self._mailbox.watch(waiter)

    def unwatch(self) -> None:
        """Undo `watch()`."""
        self._mailbox.unwatch()

    def take_waiting(self) -> bool:
        """Remove the oldest message, without waiting; return whether there was one.

        Raises:
            StopAsyncIteration: If the subscription is closed.
        """
        return self._mailbox.take_waiting()

    async def __aenter__(self) -> Self:
        if self._mailbox.is_closed:
            raise SubscriptionClosedError(
                "cannot enter a closed subscription",
                where=repr(self),
                why="it was taken off the relay and will never get a message",
                fix=f"async with relay.subscribe({self._mailbox.patterns[0]!r}) as messages: ...",
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Remove the subscription from the relay, and discard its queued messages.

        A waiting reader ends as at the end of an iterator. A second call does nothing.

        Example:
            >>> import asyncio
            >>> relay = Relay[str]()
            >>> async def main():
            ...     messages = relay.subscribe("*")
            ...     await messages.aclose()
            ...     return [message async for message in messages]
            >>> asyncio.run(main())
            []
        """
        self.close()

    def close(self) -> None:
        """Do what `aclose()` does, from a place that cannot await.

        Example:
            >>> relay = Relay[str]()
            >>> relay.subscribe("*").close()
            >>> relay.subscription_count
            0
        """
        self._unregister()
        self._mailbox.close()


def _checked_limit(limit: object) -> int:
    if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1:
        return limit
    raise SubjectError(
        f"cannot keep {short_repr(limit)} messages for a reader",
        where="relay.subscribe(limit=...)",
        why="the limit is a count, and a message waits at least until its reader runs",
        fix=f"relay.subscribe(pattern, limit={DEFAULT_LIMIT})",
    )
