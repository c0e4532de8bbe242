"""Signals as the JSON that a patch carries, refused where the browser would see others.

Source: https://data-star.dev/reference/sse_events#datastar-patch-signals
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

import msgspec

from fatmorph.datastar._attributes.inherited_names import INHERITED_NAMES, INHERITED_WHY
from fatmorph.datastar._signal_classes import Signals, signal_values
from fatmorph.datastar.events._fields import utf8
from fatmorph.errors import EventError, plain_text, short_repr
from fatmorph.markup._objects import target_of
from fatmorph.markup._values import is_text, text_of
from fatmorph.markup.escape import JSExpression

__all__ = ("changed_signals", "nested_nulls", "signals_json")

# Integers above this silently lose digits in the browser.
# https://tc39.es/ecma262/#sec-number.max_safe_integer
MAX_SAFE_INTEGER = 2**53 - 1
# A dot in a key makes a signal that nothing reads; expressions write the `$` themselves.
UNFIT_IN_NAME = re.compile(r"\.|^\$")


# Any: a dataclass, a Struct or a Mapping of anything that msgspec can write.
def signals_json(signals: Any) -> bytes:
    """Return signals as JSON; a str is JSON already, and returned as it is.

    Raises:
        EventError: A name that no expression could read, or a value that would not arrive.
        EncodingError: Text with a lone surrogate.
    """
    is_text = isinstance(signals, str)
    where = "patch_signals()"
    try:
        value = _parsed(signals) if is_text else signals
        plain = _plain(value, "", is_tree=True)
    except RecursionError:
        raise EventError(
            "cannot send signals that hold themselves, or are nested too deep",
            where=where,
            why="JSON is a tree, and a signal's path is short",
            fix="patch_signals({name: value})",
        ) from None
    if not isinstance(plain, dict):
        raise EventError(
            f"cannot patch {type(value).__name__} as signals",
            where=where,
            why="signals have names",
            fix='patch_signals({"name": value})',
        )
    return utf8(signals, where) if is_text else msgspec.json.encode(plain)


def changed_signals(signals: object, since: Signals) -> dict[str, Any]:
    """Return the signals whose value is another than before; local ones, too.

    Raises:
        EventError: Another class than before, or a value that would not arrive.

    Example:
        >>> from fatmorph import Signal, signal
        >>> class Board(Signals):
        ...     query: Signal[str] = signal("")
        ...     page: Signal[int] = signal(1)
        >>> changed_signals(Board(query="milk"), Board())
        {'query': 'milk'}
    """
    if not isinstance(signals, Signals) or type(signals) is not type(since):
        raise EventError(
            f"cannot compare {type(signals).__name__} with {type(since).__name__}",
            where="patch_signals(since=...)",
            why="changes are found between two instances of one class of signals",
            fix="w.patch_signals(replace(signals, query=''), since=signals)",
        )
    return _changes(_plain_values(signals), _plain_values(since))


def nested_nulls(names: tuple[object, ...]) -> dict[str, Any]:
    """Return signals that are all None: `user.name` is `name` inside `user`.

    Raises:
        EventError: A name that no signal can have.

    Example:
        >>> nested_nulls(("draft", "user.name"))
        {'draft': None, 'user': {'name': None}}
    """
    nulls: dict[str, Any] = {}
    for name in names:
        if not isinstance(name, str):
            raise _signal_name_error(name, short_repr(name), "remove_signals()", '"draft"')
        *outer, last = name.split(".")
        inside: dict[str, Any] | None = nulls
        for part in outer:
            inside = inside.setdefault(part, {}) if inside is not None else None
        # All of a signal goes where one around it goes.
        if inside is not None:
            inside[last] = None
    return nulls


def _plain_values(signals: Signals) -> dict[str, Any]:
    plain = _plain(signal_values(signals, with_local=True), "", is_tree=True)
    return cast("dict[str, Any]", plain)  # of a mapping


def _is_tree(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _changes(new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    # The client merges objects, so a key that is left out would stay.
    changes: dict[str, Any] = dict.fromkeys(old.keys() - new.keys())
    for name, value in new.items():
        before = old.get(name)
        if _is_tree(value) and _is_tree(before):
            if inner := _changes(value, before):
                changes[name] = inner
        elif name not in old or msgspec.json.encode(value) != msgspec.json.encode(before):
            changes[name] = value
    return changes


def _parsed(text: str) -> object:
    try:
        parsed: object = msgspec.json.decode(utf8(text, "patch_signals()"))
    except msgspec.MsgspecError as error:
        raise EventError(
            "cannot patch text that is not JSON as signals",
            where="patch_signals()",
            why=str(error),
            fix='patch_signals({"name": value})',
        ) from None
    return parsed


def _plain(value: object, path: str, *, is_tree: bool) -> object:
    """Return a value as what JSON is made of, if the browser will see the same value.

    In a list nothing is a signal of its own: the client stores it as one.
    """
    value = target_of(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Signals):
        value = signal_values(value, with_local=False)
    if isinstance(value, Mapping):
        if is_tree and (name := path.rpartition(".")[2]) in INHERITED_NAMES:
            fix = f'{{"{name}_": ...}}'
            raise _signal_name_error(name, path, "patch_signals()", fix, INHERITED_WHY)
        members = cast("Mapping[object, object]", value)  # each key is checked
        return {
            _signal_name(key, path): _plain(item, _join(path, key), is_tree=is_tree)
            for key, item in members.items()
        }
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)  # each item is checked
        return [_plain(item, f"{path}[{index}]", is_tree=False) for index, item in enumerate(items)]
    if isinstance(value, JSExpression):
        why, fix = "a patch carries data, not code", 'w.execute("…")'
        raise _signal_value_error(value, path, why, fix)
    if isinstance(value, enum.Enum) or not isinstance(value, str | int | float):
        return _plain(_builtins(value, path), path, is_tree=is_tree)
    if isinstance(value, str):
        utf8(value, f"the signal {path}")
        return str.__str__(value)
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            fix = "str(value)" if text_of(value) else "hex(value)"
            raise _signal_value_error(value, path, "the browser would round it", fix)
        return int(value)
    if not math.isfinite(value):
        raise _signal_value_error(value, path, "JSON has neither NaN nor Infinity", "None")
    return float(value)


def _builtins(value: object, path: str) -> object:
    try:
        plain: object = msgspec.to_builtins(value)
    except (TypeError, ValueError) as error:
        fix = f"{value.__name__}(…)" if isinstance(value, type) else "msgspec.to_builtins(value)"
        raise _signal_value_error(value, path, str(error), fix) from error
    return plain


def _join(path: str, key: object) -> str:
    return f"{path}.{plain_text(key)}" if path else plain_text(key)


def _signal_name(key: object, path: str) -> str:
    if is_text(key) and key not in ("", "__proto__") and not UNFIT_IN_NAME.search(key):
        utf8(key, f"patch_signals(), signal {_join(path, key)}")
        return str.__str__(key)
    near = UNFIT_IN_NAME.sub(".", "name" if key in ("", "__proto__") else plain_text(key))
    *outer, last = [part for part in near.split(".") if part] or ["name"]
    fix = "".join(f'{{"{part}": ' for part in outer) + f'{{"{last}": ...' + "}" * (len(outer) + 1)
    raise _signal_name_error(key, _join(path, key), "patch_signals()", fix)


def _signal_name_error(
    name: object,
    path: str,
    where: str,
    fix: str,
    why: str = "a name is text, without the $ of expressions; a dot in it does not nest",
) -> EventError:
    return EventError(
        f"cannot use {short_repr(name)} as the name of a signal",
        where=f"{where}, signal {path}",
        why=why,
        fix=fix,
    )


def _signal_value_error(value: object, path: str, why: str, fix: str) -> EventError:
    # Without the value itself: signals may be secrets.
    return EventError(
        f"cannot send {type(value).__name__} as a signal",
        where=f"patch_signals(), signal {path or '(all)'}",
        why=why,
        fix=fix,
    )
