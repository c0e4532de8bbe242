"""The reason for which a connection has failed."""

import asyncio
import socket
import ssl

import pytest

from fatmorph.relay._address import parsed_address
from fatmorph.relay._codec import Codec
from fatmorph.relay._failure import reason_of
from fatmorph.relay._wire import brokered_wire

ADDRESS = parsed_address("redis://app:correct-horse@cache.example.com")

PASSWORD = "the broker does not accept this user and password"


def caused_by(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "the connection was refused"),
        (OSError("Multiple: Connect call failed"), "the connection was refused"),
        (socket.gaierror(-2, "Name or service not known"), "the name of its host is not known"),
        (TimeoutError(), "no answer in time"),
        (BrokenPipeError(), "the connection was closed"),
        (asyncio.IncompleteReadError(b"", 1), "the connection was closed"),
        (ssl.SSLError("WRONG_VERSION_NUMBER"), "it does not speak TLS as the address says"),
        (RuntimeError("WRONGPASS"), PASSWORD),
        (RuntimeError("nats: 'Authorization Violation'"), PASSWORD),
        (RuntimeError("no correct-horse for app"), "no *** for ***"),
        (RuntimeError(), "RuntimeError"),
        (RuntimeError("a\n" * 200), "a " * 99 + "a…"),
        (caused_by(RuntimeError("x"), TimeoutError()), "no answer in time"),
    ],
)
def test_the_reason_is_short_and_has_no_secret(error, reason):
    assert reason_of(error, ADDRESS) == reason


def test_a_chain_of_causes_that_is_a_circle_has_an_end():
    first, second = RuntimeError("first"), RuntimeError("second")
    first.__cause__, second.__cause__ = second, first

    assert reason_of(first, ADDRESS) == "first"


def test_a_refused_command_is_logged_without_its_user(caplog):
    wire = brokered_wire(Codec[int](int), ADDRESS, "fatmorph")

    reason = "NOPERM User app has no permissions to run the 'publish' command"
    wire.objected(reason, is_message=True)

    assert wire.status.dropped == 1
    (message,) = caplog.messages
    assert message == (
        "the broker of the relay refused a command: NOPERM User *** has no permissions to run the "
        "'publish' command (logged once)"
    )
