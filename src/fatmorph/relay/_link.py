"""The link of a relay to its broker: a thread with an event loop, which owns the connection.

So any thread of any program can publish: a worker, a synchronous view, a cron job. Numbered rules:

1. There is one connection. After it has failed, the next attempt waits: longer each time, and for
   a random part of the time, so that many processes do not come back at the same moment.
2. After it has connected, the link subscribes to all patterns of the registry, waits until the
   broker has confirmed them, and only then tells the readers that there was a gap. A state that
   is read after that is followed by every later message.
3. Everything is sent in the order of the calls. A message that the broker has not confirmed when
   the connection breaks is not sent again, but counted, and its subject is announced as lost.
4. No call of a client library may take longer than its limit.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fatmorph._log import Log
from fatmorph.errors import MomentError
from fatmorph.relay._broker import LOST, Broker, Connection, Receiver
from fatmorph.relay._failure import reason_of
from fatmorph.relay._outbox import Entry, Outbox
from fatmorph.relay._status import RelayState, RelayStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ("Link",)

OPEN_SECONDS = 5.0  # for one attempt to connect
CALL_SECONDS = 10.0  # for a write, or an answer of the broker
IDLE_SECONDS = 15.0  # of silence, after which the broker is asked whether it is there
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
CLOSING_WAIT_SECONDS = 1.0  # at most, of a link that is to end: its time may be limited
STABLE_SECONDS = 10.0  # a connection that lasts so long ends the lengthening of waits
BATCH = 2_000  # messages that one confirmation is for

logger = Log("fatmorph.relay")


class Link:
    """Send messages to a broker, and keep its subscriptions equal to the registry's patterns.

    Args:
        broker: The broker.
        receiver: Gets the messages, in the link's thread.
        patterns: Returns the patterns that have readers now.
        note_gap: Tells the readers of some patterns that messages may be missing.
    """

    def __init__(
        self,
        broker: Broker,
        receiver: Receiver,
        *,
        patterns: Callable[[], tuple[str, ...]],
        note_gap: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._broker = broker
        self._name = str(broker.address)
        self._receiver = receiver
        self._patterns = patterns
        self._note_gap = note_gap
        self._lock = threading.RLock()
        self._connections = 0
        self._logged_errors: set[str] = set()  # since the last connection
        self._is_closing = False
        self._is_stopped = False
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._state: RelayState = "idle"
        self._error = ""
        self._outbox = Outbox(self._name)
        self._thread: threading.Thread | None = None
        self._loop: _Loop | None = None
        self._running: asyncio.Task[None] | None = None
        self._signal = asyncio.Event()
        self._is_signalled = False
        self._is_called_soon = False
        self._over: asyncio.Future[str]  # while there is a connection

    def status(self, *, refused: int) -> RelayStatus:
        """Return the state now.

        Args:
            refused: Messages that were refused.
        """
        return RelayStatus(
            broker=self._name,
            state=self._state,
            error=self._error,
            waiting=self._outbox.message_count,
            dropped=self._outbox.dropped,
            refused=refused,
            connections=self._connections,
        )

    def send(self, subject: str, payload: bytes) -> None:
        """Send a message soon; from any thread, without waiting.

        Raises:
            MomentError: If the link is closed.
        """
        if self._is_closing:
            raise MomentError(
                "cannot publish on a relay that was closed",
                where="relay.publish()",
                why="its connection to the broker has ended",
                fix=f'relay = Relay.connect("{self._name}")',
            )
        # hot: as tests/benchmarks/relays.py shows.
        self._ensure_running()
        self._outbox.put_message(subject, payload)
        if not self._is_signalled:
            self._wake()

    def note_refused(self) -> None:
        """Count a message that the broker refused; the connection goes on."""
        self._outbox.note_refused()

    def pattern_changed(self, pattern: str) -> None:
        """Subscribe to a pattern soon, or end its subscription, as the registry has it then."""
        if not self._is_closing:
            self._ensure_running()
            self._outbox.put_pattern(pattern)
            self._wake()

    def after_this_turn(self, call: Callable[[], None]) -> None:
        """Call a function once after the messages that have arrived; in the link's thread."""
        if not self._is_called_soon:
            self._is_called_soon = True
            asyncio.get_running_loop().call_soon(self._call, call)

    def _call(self, call: Callable[[], None]) -> None:
        self._is_called_soon = False
        call()

    def end(self) -> None:
        """Send what waits, then end; does not wait for it."""
        self._is_closing = True
        if self._thread is None or self._pid != os.getpid():
            self._state = "closed"
        else:
            self._wake()

    def close(self, seconds: float) -> bool:
        """Send what waits, then end; return whether all was sent in time.

        Args:
            seconds: The limit, after which the messages that still wait are dropped.
        """
        self.end()
        thread, loop = self._thread, self._loop
        if thread is not None and loop is not None and thread is not threading.current_thread():
            thread.join(seconds)
            if thread.is_alive():
                with suppress(RuntimeError):  # it has just ended
                    loop.call_soon_threadsafe(self._stop)
                thread.join(CALL_SECONDS)
        return self._outbox.message_count == 0

    def _stop(self) -> None:
        self._is_stopped = True  # a client library may take the cancellation for its own
        if self._running is not None:
            self._running.cancel()

    def _ensure_running(self) -> None:
        if self._thread is not None and self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():  # a fork has copied everything but the thread
                self._begin()
            if self._thread is None:
                self._loop = loop = _Loop()
                runner = asyncio.Runner(loop_factory=lambda: loop)
                self._state = "connecting"
                # A daemon: the program ends without it, after `close()` at its exit.
                self._thread = threading.Thread(
                    target=self._run_in_thread, args=(runner,), name="fatmorph-relay", daemon=True
                )
                self._thread.start()

    def _wake(self) -> None:
        # One call for all that comes before the thread runs; it lowers the flag before it looks.
        if not self._is_signalled and self._loop is not None:
            self._is_signalled = True
            with suppress(RuntimeError):  # the loop was closed
                self._loop.call_soon_threadsafe(self._signal.set)

    def _run_in_thread(self, runner: asyncio.Runner) -> None:
        with suppress(asyncio.CancelledError), runner:
            runner.run(self._run())
        self._state = "closed"
        waiting = self._outbox.message_count
        if waiting:
            logger.warning(
                "the relay was closed before it could send %d messages to %s", waiting, self._name
            )

    async def _run(self) -> None:
        self._running = asyncio.current_task()
        failures = 0
        while True:
            started_at = time.monotonic()
            reason = await self._connected()
            if reason is None:
                return
            self._note_failure(reason)
            if time.monotonic() - started_at > STABLE_SECONDS:
                failures = 0
            await self._pause(failures)
            failures += 1
            if self._is_done:
                return

    @property
    def _is_done(self) -> bool:
        return self._is_closing and (self._is_stopped or not self._outbox.message_count)

    async def _next_signal(self) -> None:
        await self._signal.wait()
        self._is_signalled = False  # before the flag's reader looks for what is new
        self._signal.clear()

    async def _pause(self, failures: int) -> None:
        is_closing = self._is_closing
        longest = CLOSING_WAIT_SECONDS if is_closing else LONGEST_WAIT_SECONDS
        seconds = min(longest, FIRST_WAIT_SECONDS * 2 ** min(failures, 10))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.5, 1)):  # noqa: S311 - no secret
                # `end()` ends a wait, so that the link tries at once.
                while self._is_closing == is_closing and not self._is_done:
                    await self._next_signal()

    async def _connected(self) -> str | None:
        """Use one connection until it ends; return why it failed, or None after `end()`."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                connection = await self._broker.open(self._receiver)
            try:
                return await self._used(connection)
            finally:
                await self._closed(connection)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return reason_of(error, self._broker.address)  # a client library has cancelled a wait
        # All errors: whatever a client library raises, the next attempt may succeed.
        except Exception as error:  # noqa: BLE001
            return reason_of(error, self._broker.address)
        finally:
            if self._loop is not None:
                self._loop.abort_connections()

    async def _closed(self, connection: Connection) -> None:
        with suppress(Exception):
            await _limited(connection.close())

    async def _used(self, connection: Connection) -> str | None:
        self._over = over = asyncio.ensure_future(connection.ended())
        over.add_done_callback(lambda _: self._signal.set())
        try:
            # In this order: a pattern that comes in between waits for its turn, and does not get
            # the messages before it.
            patterns = set(self._patterns())
            active = patterns - self._outbox.waiting_patterns()
            await _limited(connection.subscribe(sorted(active)))
            await self._announce_losses(connection)
            await self._confirm(connection)
            self._note_connection()
            self._note_gap(tuple(active))
            while not over.done():
                if entries := self._outbox.take(BATCH):
                    await self._send(connection, entries, active)
                elif self._is_closing:
                    return None
                else:
                    await self._wait_for_signal(connection)
            return self._broker.address.without_secrets(over.result())
        finally:
            over.cancel()

    async def _announce_losses(self, connection: Connection) -> None:
        lost = self._outbox.take_lost_subjects()
        try:
            for start in range(0, len(lost), BATCH):
                batch = [(subject, LOST) for subject in lost[start : start + BATCH]]
                await _limited(connection.publish(batch))
        except BaseException:
            self._outbox.keep_lost_subjects(lost)
            raise

    async def _send(self, connection: Connection, entries: list[Entry], active: set[str]) -> None:
        try:
            new = await self._pass_on(connection, entries, active)
            await self._confirm(connection)
        except BaseException:
            self._outbox.note_lost(entries)
            raise
        self._outbox.note_sent()
        if new:
            self._note_gap(tuple(new))

    async def _pass_on(
        self, connection: Connection, entries: list[Entry], active: set[str]
    ) -> set[str]:
        """Send entries in order; return the patterns that were subscribed to."""
        new: set[str] = set()
        messages: list[tuple[str, bytes]] = []
        for subject, payload in entries:
            if payload is not None:
                messages.append((subject, payload))
                continue
            is_wanted = subject in self._patterns()
            if is_wanted == (subject in active):
                continue
            if messages:
                await _limited(connection.publish(messages))
                messages = []
            if is_wanted:
                await _limited(connection.subscribe([subject]))
                active.add(subject)
                new.add(subject)
            else:
                await _limited(connection.unsubscribe(subject))
                active.discard(subject)
                new.discard(subject)
        if messages:
            await _limited(connection.publish(messages))
        return new

    async def _wait_for_signal(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._next_signal()
        except TimeoutError:
            await self._confirm(connection)  # fails if the broker is gone without a word

    async def _confirm(self, connection: Connection) -> None:
        # A client library may wait on for an answer, although its connection has ended.
        confirming = asyncio.ensure_future(connection.confirm())
        try:
            either: tuple[asyncio.Future[Any], ...] = (confirming, self._over)
            await asyncio.wait(either, timeout=CALL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if confirming.done():
                return confirming.result()
            if self._over.done():
                raise ConnectionResetError
            raise TimeoutError
        finally:
            confirming.cancel()

    def _note_connection(self) -> None:
        self._state, self._error = "connected", ""
        self._connections += 1
        self._logged_errors.clear()
        logger.info("the relay is connected to %s", self._name)

    def _note_failure(self, reason: str) -> None:
        if self._state == "connected":
            self._state = "disconnected"
        self._error = reason
        if reason not in self._logged_errors:
            self._logged_errors.add(reason)
            logger.warning(
                "the relay is not connected to %s: %s (it tries again, and logs each reason once)",
                self._name,
                reason,
            )


async def _limited(call: Awaitable[Any]) -> None:  # Any: the result is not used
    async with asyncio.timeout(CALL_SECONDS):
        await call


class _Loop(asyncio.SelectorEventLoop):
    """An event loop with two more qualities than asyncio's, for a thread of its own.

    It looks up names in its own thread: those of asyncio for that end before the functions that run
    at the exit of a program, when the relay may still have to connect. And it knows its
    connections, because client libraries leave some open, such as after a failed handshake.
    """

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[asyncio.BaseTransport] = []

    async def create_connection(self, *args: Any, **options: Any) -> Any:  # Any: as asyncio
        transport, protocol = await super().create_connection(*args, **options)
        self._opened.append(transport)
        return transport, protocol

    def abort_connections(self) -> None:
        """End all connections at once; those that are closed already are left alone."""
        for transport in self._opened:
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        self._opened.clear()

    async def getaddrinfo(self, *args: Any, **options: Any) -> Any:  # Any: as the socket module
        return socket.getaddrinfo(*args, **options)
