"""The arguments of `Pages`, refused when it is made instead of at the first request."""

from __future__ import annotations

from collections.abc import Awaitable
from inspect import isawaitable, iscoroutinefunction
from typing import TypeVar, cast

from fatmorph.errors import SettingsError, short_repr
from fatmorph.pages._messages import PageMessage
from fatmorph.relay._relay import Relay

__all__ = ("awaitable", "check_function", "check_number", "check_relay")

T = TypeVar("T")


def check_function(name: str, function: object, fix: str) -> None:
    """Refuse something that cannot be called, or whose result would have to be awaited.

    Args:
        name: The argument of `Pages`.
        function: Its value.
        fix: The code to write.

    Raises:
        SettingsError: If it is not a plain function or a class.
    """
    if not callable(function) or iscoroutinefunction(function):
        kind = "an async function" if callable(function) else type(function).__name__
        raise SettingsError(
            f"cannot use {kind} as the {name} of pages",
            where=f"Pages({name}=…)",
            why="it is called without await, whenever a page needs it",
            fix=fix,
        )


def check_number(name: str, number: object, *, is_whole: bool = False) -> None:
    """Refuse a number that is negative or not a number.

    Args:
        name: The argument of `Pages`.
        number: Its value.
        is_whole: Whether it counts something.

    Raises:
        SettingsError: If it is not a number of this kind.
    """
    kinds = int if is_whole else int | float
    if not isinstance(number, kinds) or not number >= 0:
        raise SettingsError(
            f"cannot use {name}={short_repr(number)}",
            where=f"Pages({name}=…)",
            why="it limits the states of pages that were left; with 0, none of them is kept",
            fix=f"Pages(Tab, {name}={10_000 if is_whole else 300})",
        )


def check_relay(relay: Relay[T]) -> Relay[T]:
    """Return the relay; refuse anything else.

    Args:
        relay: The argument of `Pages`.

    Raises:
        SettingsError: If it is anything else, such as an address, or if it carries messages of
            another type.
    """
    value = cast("object", relay)
    if not isinstance(value, Relay):
        raise _relay_error(
            type(value).__name__, "the states move between processes in the messages of a relay"
        )
    if not relay.carries(PageMessage(kind="take", sender="", call="")):
        raise _relay_error(repr(relay), "it would refuse the messages about pages: PageMessage")
    return relay


def awaitable(name: str, result: Awaitable[T]) -> Awaitable[T]:
    """Return the result of `load` or `save`.

    Args:
        name: The argument of `Pages`.
        result: The value that its function has returned.

    Raises:
        SettingsError: If the function is not async.
    """
    value = cast("object", result)
    if not isawaitable(value):
        raise SettingsError(
            f"cannot await the result of {name}, which is {type(value).__name__}",
            where=f"Pages({name}=…)",
            why="it may wait for a database, while other pages go on",
            fix=f"async def {name}(…):  (or in_thread(), for a function that blocks)",
        )
    return result


def _relay_error(named: str, why: str) -> SettingsError:
    return SettingsError(
        f"cannot connect pages by {named}",
        where="Pages(relay=…)",
        why=why,
        fix='Pages(Tab, relay=Relay[PageMessage].connect("redis://…", prefix="tabs"))',
    )
