"""Handlers of signals that Twisted has installed are told apart from others."""

import signal

from fatmorph._servers import twisted


def handle(number: int, frame: object) -> None: ...


def test_a_handler_of_twisted_is_recognized() -> None:
    def of_twisted(number: int, frame: object) -> None: ...

    of_twisted.__module__ = "twisted.internet._signals"

    assert twisted.is_signal_handler(of_twisted)


def test_other_handlers_are_not_of_twisted() -> None:
    others = (handle, signal.default_int_handler, signal.SIG_IGN, 3, None)

    assert not any(twisted.is_signal_handler(other) for other in others)
