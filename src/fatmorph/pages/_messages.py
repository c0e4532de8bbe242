"""The messages between the processes of one application about the states of its pages."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import MsgspecError
from msgspec.msgpack import Decoder, Encoder

from fatmorph.errors import PageAwayError, SettingsError, plain_text
from fatmorph.relay._codec import MAX_BYTES

__all__ = ("PageMessage", "StateCodec")

State = TypeVar("State")

MAX_STATE_BYTES = MAX_BYTES - 16 * 1024  # for the rest of the message

Kind = Literal[
    "opened",  # to all: a stream of a page began here
    "moved",  # the answer: the state, which the sender has given up
    "take",  # to all: an action of a page begins here
    "lent",  # the answers: the state, until it comes back
    "wait",  # it will come when the actions before it have ended
    "later",  # a stream of the page began later here, by the clock of the sender
    "elsewhere",  # it will not come from here
    "here",  # it is in the process that has asked
    "stolen",  # it belongs to another session
    "again",  # it has just moved on
    "renew",  # to the owner of a lent state: the action still runs
    "draw",  # draw it in between
    "return",  # the action has ended
    "kept",  # the answers: it was taken back
    "late",  # it was not lent any more
]


class PageMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message between the processes that share the states of pages.

    You only name it, as the type of the relay of `Pages`.

    Example:
        >>> from fatmorph import Relay
        >>> Relay[PageMessage].connect("memory://", prefix="tabs").status.state
        'connected'
    """

    kind: Kind
    sender: str
    call: str
    page_id: str = ""
    owner: str | None = None
    client: str = ""
    state: bytes | None = None
    to_refill: frozenset[str] | None = None
    was_changed: bool = False
    opened_at: int = 0


class StateCodec(Generic[State]):
    """Encode states, and decode them, as MessagePack.

    Args:
        state_type: The class of the states.

    Raises:
        SettingsError: If no state can be decoded into this class.
    """

    def __init__(self, state_type: Any) -> None:  # Any: a type form
        self._name = getattr(state_type, "__name__", repr(state_type))
        self._encode = Encoder().encode
        try:
            self._decode = Decoder(state_type).decode
        except (TypeError, ValueError) as error:
            raise self._error(plain_text(error)) from error

    def encode(self, state: State) -> bytes:
        """Return a state as bytes.

        Raises:
            SettingsError: If a part of it cannot be encoded.
        """
        try:
            payload = self._encode(state)
        # As for the messages of a relay: large integers, half characters, circles.
        except (MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise self._error(plain_text(error)) from error
        if len(payload) > MAX_STATE_BYTES:
            raise self._error(f"it takes {len(payload):,} bytes, of {MAX_STATE_BYTES:,} at most")
        return payload

    def decode(self, payload: bytes | None) -> State:
        """Return the state of a message.

        Raises:
            PageAwayError: If it does not fit the class, as that of another release, or if the other
                process could not encode it.
        """
        if not payload:
            raise PageAwayError(
                f"cannot read the state {self._name} of another process",
                where="Pages(…, relay=…)",
                why="that process cannot encode it, and has logged the reason",
                fix="page.state.field = …  (only values that MessagePack can carry)",
            )
        try:
            state: State = self._decode(payload)
        except (ValueError, RecursionError) as error:
            raise PageAwayError(
                f"cannot read the state {self._name} of another process",
                where="Pages(…, relay=…)",
                why=plain_text(error),
                fix="give new fields a default value  (so that states of both releases fit)",
            ) from error
        return state

    def checked(self, state: State) -> bytes:
        """Return a state as bytes; refuse one that another process could not read.

        Raises:
            SettingsError: If it cannot be encoded, or not decoded again.
        """
        payload = self.encode(state)
        try:
            self.decode(payload)
        except PageAwayError as error:
            raise self._error(error.why) from error
        return payload

    def _error(self, reason: str) -> SettingsError:
        return SettingsError(
            f"cannot send the state {self._name} to another process",
            where="Pages(…, relay=…)",
            why=reason,
            fix=f"@dataclass class {self._name}: …  (or a Struct, with small fields that "
            "MessagePack can carry; the rest belongs in a database)",
        )
