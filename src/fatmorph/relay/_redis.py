"""The Redis backend: one connection for both directions, in version 3 of its protocol.

Redis has patterns of its own, in which `*` stands for any text; with a subject before it, it means
what it means in a relay. A process sends and receives on one connection, so a subscription gets the
messages that the process publishes after it.

Source: https://redis.io/docs/latest/develop/pubsub/,
https://redis.io/docs/latest/develop/reference/protocol-spec/#resp-versions
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from fatmorph.errors import MissingExtraError, plain_text
from fatmorph.relay._contract import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio.connection import Connection as Client

    from fatmorph.relay._address import Address
    from fatmorph.relay._broker import Receiver

__all__ = ("RedisBroker", "RedisConnection")


class RedisBroker:
    """Redis, or a server with the same protocol, such as Valkey.

    Args:
        address: Where it is.
        prefix: The first part of all channels.

    Raises:
        MissingExtraError: If redis-py is not installed.
    """

    def __init__(self, address: Address, prefix: str) -> None:
        try:
            import_module("redis.asyncio.connection")  # optional: the extra "redis"
        except ModuleNotFoundError as error:
            raise MissingExtraError(
                "cannot connect a relay to Redis without redis-py",
                where="Relay.connect(url)",
                why="it is Redis' own client for Python, and part of the extra redis",
                fix='pip install "fatmorph[redis]"',
            ) from error
        self.address: Address = address
        self._prefix = prefix

    async def open(self, receiver: Receiver) -> RedisConnection:
        """Open a connection with one attempt."""
        client = self._client()
        try:
            await client.connect()  # type: ignore[no-untyped-call]  # redis-py's own
        except BaseException:
            await client.disconnect(nowait=True)  # or a refused password leaves a socket open
            raise
        return RedisConnection(client, self._prefix, receiver)

    def _client(self) -> Client:
        from redis.asyncio.connection import Connection, SSLConnection  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        address = self.address
        options: dict[str, Any] = {  # Any: redis-py's own
            "host": address.host,
            "port": address.port,
            "username": address.user or None,
            "password": address.password or None,
            "db": address.database,
            "protocol": 3,
            "socket_timeout": None,  # silence is normal; the relay has its own limits
            "retry": Retry(NoBackoff(), 0),  # the relay tries again, with its own waits
        }
        if not address.is_encrypted:
            return Connection(**options)
        options |= {
            "ssl_ca_certs": address.ca_file or None,
            "ssl_cert_reqs": "required",
            "ssl_check_hostname": True,  # redis-py 5 does not by default
        }
        return SSLConnection(**options)


@dataclass(slots=True)
class _Asked:
    """Commands of one write that Redis answers one after the other.

    Args:
        answers: How many are still to come.
        is_messages: Whether the commands are messages.
    """

    answers: int
    is_messages: bool = False


class RedisConnection:
    """One open connection to Redis."""

    def __init__(self, client: Client, prefix: str, receiver: Receiver) -> None:
        self._client = client
        self._prefix = prefix
        self._receiver = receiver
        self._confirming: deque[asyncio.Future[None]] = deque()
        self._asked: deque[_Asked] = deque()  # what Redis has not answered
        self._reading = asyncio.ensure_future(self._read())

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """Ask for the messages of some patterns."""
        # A command for each: Redis refuses all names of a command for one that is not permitted.
        commands = [(f"{_kind(pattern)}SUBSCRIBE", self._channel(pattern)) for pattern in patterns]
        if commands:
            await self._send(commands, _Asked(len(commands)))

    async def unsubscribe(self, pattern: str) -> None:
        """Ask for no more messages of a pattern."""
        await self._send([(f"{_kind(pattern)}UNSUBSCRIBE", self._channel(pattern))], _Asked(1))

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Send messages in one write."""
        commands = [("PUBLISH", self._channel(name), data) for name, data in messages]
        await self._send(commands, _Asked(len(commands), is_messages=True))

    async def confirm(self) -> None:
        """Wait until Redis has answered, which it does in order."""
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._confirming.append(confirmed)
        await self._send([("PING",)], _Asked(1))
        await confirmed

    async def ended(self) -> str:
        """Wait for the end of the connection, and return its reason."""
        return await asyncio.shield(self._reading)

    async def close(self) -> None:
        """Close the connection."""
        self._reading.cancel()
        for confirmed in self._confirming:
            confirmed.cancel()
        await self._client.disconnect(nowait=True)

    def _channel(self, pattern: str) -> str:
        return f"{self._prefix}.{pattern}"

    async def _send(self, commands: Sequence[tuple[str | bytes, ...]], asked: _Asked) -> None:
        self._asked.append(asked)
        packed = self._client.pack_commands(commands)
        await self._client.send_packed_command(packed, check_health=False)

    async def _read(self) -> str:
        from redis.exceptions import RedisError, ResponseError  # noqa: PLC0415 - optional

        skipped = len(self._prefix) + 1
        while True:
            try:
                # Bytes, because a payload is not text; pushes are messages.
                answer = cast(
                    "list[Any] | bytes | None",
                    await self._client.read_response(disable_decoding=True, push_request=True),
                )
            except ResponseError as error:
                is_message = self._note_answer()
                self._receiver.objected(plain_text(error), is_message=is_message)
                continue
            except (OSError, EOFError, RedisError) as error:
                return plain_text(error)
            if isinstance(answer, list):
                self._take(answer, skipped)
                continue
            self._note_answer()
            if answer == b"PONG":
                confirmed = self._confirming.popleft()
                if not confirmed.done():
                    confirmed.set_result(None)

    def _note_answer(self) -> bool:
        """Note an answer to the oldest command; return whether the command was a message."""
        if not self._asked:
            return False
        asked = self._asked[0]
        asked.answers -= 1
        if not asked.answers:
            self._asked.popleft()
        return asked.is_messages

    def _take(self, push: list[Any], skipped: int) -> None:  # Any: what the protocol has
        # hot: as tests/benchmarks/relays.py shows.
        kind = push[0]
        if kind == b"message":
            subject = push[1].decode(errors="replace")[skipped:]
            self._receiver.received(subject, subject, push[2])
        elif kind == b"pmessage":
            pattern = push[1].decode()[skipped:]
            self._receiver.received(pattern, push[2].decode(errors="replace")[skipped:], push[3])
        elif kind.endswith(b"subscribe"):
            self._note_answer()


def _kind(pattern: str) -> str:
    return "P" if pattern.endswith(EVERYTHING) else ""
