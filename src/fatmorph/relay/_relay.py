"""The relay: publishers in any thread, readers in any event loop, in one process or in many.

In one process, messages are passed on as they are. Between processes they are bytes, which a
broker carries; even the process that publishes gets its messages from there, so that all
processes get them in the same order.
"""

from __future__ import annotations

import asyncio
import atexit
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from fatmorph.errors import RelayError, SubjectError, short_repr
from fatmorph.relay._address import Address, parsed_address
from fatmorph.relay._codec import Codec, is_carried
from fatmorph.relay._contract import (
    SUBJECT,
    checked_pattern,
    checked_subject,
    disjoint_patterns,
)
from fatmorph.relay._mailbox import LatestQueue, Mailbox, Queue
from fatmorph.relay._registry import Registry
from fatmorph.relay._status import RelayStatus
from fatmorph.relay._subscription import Subscription
from fatmorph.relay._wire import LoopbackWire, Wire, brokered_wire

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Relay",)

T = TypeVar("T")

DEFAULT_LIMIT = 1000  # messages; a slower reader should subscribe with latest=True
FLUSH_SECONDS = 5.0  # at the exit of a program, which should not hang without its broker
PREFIX = "fatmorph"
IN_MEMORY = RelayStatus("memory://", "connected", connections=1)


