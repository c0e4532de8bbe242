"""Shortcuts of the reference engine: the plain calls of `data.*` and `at.*`, answered at once.

A shortcut has the results of its function, and passes it all calls that are not plain. The part of
a result that is not in its one text is learnt from the function's first result: the name of an
attribute, or the options of an action. An expression, a URL or a value is never kept.
"""

# The arguments of a function are of any type until they are checked.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, Literal, TypeAlias

from datastar_py.attributes import JSExpression

from fatmorph.markup._attributes import (
    MAX_CACHED_CHARACTERS,
    MAX_CACHED_NAMES,
    plain_attribute,
)

__all__ = ("ShortcutKind", "shortcut")

ShortcutKind: TypeAlias = Literal[
    "id", "action", "event", "statements", "value", "signal", "signals", "object"
]
"""The result of a function: an id, an action, or Attrs of an event, of statements, of a value, of
the name of a signal, of signals, of an object of expressions."""

# Any: a shortcut has the signature of its function.
Function: TypeAlias = Callable[..., Any]
Matches: TypeAlias = Callable[[str], object]

# In these, text is one of a few words or a time. Any other option may be made of a user's text.
TEXT_OPTIONS: Final = frozenset(
    (
        *("case", "content_type", "debounce", "delay", "duration", "request_cancellation"),
        *("retry", "throttle"),
    )
)
# The first character shows that an expression is neither empty nor an address, and the absence of
# `;` and `//` that the client does not cut it. The words begin statements without a value.
PLAIN_STATEMENTS = re.compile(r"(?!http)[!-.0-:<-~]")
PLAIN_VALUE = re.compile(
    r"(?!http|(?:break|const|continue|do|for|if|let|return|switch|throw|try|var|while)\b)"
    r"[!-.0-:<-~][^;/]*(?:/(?!/)[^;/]*)*\Z"
)
PLAIN_OPERAND = re.compile(rf"(?![{{]|[\s\S]*(?:,|\s\Z)){PLAIN_VALUE.pattern}")
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
PLAIN_SIGNAL = re.compile(
    r"(?:(?!__|(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString"
    r"|toString|valueOf)\.)\w+\.)*(?!__)\w+\Z",
    re.ASCII,
)
PLAIN_URL = re.compile(r"/(?!/)[\w.,:/~%?=+*!#|-]*\Z", re.ASCII)


def shortcut(
    kind: ShortcutKind, function: Function, harmless: frozenset[str] | None = None
) -> Function:
    """Return a function with the results of another one, to which it passes all unusual calls.

    Args:
        kind: The result of the function.
        function: The reference.
        harmless: For an object, the names that have no rules of their own; default all.
    """
    if kind == "action":
        return _action(function)
    if kind == "object":
        return _object(function, harmless)
    matches = PLAIN_TEXTS.get(kind)
    return _attribute(function, matches, 2 if kind == "event" else 1) if matches else function


def _action(function: Function) -> Function:
    learnt: dict[object, tuple[str, str]] = {}

    # hot: tests/benchmarks/rendering.py, the pages as their users write them
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        url = args[0] if len(args) == 1 else None
        if type(url) is not str or not PLAIN_URL.match(url):
            return function(*args, **options)
        key = _key((), options) if options else ()
        found = learnt.get(key)
        if found is None:
            action = function(url, **options)
            before, quoted, after = action.partition(f"'{url}'")
            if quoted:
                _learn(learnt, key, (f"{before}'", f"'{after}"))
            return action
        return f"{found[0]}{url}{found[1]}"

    return call


def _attribute(function: Function, matches: Matches, count: int) -> Function:
    learnt: dict[object, str] = {}

    # hot: as above
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        text: Any = args[-1] if len(args) == count else None
        if type(text) is not str:
            text = text.value if issubclass(type(text), JSExpression) else None
            if type(text) is not str:
                return function(*args, **options)
        if (count > 1 and type(args[0]) is not str) or not matches(text):
            return function(*args, **options)
        key = _key(args[:-1], options) if options else args[:-1]
        name = learnt.get(key)
        if name is None:
            attrs = function(*args, **options)
            if len(attrs) == 1:
                [name] = attrs
                _learn(learnt, key, name)
            return attrs
        return plain_attribute(name, text)

    return call


def _object(function: Function, harmless: frozenset[str] | None) -> Function:
    learnt: dict[object, str] = {}

    # hot: as above
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        text = None if options or len(args) != 1 else _object_text(args[0], harmless)
        name = learnt.get(()) if text is not None else None
        if text is None or name is None:
            attrs = function(*args, **options)
            if list(attrs.values()) == [text]:
                [learnt[()]] = attrs
            return attrs
        return plain_attribute(name, text)

    return call


def _object_text(expressions: object, harmless: frozenset[str] | None) -> str | None:
    """Return an object of plain names and plain expressions; None for any other."""
    if type(expressions) is not dict:
        return None
    entries: list[str] = []
    for name, text in expressions.copy().items():  # another thread may change it
        if type(name) is not str or (harmless is not None and name not in harmless):
            return None
        if type(text) is not str or not PLAIN_OPERAND.match(text) or not PLAIN_NAME.fullmatch(name):
            return None
        entries.append(f"'{name}': {text}" if "-" in name else f"{name}: {text}")
    return "{" + ", ".join(entries) + "}"


def _key(subject: tuple[object, ...], options: Mapping[str, object]) -> object:
    """Return a key for options that a developer wrote; else None."""
    for name, value in options.items():
        if value is not True and value is not False and value is not None:
            parts = value if type(value) is tuple else (value,)
            # No numbers: True equals 1.
            if name not in TEXT_OPTIONS or not {str}.issuperset(map(type, parts)):
                return None
    return (*subject, *options.items())


def _learn(learnt: dict[object, Any], key: object, value: object) -> None:
    if key is None or len(repr(key)) > MAX_CACHED_CHARACTERS:
        return
    if len(learnt) >= MAX_CACHED_NAMES:
        learnt.clear()
    learnt[key] = value


PLAIN_TEXTS: Mapping[str, Matches] = {
    "event": PLAIN_STATEMENTS.match,
    "statements": PLAIN_STATEMENTS.match,
    "value": PLAIN_VALUE.match,
    "signal": PLAIN_SIGNAL.match,
}
