"""The outbox of a relay: messages that wait to be sent, up to a number of bytes.

Numbered rules:

1. A full outbox drops its oldest message, counts it, and logs the first.
2. The subjects of dropped messages are kept, up to a number. The relay announces them after it
   has connected, so that the pages of other processes are drawn again.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TypeAlias

from fatmorph._log import Log

__all__ = ("MAX_WAITING_BYTES", "Entry", "Outbox")

MAX_WAITING_BYTES = 32 * 1024 * 1024  # about 160,000 messages of 100 bytes
MAX_LOST_SUBJECTS = 10_000
ENTRY_BYTES = 100  # of a message besides its text: the tuple, the objects, the queue

logger = Log("fatmorph.relay")


# One thing to tell the broker, in order: a message, as its subject and its payload; or a pattern
# that has changed, and None. A plain tuple, because there is one for each message.
Entry: TypeAlias = tuple[str, bytes | None]


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
            self._entries.append((subject, payload))
            self._message_count += 1
            self._bytes += len(payload) + ENTRY_BYTES
            if self._bytes <= MAX_WAITING_BYTES:
                return
            must_log = self._make_room() and not self._is_drop_logged
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
            self._entries.append((pattern, None))

    def waiting_patterns(self) -> set[str]:
        """Return the patterns that wait: they are to be subscribed to in their turn."""
        with self._lock:
            return {pattern for pattern, payload in self._entries if payload is None}

    def take(self, limit: int) -> list[Entry]:
        """Remove and return the oldest entries, at most `limit`."""
        # hot: as tests/benchmarks/relays.py shows.
        empty: deque[Entry] = deque()
        with self._lock:
            if len(self._entries) <= limit:
                # Without an allocation in between, so that no finaliser adds a message meanwhile.
                all_entries, self._entries = self._entries, empty
                self._taken_count += self._message_count
                self._message_count = self._bytes = 0
                return list(all_entries)
            entries = [self._entries.popleft() for _ in range(limit)]
            payloads = [payload for _, payload in entries if payload is not None]
            self._message_count -= len(payloads)
            self._taken_count += len(payloads)
            self._bytes -= sum(map(len, payloads)) + ENTRY_BYTES * len(payloads)
            return entries

    def note_sent(self) -> None:
        """Note that the broker has confirmed the messages that were taken."""
        with self._lock:
            self._taken_count = 0

    def note_lost(self, entries: list[Entry]) -> None:
        """Count messages that were taken, and that the broker may not have got."""
        with self._lock:
            self._taken_count = 0
            for subject, payload in entries:
                if payload is not None:
                    self._lose(subject)

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

    def _make_room(self) -> bool:
        """Drop the oldest messages, but not the newest one; return whether there were any."""
        dropped = self.dropped
        while self._bytes > MAX_WAITING_BYTES and self._message_count > 1:
            subject, payload = self._entries.popleft()
            if payload is None:
                # A pattern needs no room, and must not be lost.
                self._entries.append((subject, None))
                continue
            self._message_count -= 1
            self._bytes -= len(payload) + ENTRY_BYTES
            self._lose(subject)
        return self.dropped > dropped

    def _lose(self, subject: str) -> None:
        self.dropped += 1
        if len(self._lost_subjects) < MAX_LOST_SUBJECTS:
            self._lost_subjects[subject] = None
