"""The wires of a relay: how its messages become bytes, leave, arrive, and become messages again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from msgspec import DecodeError

from fatmorph._log import Limit, Log
from fatmorph.errors import plain_text
from fatmorph.relay._broker import LOST
from fatmorph.relay._codec import Codec
from fatmorph.relay._contract import SUBJECT
from fatmorph.relay._link import Link
from fatmorph.relay._nats import NatsBroker
from fatmorph.relay._redis import RedisBroker
from fatmorph.relay._registry import Registry, Run
from fatmorph.relay._status import RelayStatus

if TYPE_CHECKING:
    from fatmorph.relay._address import Address
    from fatmorph.relay._broker import Broker

__all__ = ("BrokerWire", "LoopbackWire", "Wire", "brokered_wire")

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

MAX_OBJECTIONS = 100  # different ones that are logged
MAX_COLLECTED = 200  # messages; fewer than a subscription's limit

logger = Log("fatmorph.relay")


class Wire(Protocol[T_contra]):
    """The carrier of the messages of a relay that was made with an address."""

    @property
    def status(self) -> RelayStatus:
        """Return the state of the connection."""
        ...

    def publish(self, subject: str, data: T_contra) -> None:
        """Send a message, from any thread and without waiting."""
        ...

    def close(self, seconds: float) -> None:
        """Send what waits, and end."""
        ...


class _Refusing(Generic[T]):
    """Count and log the messages that do not have the type of the relay."""

    def __init__(self, codec: Codec[T], registry: Registry[T]) -> None:
        self._codec = codec
        self._registry = registry
        self._limit = Limit(1)
        self.refused: int = 0

    def _refuse(self, subject: str, reason: str) -> None:
        self.refused += 1
        if self._limit.left_out("refused") is not None:
            logger.error(
                "refused a message on %s, which is not of the relay's type: %s (%d were refused; "
                "logged once a minute)",
                subject,
                reason,
                self.refused,
            )


class LoopbackWire(_Refusing[T]):
    """A wire within the process: it encodes and decodes, and so shows what a broker would."""

    @property
    def status(self) -> RelayStatus:
        """Return that it is connected."""
        return RelayStatus("memory://", "connected", refused=self.refused, connections=1)

    def publish(self, subject: str, data: T) -> None:
        """Encode a message, decode it, and pass it on."""
        payload = self._codec.encode(subject, data)
        try:
            decoded = self._codec.decode(payload)
        except DecodeError as error:
            self._refuse(subject, plain_text(error))
        else:
            self._registry.publish(subject, decoded)

    def close(self, seconds: float) -> None:
        """Do nothing: nothing waits."""


class BrokerWire(_Refusing[T]):
    """A wire to a broker; it is the receiver of the connection, in the link's thread.

    Args:
        codec: Encodes and decodes the messages.
        broker: Carries them.
    """

    def __init__(self, codec: Codec[T], broker: Broker) -> None:
        self.registry: Registry[T] = Registry(self._pattern_changed)
        super().__init__(codec, self.registry)
        self._link = Link(broker, self, patterns=self.registry.patterns, note_gap=self.note_gap)
        self._address = broker.address
        self._objections: set[str] = set()
        self._runs: list[Run[T]] = []  # used in the link's thread only
        self._collected = 0

    @property
    def status(self) -> RelayStatus:
        """Return the state of the connection."""
        return self._link.status(refused=self.refused)

    def publish(self, subject: str, data: T) -> None:
        """Encode a message now, and send it soon."""
        self._link.send(subject, self._codec.encode(subject, data))

    def close(self, seconds: float) -> None:
        """Send what waits, and end."""
        self._link.close(seconds)

    def end(self) -> None:
        """Do what `close()` does, without waiting."""
        self._link.end()

    def received(self, pattern: str, subject: str, payload: bytes) -> None:
        """Pass a message on to the subscriptions with its pattern."""
        # hot: as tests/benchmarks/relays.py shows.
        if payload == LOST:
            self.missed(pattern)
            return
        try:
            data = self._codec.decode(payload)
        except DecodeError as error:
            self._refuse(subject, plain_text(error))
            return
        if subject == pattern or SUBJECT.fullmatch(subject):
            self._add(pattern, (subject, data))
        else:
            self._refuse(subject, "its subject is not valid")

    def _add(self, pattern: str, message: tuple[str, T]) -> None:
        """Collect the messages that arrive together: each reader gets them in one call."""
        runs, next_number = self._runs, self.registry.next_number
        if not runs:
            self._link.after_this_turn(self._pass_on)
        if not runs or runs[-1].pattern != pattern or runs[-1].next_number != next_number:
            runs.append(Run(pattern, next_number))
        runs[-1].messages.append(message)
        self._collected += 1
        if self._collected >= MAX_COLLECTED:
            self._pass_on()

    def _pass_on(self) -> None:
        self._give_out()
        self.registry.wake()

    def _give_out(self) -> None:
        runs, self._runs, self._collected = self._runs, [], 0
        self.registry.receive(runs)

    def missed(self, pattern: str) -> None:
        """Note that messages for a pattern were lost."""
        self.note_gap((pattern,))

    def note_gap(self, patterns: tuple[str, ...]) -> None:
        """Tell the readers of some patterns that messages may be missing."""
        self._link.after_this_turn(self._pass_on)
        self._give_out()  # in order: these messages came before the gap
        self.registry.note_gap(patterns)

    def objected(self, reason: str, *, is_message: bool) -> None:
        """Log that the broker refused a command, once for each reason, and count a message."""
        if is_message:
            self._link.note_refused()
        reason = self._address.without_secrets(reason)  # newer releases of Redis name the user
        if reason not in self._objections and len(self._objections) < MAX_OBJECTIONS:
            self._objections.add(reason)
            logger.error("the broker of the relay refused a command: %s (logged once)", reason)

    def _pattern_changed(self, pattern: str) -> None:
        self._link.pattern_changed(pattern)


def brokered_wire(codec: Codec[T], address: Address, prefix: str) -> BrokerWire[T]:
    """Return a wire to the broker at an address, which is not in memory.

    Raises:
        MissingExtraError: If the broker's client library is not installed.
    """
    kind = NatsBroker if address.kind == "nats" else RedisBroker
    return BrokerWire(codec, kind(address, prefix))
