"""Evaluate the nodes of a Datastar expression.

Source: https://tc39.es/ecma262/#sec-ecmascript-language-expressions
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Protocol

from fatmorph.datastar._attributes.sinks import SAFE_DATA_OF_ELEMENT, URL_GUARD, URL_LIST_GUARD
from fatmorph.testing._expressions.methods import GLOBALS, HostObject, member_of
from fatmorph.testing._expressions.syntax import Node, read
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import (
    equals,
    is_true,
    number_of,
    text_of,
    type_name,
)

__all__ = ("Actions", "Late", "SignalStore", "evaluate")

# `data.attr` writes these functions around values; browsers remove white space and controls.
OWN_GUARDS = ((URL_LIST_GUARD, "fatmorphSafeUrls"), (URL_GUARD, "fatmorphSafeUrl"))
SCHEME = re.compile(r"\s*([a-z]+):", re.IGNORECASE)
IGNORED_IN_SCHEME = re.compile(r"[\t\n\r]")
SAFE_DATA = re.compile(SAFE_DATA_OF_ELEMENT, re.IGNORECASE)

ARITHMETIC: Mapping[str, Callable[[float, float], Any]] = {
    "-": operator.sub,
    "*": operator.mul,
    "**": operator.pow,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
COMPARISONS = frozenset({"<", ">", "<=", ">="})
UPDATES = {"++": 1, "--": -1}


class SignalStore(Protocol):
    """The signals that an expression reads and writes, by their path."""

    def has(self, path: str) -> bool: ...
    def read(self, path: str) -> Any: ...
    def write(self, path: str, value: Any) -> None: ...


class Actions(Protocol):
    """The actions that an expression calls."""

    def call(self, name: str, arguments: list[Callable[[], Any]]) -> Any: ...


def evaluate(
    text: str,
    *,
    signals: SignalStore,
    actions: Actions,
    names: Mapping[str, Any],
    is_value: bool = False,
) -> Any:  # Any: a value of JavaScript
    """Return the value of the last statement of an expression.

    Args:
        text: As in the attribute.
        signals: For `$name`.
        actions: For `@name(…)`.
        names: The variables: `el`, `evt`, and the browser's objects.
        is_value: Whether a brace at the beginning is an object, not a block.

    Raises:
        NotUnderstoodError: JavaScript that only a browser can run.
    """
    try:
        return _Evaluator(signals, actions, dict(names)).value(_read(text, is_value=is_value))
    except _Returned as returned:
        return returned.value
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        raise NotUnderstoodError(f"{type(error).__name__}: {error}") from error


@lru_cache(maxsize=2000)
def _read(text: str, *, is_value: bool) -> Node:
    for guard, name in OWN_GUARDS:
        text = text.replace(guard, name)
    return read(text, is_value=is_value)


class _Returned(Exception):  # noqa: N818 - the end of a function, not an error
    def __init__(self, value: Any) -> None:
        self.value = value


# Any, in all methods: values of JavaScript, and the parts of nodes.
class _Evaluator:
    """The names of one function, or of the whole expression."""

    def __init__(self, signals: SignalStore, actions: Actions, names: dict[str, Any]) -> None:
        self._signals = signals
        self._actions = actions
        self._names = names

    def value(self, node: Node) -> Any:
        return getattr(self, f"_{node.kind}")(*node.parts)

    def _block(self, statements: tuple[Node, ...]) -> Any:
        value = None
        for statement in statements:
            value = self.value(statement)
        return value

    _sequence = _block

    def _group(self, node: Node) -> Any:
        return self.value(node)

    def _literal(self, value: Any) -> Any:
        return value

    def _return_(self, node: Node) -> Any:
        raise _Returned(self.value(node))

    def _declare(self, names: tuple[str, ...], node: Node, is_list: bool) -> None:  # noqa: FBT001 - a part
        value = self.value(node)
        values = [*value, *[None] * len(names)] if is_list else [value]
        self._names.update(zip(names, values, strict=False))

    def _conditional(self, condition: Node, yes: Node, no: Node) -> Any:
        return self.value(yes if is_true(self.value(condition)) else no)

    def _template(self, parts: tuple[Node, ...]) -> str:
        return "".join(text_of(self.value(part)) for part in parts)

    def _array(self, items: tuple[Node, ...]) -> list[Any]:
        return [self.value(item) for item in items]

    def _object(self, entries: tuple[tuple[Node, Node], ...]) -> dict[str, Any]:
        return {self.value(key): self._entry(node) for key, node in entries}

    def _entry(self, node: Node) -> Any:
        try:
            return self.value(node)
        except NotUnderstoodError as error:  # it may be an option that matters to a browser alone
            return Late(error)

    def _unreadable(self, text: str) -> Any:
        raise NotUnderstoodError(f"`{text[:40]}`")

    def _regex(self, body: str, flags: str) -> re.Pattern[str]:
        if set(flags) - set("gimsu"):
            raise NotUnderstoodError(f"the flags {flags!r} of a regular expression")
        known = (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
        try:
            return re.compile(body, known | (re.DOTALL if "s" in flags else 0))
        except re.error as error:
            raise NotUnderstoodError(f"/{body}/: {error}") from error

    def _name(self, name: str) -> Any:
        if name in self._names:
            return self._names[name]
        if name == "$":
            return _AllSignals(self._signals)
        if name in GUARDS:
            return lambda value: GUARDS[name](value, self._names["el"])
        if name not in GLOBALS:
            raise NotUnderstoodError(f"`{name}`")
        return GLOBALS[name]

    def _signal(self, path: str) -> Any:
        return self._signals.read(path)

    def _member(self, owner: Node, name: Node, is_optional: bool) -> Any:  # noqa: FBT001 - a part
        value = self.value(owner)
        if value is None and (is_optional or owner.kind == "signal"):
            return None
        return member_of(value, self.value(name))

    def _call(self, function: Node, arguments: tuple[Node, ...], is_optional: bool) -> Any:  # noqa: FBT001 - a part
        call = self.value(function)
        if call is None and is_optional:
            return None
        if not callable(call):
            raise NotUnderstoodError("a call of something that is not a function")
        return call(*(self.value(argument) for argument in arguments))

    def _new(self, name: str, arguments: tuple[Node, ...]) -> Any:
        return self._call(Node("name", (name,)), arguments, is_optional=False)

    def _action(self, name: str, arguments: tuple[Node, ...]) -> Any:
        return self._actions.call(name, [partial(self.value, node) for node in arguments])

    def _arrow(self, parameters: tuple[str, ...], body: Node, is_block: bool) -> Any:  # noqa: FBT001 - a part
        def call(*arguments: Any) -> Any:
            given = [*arguments, *[None] * len(parameters)]
            names = {**self._names, **dict(zip(parameters, given, strict=False))}
            inner = _Evaluator(self._signals, self._actions, names)
            try:
                value = inner.value(body)
            except _Returned as returned:
                return returned.value
            return None if is_block else value

        return call

    def _unary(self, sign: str, node: Node) -> Any:
        value = self.value(node)
        if sign == "!":
            return not is_true(value)
        if sign == "typeof":
            return type_name(value)
        if sign == "void":
            return None
        return number_of(value) if sign == "+" else -number_of(value)

    def _logical(self, sign: str, left: Node, right: Node) -> Any:
        value = self.value(left)
        is_enough = value is not None if sign == "??" else is_true(value) == (sign == "||")
        return value if is_enough else self.value(right)

    def _binary(self, sign: str, left: Node, right: Node) -> Any:
        return _operated(sign, self.value(left), self.value(right))

    def _assign(self, place: Node, sign: str, node: Node) -> Any:
        if sign in ("&&", "||", "??"):
            value = self._logical(sign, place, node)
        else:
            value = self.value(node)
            value = _operated(sign, self.value(place), value) if sign else value
        self._write(place, value)
        return value

    def _update(self, sign: str, place: Node, is_prefix: bool) -> float:  # noqa: FBT001 - a part
        before = number_of(self.value(place))
        after = before + UPDATES[sign]
        self._write(place, after)
        return after if is_prefix else before

    def _write(self, place: Node, value: Any) -> None:
        path = _path(place)
        if path is not None and not self._is_in_object(place):
            self._signals.write(path, value)
        elif place.kind == "name":
            self._names[place.parts[0]] = value
        else:
            owner, name = self.value(place.parts[0]), self.value(place.parts[1])
            if isinstance(owner, HostObject):
                owner.write(text_of(name), value)
            elif isinstance(owner, dict):
                owner[text_of(name)] = value
            else:
                raise NotUnderstoodError(f"`.{text_of(name)} = `")

    def _is_in_object(self, place: Node) -> bool:
        """Return whether a property of an element is written, which a signal refers to."""
        owner = _path(place.parts[0]) if place.kind == "member" else None
        is_known = owner is not None and self._signals.has(owner)
        return is_known and isinstance(self.value(place.parts[0]), HostObject)


class _AllSignals(HostObject):
    """The object `$`, whose properties are the signals."""

    def __init__(self, signals: SignalStore) -> None:
        self._signals = signals

    def has(self, name: str) -> bool:
        return self._signals.has(name)

    def read(self, name: str) -> Any:
        return self._signals.read(name)

    def write(self, name: str, value: Any) -> None:
        self._signals.write(name, value)


class Late(HostObject):
    """A value of an object that was not understood; it fails when it is used."""

    def __init__(self, error: NotUnderstoodError) -> None:
        self.error = error

    def read(self, name: str) -> Any:  # noqa: ARG002 - as in the base class
        """Raise the error."""
        raise self.error


def _path(place: Node) -> str | None:
    """Return the path of the signal that is written: `a.b` for `$a.b`."""
    if place.kind == "signal":
        return str(place.parts[0])
    if place.kind == "member" and place.parts[1].kind == "literal":
        owner = _path(place.parts[0])
        return None if owner is None else f"{owner}.{place.parts[1].parts[0]}"
    return None


def _operated(sign: str, left: Any, right: Any) -> Any:
    if sign in ("==", "!=", "===", "!=="):
        return equals(left, right, is_strict=len(sign) > 2) == sign.startswith("=")
    if sign == "+" and not all(isinstance(v, int | float | None) for v in (left, right)):
        return text_of(left) + text_of(right)
    if sign in COMPARISONS and isinstance(left, str) and isinstance(right, str):
        return ARITHMETIC[sign](left, right)  # type: ignore[arg-type]  # texts have an order too
    if sign == "in" and isinstance(right, HostObject):
        return right.has(text_of(left))
    if sign == "in" and isinstance(right, dict):
        return text_of(left) in right
    if sign in ("in", "instanceof"):
        raise NotUnderstoodError(f"`{sign}`")
    first, second = number_of(left), number_of(right)
    if sign == "+":
        return first + second
    if sign == "%":
        return math.fmod(first, second) if second else math.nan
    if sign == "/":
        return _quotient(first, second)
    return ARITHMETIC[sign](first, second)


def _quotient(first: float, second: float) -> float:
    if second:
        return first / second
    return math.nan if not first or math.isnan(first) else math.copysign(math.inf, first)


def _safe_url(value: Any, element: Any) -> Any:
    scheme = SCHEME.match(IGNORED_IN_SCHEME.sub("", value)) if isinstance(value, str) else None
    if scheme is None or scheme[1].lower() not in ("javascript", "vbscript", "data"):
        return value
    is_safe = SAFE_DATA.search(f"{element.read('localName')} {value}") is not None
    return value if is_safe else f"unsafe:{value}"


def _safe_urls(value: Any, element: Any) -> Any:
    if not isinstance(value, str):
        return value
    return ";".join(_safe_url(url, element) for url in value.split(";"))


GUARDS = {"fatmorphSafeUrl": _safe_url, "fatmorphSafeUrls": _safe_urls}
