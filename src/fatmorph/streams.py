"""Streams that end by a key, such as those of a session after its logout.

Such a stream completes its response, so its page asks for it again, and the handler decides: it
sends the page to the login, or goes on with other rights. A hidden tab has no stream, and asks
when it is shown. So the check at the beginning of the handler is the only one.

The streams are those of this process, and with a relay, `end()` reaches those of the others too.
Nothing is kept of a stream that has ended, nor of a key without streams.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Hashable, Iterable
from contextlib import contextmanager, suppress
from math import isfinite

from fatmorph.errors import ResponseError, SettingsError, short_repr
from fatmorph.relay._reader import Reader
from fatmorph.relay._relay import Relay
from fatmorph.writer import Writer

__all__ = ("Streams",)

SUBJECT = "streams.end"


class Streams:
    """The open streams of this process, found by keys of your choice.

    Args:
        relay: Carries the keys of streams to be ended to the other processes of the application;
            keys are text then. None if there is one process.

    Raises:
        SettingsError: If the relay is something else, or carries no text.

    Example:
        streams = Streams()

        async def subscribe(c: Context, w: Writer) -> None:
            session_id = c.cookies.get("session")
            with streams.open(w, session_id):
                if session_id not in sessions:
                    w.redirect("/login")
                    return
                await w.live(board_view, relay.subscribe("board"))

        async def logout(c: Context, w: Writer) -> None:
            session_id = c.cookies.get("session")
            sessions.pop(session_id, None)
            streams.end(session_id)
            w.redirect("/login")
    """

    def __init__(self, relay: Relay[str] | None = None) -> None:
        if not isinstance(relay, Relay | None):
            raise _relay_error(type(relay).__name__, "the keys are messages of a relay")
        if relay is not None and not relay.carries("user 7"):
            raise _relay_error(repr(relay), "the keys are text, which it would refuse")
        self._relay = relay
        self._reader = None if relay is None else Reader[str](relay, self._end_here)
        self._lock = threading.RLock()  # re-entrant: any allocation can run a finaliser
        self._by_key: dict[Hashable, set[_OpenStream]] = {}

    def __len__(self) -> int:
        """Return how many streams are open."""
        with self._lock:
            return _count(stream for streams in self._by_key.values() for stream in streams)

    @contextmanager
    def open(
        self, w: Writer, *keys: Hashable, max_seconds: float | None = None
    ) -> Generator[None, None, None]:
        """Let a stream be ended by its keys while the block runs.

        Enter the block first, and check the session in it: then a logout in between ends the
        stream too.

        Args:
            w: Writes the stream.
            *keys: Such as a session's and a user's; None is skipped. Blocks may be nested, for a
                key that is known later.
            max_seconds: When the stream ends by itself, such as with its session; zero or less
                ends it at once, None never.

        Raises:
            ResponseError: If `w` is not a Writer, `max_seconds` is infinite or not a number, or a
                key is not hashable; with a relay, if a key is not text.
        """
        if not isinstance(w, Writer):
            raise _writer_error(w)
        if max_seconds is not None and not _is_finite(max_seconds):
            raise _seconds_error(max_seconds)
        wanted = self._checked(keys)
        if self._reader is not None:
            self._reader.ensure(SUBJECT)  # before the check of the session
        stream = _OpenStream(w)
        timer = None if max_seconds is None else stream.end_in(max_seconds)
        with self._lock:
            for key in wanted:
                self._by_key.setdefault(key, set()).add(stream)
        try:
            yield
        finally:
            stream.is_open = False
            if timer is not None:
                timer.cancel()
            with self._lock:
                for key in wanted:
                    self._remove(key, stream)

    def end(self, *keys: Hashable) -> int:
        """End the streams that have one of these keys, and return the number of those here.

        Their loops of `w.live()` and `w.alive()` end normally. A handler that waits elsewhere is
        cancelled a quarter of a second later. An action is not interrupted.

        It never waits, and may be called from any thread.

        Raises:
            ResponseError: If a key is not hashable; with a relay, if a key is not text.
        """
        wanted = self._checked(keys)
        if self._relay is not None:
            for key in wanted:
                self._relay.publish(SUBJECT, str(key))
        return self._end(wanted)

    def _end(self, wanted: Iterable[Hashable]) -> int:
        with self._lock:
            found = {stream for key in wanted for stream in self._by_key.get(key, ())}
        count = _count(found)
        for stream in found:
            stream.end_soon(count)
        return count

    def _end_here(self, subject: str, key: str) -> None:
        """End streams by a key that another process has sent; all of them after a gap."""
        with self._lock:
            self._end((key,) if subject else list(self._by_key))

    def _checked(self, keys: tuple[Hashable, ...]) -> set[Hashable]:
        wanted = _checked(keys)
        if self._relay is not None:
            for key in wanted:
                if not isinstance(key, str):
                    raise _key_error(key)
        return wanted

    def _remove(self, key: Hashable, stream: _OpenStream) -> None:
        streams = self._by_key[key]
        streams.remove(stream)
        if not streams:
            del self._by_key[key]


class _OpenStream:
    """A stream whose handler is in a block; made in its event loop."""

    __slots__ = ("_loop", "is_open", "writer")

    def __init__(self, writer: Writer) -> None:
        self._loop = asyncio.get_running_loop()
        self.writer = writer
        self.is_open = True

    def end_in(self, seconds: float) -> asyncio.TimerHandle | None:
        """End the stream at once, or after some seconds with the timer that is returned."""
        if seconds > 0:
            return self._loop.call_later(seconds, self._end, 1)
        self._end(1)
        return None

    def end_soon(self, together: int) -> None:
        """End the stream in its event loop; from any thread."""
        with suppress(RuntimeError):  # the event loop is closed, and its streams with it
            self._loop.call_soon_threadsafe(self._end, together)

    def _end(self, together: int) -> None:
        if self.is_open:
            self.writer.end_by_key(together)


def _checked(keys: tuple[Hashable, ...]) -> set[Hashable]:
    wanted: set[Hashable] = set()
    for key in keys:
        try:
            wanted.add(key)
        except TypeError:
            raise ResponseError(
                # Not its value: the key of a session is a secret.
                f"cannot find streams by a {type(key).__name__}",
                where="streams.open(w, …), streams.end(…)",
                why="the keys are looked up in a dict, so they must be hashable",
                fix='streams.open(w, f"user {user_id}")',
            ) from None
    return wanted - {None}


def _count(streams: Iterable[_OpenStream]) -> int:
    """Count each stream once, although its handler may be in several blocks."""
    return len({stream.writer for stream in streams})


def _is_finite(seconds: object) -> bool:
    try:
        return isinstance(seconds, int | float) and isfinite(seconds)
    except OverflowError:  # more than a float can hold
        return False


def _key_error(key: Hashable) -> ResponseError:
    return ResponseError(
        f"cannot send {type(key).__name__} to other processes as the key of streams",
        where="streams.open(w, …), streams.end(…)",
        why="keys are the same in all processes if they are text",
        fix='streams.open(w, f"user {user_id}")',
    )


def _relay_error(named: str, why: str) -> SettingsError:
    return SettingsError(
        f"cannot end streams of other processes by {named}",
        where="Streams(relay=…)",
        why=why,
        fix='Streams(Relay[str].connect("redis://…", prefix="streams"))',
    )


def _writer_error(value: object) -> ResponseError:
    return ResponseError(
        f"cannot open {type(value).__name__} as a stream",
        where="streams.open(…)",
        why="the stream is ended through its Writer, so another object would never end",
        fix="streams.open(w, session_id)",
    )


def _seconds_error(seconds: object) -> ResponseError:
    return ResponseError(
        f"cannot end a stream after {short_repr(seconds)} seconds",
        where="streams.open(w, …, max_seconds=…)",
        why="it must be a finite number, or None for a stream without an end",
        fix="streams.open(w, …, max_seconds=None)",
    )
