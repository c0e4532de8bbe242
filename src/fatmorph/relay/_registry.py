"""The registry of a relay: which mailboxes get a message, in any thread and any event loop.

It starts no task, and stores messages only in the queues of subscriptions. A mailbox is referenced
weakly until a reader waits: dropping it also drops its messages. Messages are passed on without
copying or encoding.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from fatmorph.relay._contract import BELOW, EVERYTHING, prefixes_of
from fatmorph.relay._mailbox import Mailbox, end_wait, running_loop

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

__all__ = ("GAP_SUBJECT", "Registry", "Run")

T = TypeVar("T")
# Any: the registry does not depend on the type of the messages.
_Members: TypeAlias = "dict[int, weakref.ref[Mailbox[Any]]]"
_Waiting: TypeAlias = "tuple[Mailbox[Any], asyncio.Future[None]]"

GAP_SUBJECT = ""  # that no message can have


class Run(Generic[T]):
    """Messages that have arrived one after the other for one pattern.

    Args:
        pattern: The pattern.
        next_number: That of the first mailbox that is too late for them.
    """

    __slots__ = ("messages", "next_number", "pattern")

    def __init__(self, pattern: str, next_number: int) -> None:
        self.pattern: str = pattern
        self.next_number: int = next_number
        self.messages: list[tuple[str, T]] = []


class Registry(Generic[T]):
    """The mailboxes of one relay in this process.

    Args:
        pattern_changed: Called when the first mailbox of a pattern comes, and when its last one
            goes. It must not wait, because the registry is locked.
    """

    def __init__(self, pattern_changed: Callable[[str], object] | None = None) -> None:
        # Re-entrant: any allocation can run a finaliser, which may publish.
        self._lock = threading.RLock()
        self._pattern_changed = pattern_changed
        self._members: dict[str, _Members] = {}  # by pattern
        self._patterns: dict[int, tuple[str, ...]] = {}  # by the number of a subscription
        self.next_number: int = 0
        # Weak references can die at any moment, even while the lock is held: they only record
        # their number here, and the next call that holds the lock removes them.
        self._dead: deque[int] = deque()
        # The event loop holds a waiting task weakly, and so do we: without this strong
        # reference, a background reader would be collected as garbage.
        self.awaited: set[Mailbox[T]] = set()
        self._to_wake: list[_Waiting] = []

    @property
    def count(self) -> int:
        """Return how many mailboxes there are."""
        with self._lock:
            self._forget_dead()
            return len(self._patterns)

    def patterns(self) -> tuple[str, ...]:
        """Return the patterns of all mailboxes."""
        with self._lock:
            self._forget_dead()
            # A copy, because a finaliser that `tuple()` runs may close a subscription.
            return tuple(self._members.copy())

    def has(self, pattern: str) -> bool:
        """Return whether there is a mailbox with this pattern."""
        with self._lock:
            return pattern in self._members

    def add(self, mailbox: Mailbox[T]) -> int:
        """Add a mailbox, which gets messages from now on; return its number."""
        with self._lock:
            self._forget_dead()
            number = self.next_number
            self.next_number += 1
            dead = self._dead
            reference = weakref.ref(mailbox, lambda _: dead.append(number))
            self._patterns[number] = mailbox.patterns
            for pattern in mailbox.patterns:
                self._join(pattern, number, reference)
        return number

    def remove(self, number: int) -> None:
        """Remove a mailbox by its number; a second call does nothing."""
        with self._lock:
            for pattern in self._patterns.pop(number, ()):
                members = self._members[pattern]
                del members[number]
                if not members:
                    del self._members[pattern]
                    self._note(pattern)

    def publish(self, subject: str, data: T) -> None:
        """Give a message of this process to every mailbox with a matching pattern."""
        message = (subject, data)
        here = running_loop()
        losses: list[tuple[Mailbox[T], object]] = []
        with self._lock:
            self._forget_dead()
            moment = time.perf_counter_ns()
            for mailbox in self._matching(subject):
                lost = mailbox.deliver(message, moment, here)
                if lost is not None:
                    losses.append((mailbox, lost))
        # Not under the lock: log handlers and finalisers may publish.
        for mailbox, _ in losses:
            mailbox.note_loss()

    def receive(self, runs: Iterable[Run[T]]) -> None:
        """Give messages of a broker to the mailboxes with their patterns, and only to them.

        A broker sends a message once for each pattern. The readers sleep until `wake()` is called.
        """
        # hot: as tests/benchmarks/relays.py shows.
        losses: list[tuple[Mailbox[T], list[object]]] = []
        with self._lock:
            self._forget_dead()
            moment = time.perf_counter_ns()
            for run in runs:
                # A copy: a finaliser that runs meanwhile may close a subscription.
                for number, reference in self._members.get(run.pattern, {}).copy().items():
                    mailbox = reference()
                    # A subscription gets no message that has arrived before it was made.
                    if mailbox is None or number >= run.next_number:
                        continue
                    lost, waiter = mailbox.store(run.messages, moment)
                    if lost:
                        losses.append((mailbox, lost))
                    if waiter is not None:
                        self._to_wake.append((mailbox, waiter))
        for mailbox, lost in losses:
            mailbox.note_loss(len(lost))

    def note_gap(self, patterns: Iterable[str]) -> None:
        """Tell the mailboxes with these patterns that messages may be missing.

        The readers sleep until `wake()` is called.
        """
        # A reader that follows gaps has read the documentation of `("", None)`.
        gap = cast("tuple[str, T]", (GAP_SUBJECT, None))
        with self._lock:
            self._forget_dead()
            moment = time.perf_counter_ns()
            found = {mailbox for pattern in patterns for mailbox in self._having(pattern)}
            for mailbox in found:
                mailbox.changed_at = moment
                if mailbox.takes_gaps:
                    _, waiter = mailbox.store([gap], moment)
                    if waiter is not None:
                        self._to_wake.append((mailbox, waiter))

    def wake(self) -> None:
        """Wake the readers of received messages, with one call for each event loop."""
        with self._lock:
            waiting, self._to_wake = self._to_wake, []
        by_loop: dict[asyncio.AbstractEventLoop, dict[asyncio.Future[None], Mailbox[Any]]] = {}
        for mailbox, waiter in waiting:
            by_loop.setdefault(waiter.get_loop(), {})[waiter] = mailbox
        for loop, waiters in by_loop.items():
            try:
                loop.call_soon_threadsafe(_end_waits, list(waiters))
            except RuntimeError:  # the loop was closed
                for mailbox in waiters.values():
                    mailbox.abandon()

    def _join(self, pattern: str, number: int, reference: weakref.ref[Mailbox[T]]) -> None:
        members = self._members.get(pattern)
        if members is None:
            self._members[pattern] = {number: reference}
            self._note(pattern)
        else:
            members[number] = reference

    def _note(self, pattern: str) -> None:
        if self._pattern_changed is not None:
            self._pattern_changed(pattern)

    def _forget_dead(self) -> None:
        while self._dead:
            with suppress(IndexError):  # a finaliser that publishes was faster
                self.remove(self._dead.popleft())

    def _matching(self, subject: str) -> list[Mailbox[T]]:
        candidates = (subject, *(prefix + BELOW for prefix in prefixes_of(subject)), EVERYTHING)
        return [
            mailbox
            for pattern in filter(self._members.__contains__, candidates)
            for mailbox in self._having(pattern)
        ]

    def _having(self, pattern: str) -> list[Mailbox[T]]:
        references = self._members.get(pattern, {}).values()
        return [mailbox for reference in references if (mailbox := reference()) is not None]


def _end_waits(waiters: list[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        end_wait(waiter)
