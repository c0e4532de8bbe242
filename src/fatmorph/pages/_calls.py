"""Calls between the processes that share the states of pages: messages, and the answers to them."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import threading
from asyncio import get_running_loop
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

from fatmorph._log import Limit, Log
from fatmorph.errors import SettingsError
from fatmorph.pages._messages import PageMessage
from fatmorph.pages._page import Visitor
from fatmorph.relay._reader import Reader
from fatmorph.relay._relay import Relay

__all__ = ("Call", "Calls")

NOT_IN_TOKEN = re.compile(r"[^\w-]+")
NAME_CHARACTERS = 100

logger = Log("fatmorph.pages")

_all_calls: WeakSet[Calls] = WeakSet()  # of this process


class Call:
    """The messages about one question, for the task that waits for them.

    Args:
        name: Unique among all processes.
        take_rest: Called with each message that comes after its end, or was not read before.
    """

    def __init__(self, name: str, take_rest: Callable[[PageMessage], None]) -> None:
        self.name: str = name
        self._take_rest = take_rest
        self._loop = get_running_loop()
        self._messages: asyncio.Queue[PageMessage] = asyncio.Queue()
        self._is_over = False

    def put(self, message: PageMessage) -> None:
        """Take a message, from any thread."""
        with suppress(RuntimeError):  # the loop was closed, and the task with it
            self._loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: PageMessage) -> None:
        if self._is_over:
            self._take_rest(message)
        else:
            self._messages.put_nowait(message)

    def end(self) -> None:
        """Take no more messages."""
        self._is_over = True
        while not self._messages.empty():
            self._take_rest(self._messages.get_nowait())

    async def next(self, seconds: float) -> PageMessage | None:
        """Wait for the next message; None if there is none in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._messages.get()
        return None


class Calls:
    """The messages of one process to the others that have the same pages.

    Args:
        relay: Carries them.
        made: The class of the states. Classes of different names or modules may share a relay.
        take: Called with each message of another process that does not answer a call.

    Raises:
        SettingsError: If this relay has pages of this class already.
    """

    def __init__(
        self,
        relay: Relay[PageMessage],
        made: type,
        take: Callable[[PageMessage], None],
    ) -> None:
        self.relay: Relay[PageMessage] = relay
        self._name = made.__qualname__
        token = NOT_IN_TOKEN.sub("-", f"{made.__module__}.{made.__qualname__}")
        self.subject: str = f"pages.{token[-NAME_CHARACTERS:]}"
        self._take = take
        self._token = secrets.token_hex(8)
        self._reader = Reader[Any](relay, self._took)  # Any: see `_took()`
        self._lock = threading.RLock()
        self._calls: dict[str, Call] = {}
        self._limit = Limit(1)
        for other in self._others():
            if other.relay is relay:
                raise self._shared_error()
        _all_calls.add(self)

    @property
    def sender(self) -> str:
        """The name of this process; a forked one has another name."""
        return f"{self._token}-{os.getpid()}"

    @property
    def is_connected(self) -> bool:
        """Whether messages reach the other processes now."""
        return self.relay.status.is_connected

    @property
    def is_listening(self) -> bool:
        """Whether messages are taken now, in this process."""
        return self._reader.is_reading

    def listen(self) -> None:
        """Take the messages of the others from now on.

        Raises:
            SettingsError: If other pages of this process take the same messages: both would answer.
        """
        if self.is_listening:
            return
        for other in self._others():
            if other.is_listening and other.relay.reaches(self.relay):
                raise self._shared_error()
        self._reader.ensure(f"{self.subject}.all", f"{self.subject}.to.{self.sender}")

    def _others(self) -> list[Calls]:
        return [
            other for other in _all_calls if other is not self and other.subject == self.subject
        ]

    def _shared_error(self) -> SettingsError:
        return SettingsError(
            f"cannot use a second Pages of {self._name} over the messages of one relay",
            where="Pages(relay=…)",
            why="each of them would answer for the states of the other one",
            fix=f"Pages({self._name}, relay=Relay[PageMessage].connect(url, "
            'prefix="more-tabs"))  (a prefix for each)',
        )

    @contextmanager
    def call(self, name: str | None = None) -> Generator[Call, None, None]:
        """Collect the messages of a call while the block runs.

        Args:
            name: A call of another process, which is answered here; None begins a new one.
        """
        call = Call(name or self.new_name(), self._take)
        with self._lock:
            self._calls[call.name] = call
        try:
            yield call
        finally:
            with self._lock:
                self._calls.pop(call.name, None)
            call.end()

    def new_name(self) -> str:
        """Return the name of a new call."""
        return secrets.token_hex(12)

    # Any: the literals and fields of PageMessage.
    def ask(self, kind: Any, call: str, visitor: Visitor, **values: Any) -> None:
        """Send a message about a page to all processes."""
        message = self.message(kind, call, **visitor._asdict(), **values)
        self.relay.publish(f"{self.subject}.all", message)

    def tell(self, to: str, message: PageMessage) -> None:
        """Send a message to one process, from any thread."""
        self.relay.publish(f"{self.subject}.to.{to}", message)

    def message(self, kind: Any, call: str, **values: Any) -> PageMessage:  # Any: as PageMessage
        """Return a message of this process."""
        return PageMessage(kind=kind, sender=self.sender, call=call, **values)

    def _took(self, _subject: str, message: Any) -> None:  # Any: whatever the user's relay carries
        if message is None:  # a gap: lost messages are those of calls, which have a limit
            return
        if not isinstance(message, PageMessage):
            if self._limit.left_out("type") is not None:
                logger.error(
                    "a relay of pages carries %s: write Relay[PageMessage].connect(url)",
                    type(message).__name__,
                )
            return
        if message.sender == self.sender:
            return
        with self._lock:
            call = self._calls.get(message.call)
        if call is not None:
            call.put(message)
        else:
            self._take(message)
