"""Messages as bytes, for relays that leave the process: MessagePack, by the type of the relay.

Source: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from msgspec import DecodeError, MsgspecError, ValidationError, convert
from msgspec.msgpack import Decoder, Encoder

from fatmorph.errors import RelayError, plain_text

__all__ = ("MAX_BYTES", "Codec", "is_carried")

T = TypeVar("T")

# NATS takes no more by default: https://docs.nats.io/reference/faq#is-there-a-message-size-limitation
MAX_BYTES = 1024 * 1024


class Codec(Generic[T]):
    """Encode the messages of a relay, and decode them into their type.

    Args:
        message_type: The type of the messages; `Any` for whatever MessagePack can carry.

    Raises:
        RelayError: If no message can be decoded into this type.
    """

    def __init__(self, message_type: Any) -> None:  # Any: a type form, such as `int | None`
        try:
            self._decode = Decoder(message_type).decode
        except (TypeError, ValueError) as error:
            # From Python 3.14 on, a union has a name as well: "Union".
            name = message_type.__name__ if isinstance(message_type, type) else repr(message_type)
            raise RelayError(
                f"cannot send messages of the type {name} to other processes",
                where="Relay[…].connect(url)",
                why=plain_text(error),
                fix="class Joined(msgspec.Struct): name: str  (then Relay[Joined].connect(url))",
            ) from error
        self._encode = Encoder().encode

    def encode(self, subject: str, data: T) -> bytes:
        """Return a message as bytes.

        Raises:
            RelayError: If the data has a part that MessagePack cannot carry, or is too large.
        """
        try:
            payload = self._encode(data)
        # MessagePack has integers of 64 bits, and text in UTF-8; a value may contain itself.
        except (MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise RelayError(
                f"cannot publish {type(data).__name__} on {subject!r} to other processes",
                where="relay.publish()",
                why=plain_text(error),
                fix='relay.publish(subject, {"id": data.id})  # or a dataclass, or a Struct',
            ) from error
        if len(payload) > MAX_BYTES:
            raise RelayError(
                f"cannot publish a message of {len(payload):,} bytes on {subject!r}",
                where="relay.publish()",
                why=f"NATS takes up to {MAX_BYTES:,} bytes, and Redis sends it to each process",
                fix="relay.publish(subject, key)  # and read the data by its key when you draw",
            )
        return payload

    def decode(self, payload: bytes) -> T:
        """Return the data of a message.

        Raises:
            DecodeError: If the bytes are not a message of this type.
        """
        try:
            data: T = self._decode(payload)
        except (ValueError, RecursionError) as error:  # such as text that is not UTF-8
            raise DecodeError(plain_text(error)) from error
        return data


def is_carried(message_type: Any, message: object, *, is_encoded: bool) -> bool:
    """Return whether a message arrives as an object of its own class.

    Args:
        message_type: The type of a relay; `Any` if it is not known.
        message: The message.
        is_encoded: Whether the relay encodes it; otherwise, types that msgspec does not know are
            taken for right.
    """
    if is_encoded:
        codec = Codec[Any](message_type)
        try:
            return type(codec.decode(codec.encode("", message))) is type(message)
        except (DecodeError, RelayError):
            return False
    try:
        convert(message, message_type)
    except ValidationError:
        return False
    except TypeError:
        return True
    return True
