"""A subscription: the reading end of a relay, for one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from fatmorph.errors import SubscriptionClosedError
from fatmorph.relay._mailbox import Mailbox

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from types import TracebackType

__all__ = ("Subscription",)

T = TypeVar("T")


class Subscription(Generic[T]):
    """An asynchronous iterator over messages as `(subject, data)`; made by `subscribe()`.

    Only one task at a time can read, in the event loop of the first reader. Cancelling a waiting
    reader loses no message: the next reader gets it.

    Example:
        >>> import asyncio
        >>> from fatmorph import Relay
        >>> relay = Relay[int]()
        >>> async def main():
        ...     scores = relay.subscribe("score", latest=True)
        ...     for score in range(3):
        ...         relay.publish("score", score)
        ...     return await anext(scores)
        >>> asyncio.run(main())
        ('score', 2)
    """

    __slots__ = ("__weakref__", "_mailbox", "_unregister", "is_of_one_process")

    def __init__(
        self, mailbox: Mailbox[T], unregister: Callable[[], None], *, is_of_one_process: bool
    ) -> None:
        self._mailbox = mailbox
        self._unregister = unregister
        self.is_of_one_process: bool = is_of_one_process
        """Whether it gets nothing from other processes, because its relay has no broker."""

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
            >>> from fatmorph import Relay
            >>> relay = Relay[int]()
            >>> scores = relay.subscribe("score")
            >>> for score in range(3):
            ...     relay.publish("score", score)
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

    def follow_gaps(self) -> None:
        """Wake the reader, too, after messages may have been lost on their way from a broker.

        It then gets `("", None)`. `Writer.live()` calls this method, so that a page is drawn again
        after its process was disconnected.

        Example:
            >>> from fatmorph import Relay
            >>> relay = Relay[str]()
            >>> relay.subscribe("*").follow_gaps()
        """
        self._mailbox.takes_gaps = True

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
            >>> from fatmorph import Relay
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
            >>> from fatmorph import Relay
            >>> relay = Relay[str]()
            >>> relay.subscribe("*").close()
            >>> relay.subscription_count
            0
        """
        self._unregister()
        self._mailbox.close()
