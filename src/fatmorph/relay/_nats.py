"""The NATS backend, without JetStream: messages are sent to the processes that listen.

nats-py would connect again by itself, but not for the first connection, and without telling when
its subscriptions are active again. So the relay opens a new connection instead.

Source: https://docs.nats.io/nats-concepts/core-nats
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fatmorph.errors import FatmorphError, MissingExtraError, MomentError, plain_text
from fatmorph.relay._contract import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from fatmorph.relay._address import Address
    from fatmorph.relay._broker import Receiver

__all__ = ("NatsBroker", "NatsConnection")

PING_SECONDS = 20
OPEN_SECONDS = 5
CLOSE_SECONDS = 0.2
REST = ">"  # NATS' pattern for one or more tokens at the end
# The relay reads at once, so these are only reached when the process stands still.
MAX_UNREAD_MESSAGES = 512 * 1024
MAX_UNREAD_BYTES = 128 * 1024 * 1024


class NatsBroker:
    """A NATS server, or one of a cluster with one name.

    Args:
        address: Where it is.
        prefix: The first part of all subjects.

    Raises:
        MissingExtraError: If nats-py is not installed.
    """

    def __init__(self, address: Address, prefix: str) -> None:
        try:
            import_module("nats.aio.client")  # optional: the extra "nats"
        except ModuleNotFoundError as error:
            raise MissingExtraError(
                "cannot connect a relay to NATS without nats-py",
                where="Relay.connect(url)",
                why="it is NATS' own client for Python, and part of the extra nats",
                fix='pip install "fatmorph[nats]"',
            ) from error
        self.address: Address = address
        self._prefix = prefix

    async def open(self, receiver: Receiver) -> NatsConnection:
        """Open a connection with one attempt."""
        from nats.aio.client import Client  # noqa: PLC0415 - optional

        client = Client()
        connection = NatsConnection(client, self._prefix, receiver)
        try:
            await connection.open(self._options(client))
            if self.address.is_encrypted:
                _check_encrypted(client)
        except BaseException:
            with suppress(TimeoutError):  # after a failed handshake, nats-py waits for ever
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close()
            raise
        return connection

    def _options(self, client: Client) -> dict[str, Any]:  # Any: nats-py's own
        address = self.address
        host = f"[{address.host}]" if ":" in address.host else address.host
        options: dict[str, Any] = {
            "servers": [f"nats://{host}:{address.port}"],
            "allow_reconnect": False,
            "connect_timeout": OPEN_SECONDS,
            "ping_interval": PING_SECONDS,
            "skip_subject_validation": True,  # the relay has checked them, by narrower rules
        }
        if address.password:
            options |= {"user": address.user, "password": address.password}
        elif address.user:
            options["token"] = address.user
        if address.is_encrypted:
            for name in {"user", "password", "token"} & options.keys():
                options[name] = partial(_secret, client, options[name])
            options["servers"] = [f"tls://{host}:{address.port}"]
            options["tls"] = ssl.create_default_context(cafile=address.ca_file or None)
            options["tls_hostname"] = address.host
        return options


def _secret(client: Client, secret: str) -> str:
    """Return a secret once the connection is encrypted: nats-py asks for it just before it sends.

    Raises:
        MomentError: If the connection is not encrypted.
    """
    _check_encrypted(client)
    return secret


def _check_encrypted(client: Client) -> None:
    # nats-py goes on without TLS if the server offers none. If its attribute had another name in
    # a later release, no connection would be accepted.
    if not getattr(client, "_server_info", {}).get("tls_required"):
        raise MomentError("it does not speak TLS as the address says")


class NatsConnection:
    """One connection to NATS."""

    def __init__(self, client: Client, prefix: str, receiver: Receiver) -> None:
        self._client = client
        self._prefix = prefix
        self._receiver = receiver
        self._subscriptions: dict[str, Subscription] = {}
        self._is_open = False
        self._reason = "the connection was closed"
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self, options: dict[str, Any]) -> None:  # Any: see NatsBroker
        """Connect with one attempt.

        Raises:
            MomentError: If it fails.
        """
        await self._client.connect(**options, error_cb=self._note_error, closed_cb=self._note_end)
        self._is_open = True

    async def subscribe(self, patterns: Sequence[str]) -> None:
        """Ask for the messages of some patterns."""
        for pattern in patterns:
            self._subscriptions[pattern] = await self._client.subscribe(  # pyright: ignore[reportUnknownMemberType]
                self._native(pattern),
                cb=self._reader(pattern),
                pending_msgs_limit=MAX_UNREAD_MESSAGES,
                pending_bytes_limit=MAX_UNREAD_BYTES,
            )

    async def unsubscribe(self, pattern: str) -> None:
        """Ask for no more messages of a pattern."""
        subscription = self._subscriptions.pop(pattern, None)
        if subscription is not None:
            await subscription.unsubscribe()

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Send messages; nats-py collects them into large writes."""
        most = self._client.max_payload
        for subject, payload in messages:
            if len(payload) > most:
                # nats-py would raise, and the server would end the connection.
                reason = f"a message of more than {most:,} bytes, its max_payload"
                self._receiver.objected(reason, is_message=True)
            else:
                await self._client.publish(f"{self._prefix}.{subject}", payload)

    async def confirm(self) -> None:
        """Wait until the server has answered, which it does in order."""
        await self._client.flush()

    async def ended(self) -> str:
        """Wait for the end of the connection, and return its reason."""
        await asyncio.shield(self._over)
        return self._reason

    async def close(self) -> None:
        """Close the connection."""
        self._is_open = True  # an error of closing is only noted
        with suppress(OSError):
            await self._client.close()

    def _native(self, pattern: str) -> str:
        if pattern.endswith(EVERYTHING):
            pattern = pattern.removesuffix(EVERYTHING) + REST
        return f"{self._prefix}.{pattern}"

    def _reader(self, pattern: str) -> Any:  # Any: nats-py's type of callbacks
        received, skipped = self._receiver.received, len(self._prefix) + 1

        async def read(message: Msg) -> None:
            # hot: as tests/benchmarks/relays.py shows.
            received(pattern, message.subject[skipped:], message.data)

        return read

    async def _note_error(self, error: Exception) -> None:
        from nats.errors import SlowConsumerError  # noqa: PLC0415 - optional

        if isinstance(error, FatmorphError):
            return
        if not self._is_open:
            # nats-py would try again and again: this ends its first attempt.
            raise MomentError(plain_text(error) or type(error).__name__) from error
        if isinstance(error, SlowConsumerError):
            for pattern, subscription in self._subscriptions.items():
                if subscription is error.sub:
                    self._receiver.missed(pattern)
            return
        self._reason = plain_text(error) or type(error).__name__
        if "permissions violation" in self._reason.lower():
            # The words of the server: https://github.com/nats-io/nats-server, `permsAndAccount`
            is_message = "violation for publish" in self._reason.lower()
            self._receiver.objected(self._reason, is_message=is_message)

    async def _note_end(self) -> None:
        if not self._over.done():
            self._over.set_result(None)
