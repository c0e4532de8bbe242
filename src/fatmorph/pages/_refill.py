"""Refilling: fields of a new state take the values that signals of the browser still have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast, get_type_hints

import msgspec
from msgspec import structs

from fatmorph._log import Log
from fatmorph.errors import SettingsError, short_repr

__all__ = ("Refill",)

State = TypeVar("State")

logger = Log("fatmorph.pages")


class Refill:
    """The fields of a state that signals of the same name may fill.

    Only these: a request can carry any signal, and must not set a field such as `is_admin`.

    Args:
        make: The class of the state.
        names: The fields.

    Raises:
        SettingsError: If the class declares no such field, or a name is not text.
    """

    def __init__(self, make: Callable[[], object], names: Iterable[str]) -> None:
        self.names = _checked([names] if isinstance(names, str) else names)
        # A function's own annotations are those of its parameters.
        made = make if isinstance(make, type) or not self.names else type(make())
        hints = get_type_hints(made) if self.names else {}
        for name in sorted(self.names):
            if name not in hints:
                raise _unknown_error(name, made)
        self._types: Mapping[str, Any] = hints  # Any: annotations

    def filled(self, state: State, names: frozenset[str], signals: Mapping[str, object]) -> State:
        """Return a state with fields set; it is the same object if it can be changed.

        Args:
            state: An object of the class.
            names: The fields that may be set.
            signals: A value of another type is left out: the page may be older than the program.
        """
        values: dict[str, Any] = {}
        for name in names & signals.keys():
            try:
                values[name] = msgspec.convert(signals[name], self._types[name])
            except (msgspec.ValidationError, ValueError):
                logger.info("left a field as it is: its signal %s has another type", name)
        if _is_frozen(state):
            change: Any = structs.replace if isinstance(state, msgspec.Struct) else replace
            return cast("State", change(state, **values))
        for name, value in values.items():
            if isinstance(state, dict):
                cast("dict[str, Any]", state)[name] = value
            else:
                setattr(state, name, value)
        return state  # pyright: ignore[reportUnknownVariableType]


def _is_frozen(state: object) -> bool:
    rules = getattr(state, "__dataclass_params__", None) or getattr(
        state, "__struct_config__", None
    )
    return bool(getattr(rules, "frozen", False))


def _checked(names: object) -> frozenset[str]:
    if _is_iterable(names):
        found = frozenset(cast("Iterable[str]", names))
        if all(isinstance(name, str) for name in found):
            return found
    raise SettingsError(
        f"cannot refill the fields {short_repr(names)}",
        where="Pages(…, refill=…)",
        why="the fields of the state are named, and take the signals of the same names",
        fix='Pages(Tab, refill=("query",))',
    )


def _is_iterable(names: object) -> bool:
    return isinstance(names, Iterable)


def _unknown_error(name: str, make: object) -> SettingsError:
    return SettingsError(
        f"cannot refill {short_repr(name)}, which the class does not declare",
        where=f"Pages({getattr(make, '__name__', make)}, refill=…)",
        why="a field takes the signal of the same name, converted to its declared type",
        fix=f'{name}: str = ""  (in the class)',
    )
