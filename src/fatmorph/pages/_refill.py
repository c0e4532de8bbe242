"""Refilling: fields of a new state take the values that signals of the browser still have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_type_hints

import msgspec

from fatmorph._log import Log
from fatmorph.errors import SettingsError, short_repr

__all__ = ("Refill",)

logger = Log("fatmorph.pages")


class Refill:
    """The fields of a state that signals of the same name may fill.

    Only these: a request can carry any signal, and must not set a field such as `is_admin`.

    Args:
        make: The class of the state.
        names: The fields.

    Raises:
        SettingsError: If the class declares no such field.
    """

    def __init__(self, make: Callable[[], object], names: Iterable[str]) -> None:
        self.names = frozenset([names] if isinstance(names, str) else names)
        hints = get_type_hints(make) if self.names else {}
        for name in sorted(self.names):
            if name not in hints:
                raise _unknown_error(name, make)
        self._types: Mapping[str, Any] = hints  # Any: annotations

    def fill(self, state: object, names: frozenset[str], signals: Mapping[str, object]) -> None:
        """Set fields of a state.

        Args:
            state: It is changed.
            names: The fields that may be set.
            signals: A value of another type is left out: the page may be older than the program.
        """
        for name in names & signals.keys():
            try:
                setattr(state, name, msgspec.convert(signals[name], self._types[name]))
            except (msgspec.ValidationError, ValueError):
                logger.info("left a field as it is: its signal %s has another type", name)


def _unknown_error(name: str, make: object) -> SettingsError:
    return SettingsError(
        f"cannot refill {short_repr(name)}, which the class does not declare",
        where=f"Pages({getattr(make, '__name__', make)}, refill=…)",
        why="a field takes the signal of the same name, converted to its declared type",
        fix=f'{name}: str = ""  (in the class)',
    )
