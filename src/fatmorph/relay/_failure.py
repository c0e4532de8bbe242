"""Why a connection has failed, in a few words and without secrets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

from fatmorph.errors import plain_text, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fatmorph.relay._address import Address

__all__ = ("reason_of",)

REASON_CHARACTERS = 200
PASSWORD_WORDS = ("authorization", "authentication", "wrongpass", "noauth", "invalid username")


def reason_of(error: BaseException, address: Address) -> str:
    """Return why a connection to an address has failed.

    Args:
        error: The error of a client library; its causes say more than its text.
        address: Its user and its password are hidden in the reason.

    Example:
        >>> from fatmorph.relay._address import parsed_address
        >>> reason_of(ConnectionRefusedError(111, "…"), parsed_address("redis://localhost"))
        'the connection was refused'
    """
    chain = list(_chain(error))
    for each in chain:
        if reason := _known(each):
            return reason
    if any(word in plain_text(each).lower() for each in chain for word in PASSWORD_WORDS):
        return "the broker does not accept this user and password"
    text = plain_text(chain[0]) or type(chain[0]).__name__
    return address.without_secrets(shortened(text, REASON_CHARACTERS))


def _chain(error: BaseException) -> Iterator[BaseException]:
    # Client libraries raise an error from itself, so a chain may be a circle.
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _known(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as the address says"
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in plain_text(error):
        return "the connection was refused"
    if isinstance(error, socket.gaierror):
        return "the name of its host is not known"
    if isinstance(error, FileNotFoundError):
        return "the file of the certificate authority does not exist"
    if isinstance(error, ConnectionResetError | BrokenPipeError | asyncio.IncompleteReadError):
        return "the connection was closed"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return ""