class Relay(Generic[T]):
    """A bus that carries messages from publishers to streams.

    `Relay()` carries them within one process, and `Relay.connect(url)` between all processes that
    are connected to the same broker.

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
        self._wire: Wire[T] | None = None
        self._registry = Registry[T]()
        self._connected_type: Any = Any  # Any: a type form
        self._broker_subjects = ""  # in memory, no other relay has the same ones

    def __repr__(self) -> str:
        message_type = self._message_type
        name = str(message_type)
        if isinstance(message_type, type):
            name = "None" if message_type is type(None) else message_type.__name__
        made = "()" if self._wire is None else f'.connect("{self.status.broker}")'
        return f"Relay{'' if message_type is Any else f'[{name}]'}{made}"

    @property
    def _message_type(self) -> Any:  # Any: a type form; `Any` itself if it is not known
        # Python notes how a generic class was written when it is called: `Relay[int]()`.
        found = getattr(getattr(self, "__orig_class__", None), "__args__", (self._connected_type,))
        return Any if isinstance(found[0], TypeVar) else found[0]

    if not TYPE_CHECKING:  # for type checkers, it is a class method of `Relay[T]`

        def __class_getitem__(cls, message_type):
            """Return the relay for messages of one type, which `connect()` decodes into."""
            alias = super().__class_getitem__(message_type)
            if not isinstance(message_type, TypeVar):
                # An alias passes on the class's own method, which does not know the type.
                vars(alias)["connect"] = partial(cls._connect, message_type)
            return alias

    @classmethod
    def connect(cls, url: str, *, prefix: str = PREFIX) -> Self:
        """Return a relay for all processes that connect to the same broker.

        It connects at its first use, in a thread of its own, and again whenever the connection
        breaks: `status` and the log tell its state. Messages are sent as MessagePack;
        `Relay[Joined].connect(url)` decodes them into `Joined`.

        Args:
            url: `nats://HOST:PORT`, `redis://HOST:PORT`, with a user and a password as in
                `redis://USER:PASSWORD@HOST`, with TLS as `tls://…` for NATS and `rediss://…` for
                Redis; or `memory://`, which encodes messages as the others do, for development.
            prefix: The first part of every subject on the broker. Applications with different
                prefixes can share a broker.

        Raises:
            RelayError: If the URL names no broker, if the prefix is not a subject, or if messages
                of this type cannot be encoded.
            MissingExtraError: If the broker's client library is not installed.

        Example:
            >>> relay = Relay[str].connect("memory://")
            >>> relay.status.state
            'connected'
        """
        return cls._connect(Any, url, prefix=prefix)

    @classmethod
    def _connect(cls, message_type: Any, url: str, *, prefix: str = PREFIX) -> Self:
        address = parsed_address(url)
        if not isinstance(prefix, str) or not SUBJECT.fullmatch(prefix) or len(prefix) > 100:
            raise RelayError(
                f"cannot use the prefix {short_repr(prefix)}",
                where="Relay.connect(url, prefix=…)",
                why="it is the first part of each subject on the broker, of up to 100 characters",
                fix=f"Relay.connect(url, prefix={PREFIX!r})",
            )
        relay = cls()
        relay._connected_type = message_type
        relay._broker_subjects = f"{address} {prefix}" if address.kind != "memory" else ""
        relay._join(Codec[T](message_type), address, prefix)
        return relay

    def _join(self, codec: Codec[T], address: Address, prefix: str) -> None:
        if address.kind == "memory":
            self._wire = LoopbackWire(codec, self._registry)
            return
        wire = brokered_wire(codec, address, prefix)
        self._wire, self._registry = wire, wire.registry
        # At the exit of the program, wait for what was published; when the last reference to the
        # relay is gone, do not wait, because any thread can find that out.
        flush = partial(wire.close, FLUSH_SECONDS)
        atexit.register(flush)
        weakref.finalize(self, _end, wire.end, flush).atexit = False

    @property
    def status(self) -> RelayStatus:
        """Return the state of the connection, for health checks.

        Example:
            >>> Relay[str]().status
            RelayStatus(broker='memory://', state='connected', error='', waiting=0, dropped=0, \
refused=0, connections=1)
        """
        return IN_MEMORY if self._wire is None else self._wire.status

    @property
    def subscription_count(self) -> int:
        """Return how many subscriptions are open in this process."""
        return self._registry.count

    def carries(self, message: object) -> bool:
        """Return whether a message of this kind arrives as what it is, as far as is known.

        Use it in code that is given a relay. The type of a relay is what was written in brackets;
        without brackets, `Relay()` carries every object, and `Relay.connect()` plain values.

        Args:
            message: One of the messages that will be published; it is not sent.

        Example:
            >>> Relay[int]().carries("Ada"), Relay[str]().carries("Ada")
            (False, True)
        """
        return is_carried(self._message_type, message, is_encoded=self._wire is not None)

    def reaches(self, other: Relay[Any]) -> bool:  # Any: the types do not matter
        """Return whether messages that are published here are also those of another relay.

        Args:
            other: It may be this one, or one with the same address and prefix.

        Example:
            >>> relay = Relay[str]()
            >>> relay.reaches(relay), relay.reaches(Relay[str]())
            (True, False)
        """
        subjects = self._broker_subjects
        return self is other or (subjects != "" and subjects == other._broker_subjects)

    def publish(self, subject: str, data: T) -> None:
        """Send a message to every matching subscription.

        This method never waits and is thread-safe; each subscription is woken in its own event
        loop.

        Args:
            subject: Tokens joined by dots, as in `room.1.join`.
            data: Any object, which every subscription gets as it is. A relay that is connected to
                a broker encodes it: its type must be one that msgspec supports, and the message
                takes at most 1 MiB.

        Raises:
            SubjectError: If the subject is not valid; patterns are not.
            RelayError: If the message cannot be encoded, or is too large.
            MomentError: If the relay was closed.

        Example:
            >>> relay = Relay[str]()
            >>> relay.publish("room.1.join", "ada")
        """
        checked_subject(subject)
        if self._wire is None:
            self._registry.publish(subject, data)
        else:
            self._wire.publish(subject, data)

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
        mailbox = Mailbox(wanted, queue, self._registry.awaited)
        return Subscription(
            mailbox,
            partial(self._remove, self._registry.add(mailbox)),
            is_of_one_process=self._wire is None or isinstance(self._wire, LoopbackWire),
        )

    def close(self, seconds: float = FLUSH_SECONDS) -> None:
        """Send what was published, and end the connection to the broker.

        A program that ends does this by itself. Subscriptions stay open, and get nothing more. A
        relay without a broker has nothing to close. In an async function, call `aclose()`.

        Args:
            seconds: The limit; what could not be sent until then is dropped, and logged.

        Example:
            >>> Relay[str].connect("memory://").close()
        """
        if self._wire is not None:
            self._wire.close(seconds)

    async def aclose(self, seconds: float = FLUSH_SECONDS) -> None:
        """Do what `close()` does, without blocking the event loop.

        Example:
            >>> import asyncio
            >>> asyncio.run(Relay[str].connect("memory://").aclose())
        """
        if self._wire is not None:
            await asyncio.to_thread(self._wire.close, seconds)

    def _remove(self, number: int) -> None:
        self._registry.remove(number)


def _end(end: Callable[[], None], flush: Callable[[], None]) -> None:
    atexit.unregister(flush)
    end()


def _checked_limit(limit: object) -> int:
    if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1:
        return limit
    raise SubjectError(
        f"cannot keep {short_repr(limit)} messages for a reader",
        where="relay.subscribe(limit=...)",
        why="the limit is a count, and a message waits at least until its reader runs",
        fix=f"relay.subscribe(pattern, limit={DEFAULT_LIMIT})",
    )
