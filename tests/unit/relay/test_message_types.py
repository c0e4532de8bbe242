"""The type of a relay's messages, as far as it is known at run time."""

from typing import Any, Protocol

import pytest

from fatmorph import Relay


class Own:
    """A class that only a relay of one process can carry."""


class Shape(Protocol):
    """A type that cannot be checked at run time."""


@pytest.mark.parametrize(
    ("relay", "carried"),
    [
        (Relay[int](), "int"),
        (Relay[int].connect("memory://"), "int"),
        (Relay[int | str](), "int str"),
        (Relay[Own](), "Own"),
        (Relay[Shape](), "int str tuple Own"),
        (Relay(), "int str tuple Own"),
        (Relay.connect("redis://127.0.0.1"), "int str"),  # a tuple arrives as a list
    ],
    ids=range(7),
)
def test_a_relay_carries_the_messages_of_its_type(relay: Relay[Any], carried: str) -> None:
    messages = [7, "Ada", (1, 2), Own()]

    found = [type(message).__name__ for message in messages if relay.carries(message)]

    assert found == carried.split()


def test_a_relay_shows_the_line_that_made_it_without_its_password() -> None:
    class Prices(Relay[int]):
        pass

    relays = [
        Relay(),
        Relay[None](),
        Relay[int | str].connect("memory://"),
        Relay[int].connect("redis://user:secret@127.0.0.1/3"),
        Prices(),
    ]

    assert list(map(repr, relays)) == [
        "Relay()",
        "Relay[None]()",
        'Relay[int | str].connect("memory://")',
        'Relay[int].connect("redis://127.0.0.1:6379")',
        "Relay()",
    ]
