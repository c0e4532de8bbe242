"""The outbox of a relay: messages that wait to be sent, up to a number of bytes.

Numbered rules:

1. A full outbox drops its oldest message, counts it, and logs the first.
2. The subjects of dropped messages are kept, up to a number. The relay announces them after it
   has connected, so that the pages of other processes are drawn again.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import NamedTuple

from fatmorph._log import Log

__all__ = ("MAX_WAITING_BYTES", "Entry", "Outbox")

MAX_WAITING_BYTES = 32 * 1024 * 1024  # about 160,000 messages of 100 bytes
MAX_LOST_SUBJECTS = 10_000
ENTRY_BYTES = 100  # of a message besides its text: the tuple, the objects, the queue

logger = Log("fatmorph.relay")


class Entry(NamedTuple):
    """One thing to tell the broker, in order: a message, or a pattern that has changed."""

    subject: str
    payload: bytes | None  # None if `subject` is a pattern


class Outbox:
    """Messages and changed patterns, from any thread to the relay's own.

    Args:
        broker: The address without secrets, for logs.
    """

    def __init__(self, broker: str) -> None:
        self._broker = broker
        # Re-entrant: an allocation can run a finaliser, which may publish.
        self._lock = threading.RLock()
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._message_count = 0
        self._taken_count = 0  # of messages that the broker has not confirmed
        self._is_drop_logged = False
        self._lost_subjects: dict[str, None] = {}  # in order
        self.dropped: int = 0

    @property
    def message_count(self) -> int:
        """Return how many messages wait to be sent, or to be confirmed."""
        return self._message_count + self._taken_count

    def put_message(self, subject: str, payload: bytes) -> None:
        """Add a message; drop the oldest ones if there is no more room."""
        # hot: as tests/benchmarks/relays.py shows.
        with self._lock:
            dropped = self.dropped
            self._entries.append(Entry(subject, payload))
            self._message_count += 1
            self._bytes += len(payload) + ENTRY_BYTES
            if self._bytes <= MAX_WAITING_BYTES:
                return
            while self._bytes > MAX_WAITING_BYTES and self._message_count > 1:
                self._drop_oldest()
            must_log = self.dropped > dropped and not self._is_drop_logged
            self._is_drop_logged |= must_log
        if must_log:
            logger.warning(
                "the relay drops its oldest messages: %d wait for %s, and there is no room for "
                "more (logged once per connection)",
                self._message_count,
                self._broker,
            )

    def put_pattern(self, pattern: str) -> None:
        """Add a pattern that the registry has gained or lost."""
        with self._lock:
            self._entries.append(Entry(pattern, None))

    def waiting_patterns(self) -> set[str]:
        """Return the patterns that wait: they are to be subscribed to in their turn."""
        with self._lock:
            return {entry.subject for entry in self._entries if entry.payload is None}

    def take(self, limit: int) -> list[Entry]:
        """Remove and return the oldest entries, at most `limit`."""
        with self._lock:
            entries = [self._entries.popleft() for _ in range(min(limit, len(self._entries)))]
            for entry in entries:
                if entry.payload is not None:
                    self._message_count -= 1
                    self._taken_count += 1
                    self._bytes -= len(entry.payload) + ENTRY_BYTES
            return entries

    def note_sent(self) -> None:
        """Note that the broker has confirmed the messages that were taken."""
        with self._lock:
            self._taken_count = 0

    def note_lost(self, entries: list[Entry]) -> None:
        """Count messages that were taken, and that the broker may not have got."""
        with self._lock:
            self._taken_count = 0
            for entry in entries:
                if entry.payload is not None:
                    self._lose(entry.subject)

    def note_refused(self) -> None:
        """Count a message that the broker refused; it would refuse to announce the loss as well."""
        with self._lock:
            self.dropped += 1

    def take_lost_subjects(self) -> list[str]:
        """Remove and return the subjects of lost messages, in the order of the first loss."""
        with self._lock:
            lost = list(self._lost_subjects)
            self._lost_subjects.clear()
            self._is_drop_logged = False
            return lost

    def keep_lost_subjects(self, subjects: list[str]) -> None:
        """Take back subjects that could not be announced."""
        with self._lock:
            self._lost_subjects |= dict.fromkeys(subjects)

    def _drop_oldest(self) -> None:
        entry = self._entries.popleft()
        if entry.payload is None:
            self._entries.append(entry)  # a pattern needs no room, and must not be lost
            return
        self._message_count -= 1
        self._bytes -= len(entry.payload) + ENTRY_BYTES
        self._lose(entry.subject)

    def _lose(self, subject: str) -> None:
        self.dropped += 1
        if len(self._lost_subjects) < MAX_LOST_SUBJECTS:
            self._lost_subjects[subject] = None
