"""Signals: their names, their first values, and the patterns that choose among them.

Source: https://data-star.dev/reference/attributes#data-signals
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import msgspec

from fatmorph.datastar._attributes.expressions import joined_text, operand_text
from fatmorph.datastar._attributes.inherited_names import INHERITED_NAMES, INHERITED_WHY
from fatmorph.datastar._signal_classes import Signal, Signals, signal_pattern, signal_values
from fatmorph.errors import AttributeValueError, DatastarError, plain_text, short_repr
from fatmorph.markup._objects import target_of
from fatmorph.markup._template_parts import is_template
from fatmorph.markup._wording import unusual_remedy
from fatmorph.markup.escape import JSExpression, js

__all__ = (
    "SignalPattern",
    "filter_text",
    "pattern_text",
    "signal_name",
    "signals_text",
)

SignalPattern: TypeAlias = str | JSExpression | type[Signals]
"""A regular expression as text or as JavaScript, such as `JSExpression("/a/i")`; or a signal of a
class, `Board.query`, or the class, for all of its signals."""

# The names that the client finds after a `$`; a dot nests.
SIGNAL_PATH = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")

# Syntax of Python's patterns that JavaScript reads as something else, or not at all; searched
# where escapes and classes are taken out.
PYTHON_ONLY = re.compile(r"\(\?(?:P|#|>|\(|[aiLmsux]+\))|[*+?}]\+|\{,\d")
PYTHON_ONLY_PIECE = re.compile(r"\\[AZ]|\[\^?\]")
ESCAPE_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]", re.DOTALL)
NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_$])")
PATTERN_PIECE = re.compile(r"\\?.", re.DOTALL)
# Characters that would end a pattern, or that HTML's parser or the client would change.
PATTERN_ESCAPES = {
    "/": r"\x2f",
    "\n": r"\n",
    "\r": r"\r",
    "\0": r"\x00",
    "\u2028": r"\u2028",
    "\u2029": r"\u2029",
    "'": r"\x27",
    '"': r"\x22",
    "`": r"\x60",
    ";": r"\x3b",
    "@": r"\x40",
    "\\$": r"\x24",
    "\U0001f595": r"\ud83d\udd95",  # the client marks its own escapes with it
}
# The compiler inside re.compile(), without the cache of 512 patterns of any length. It is private,
# but no public function compiles a pattern without keeping it.
_compile: Callable[[str], object] = getattr(re, "_compiler", re).compile


def signal_name(name: object, where: str) -> str:
    """Return a signal's name, checked; dots name a signal inside another.

    Raises:
        DatastarError: `$name` could not read it, or it is not text.

    Example:
        >>> signal_name("user.first_name", "data.bind")
        'user.first_name'
    """
    if isinstance(name, Signal):
        name = name.name
    if isinstance(name, str):
        text = str.__str__(name)
        *outer, last = text.split(".")
        if inherited := INHERITED_NAMES.intersection(outer):
            raise _inherited_name_error(max(inherited), where)
        if SIGNAL_PATH.fullmatch(text) and last != "__proto__":
            return text
    raise DatastarError(
        f"cannot use {short_repr(name)} as the name of a signal",
        where=where,
        why="$name reads ASCII letters, digits and _, joined by - or (for nested signals) by .",
        fix=repr(_near_name(plain_text(name))),
    )


def signals_text(values: object, *, if_missing: bool = False) -> str:
    """Return signals as a JavaScript object.

    Args:
        values: A mapping, an instance of `Signals` or of a dataclass, or a msgspec `Struct`. Its
            values may be anything that
            `msgspec.to_builtins` turns into JSON, and `JSExpression` for code.
        if_missing: Whether the client keeps existing signals; then `None` is refused.

    Raises:
        DatastarError: A name that the client cannot use, a value that would not arrive, or an
            expression without one.

    Example:
        >>> signals_text({"user_id": "u1", "cart": {"items": [1, 2]}})
        "{user_id: 'u1', cart: {items: [1, 2]}}"
    """
    plain: object = values
    if isinstance(values, Signals):
        plain = _initial_values(values, if_missing=if_missing)
    elif isinstance(values, type):
        raise _not_signals_error(values)
    elif not isinstance(plain, Mapping):
        plain = _builtins(values, "data.signals")
    if not isinstance(plain, Mapping):
        raise _not_signals_error(values)
    named = cast("Mapping[object, object]", plain)  # isinstance() leaves the types open
    for key in named:
        if isinstance(key, str) and "." not in key:
            signal_name(key, "data.signals")
    try:
        text = js(_signal_object(named, "", if_missing=if_missing, is_tree=True))
    except AttributeValueError as error:
        # Only the place, never the value: signals may be secrets.
        where = f"data.signals, signal {error.where.partition(':')[0]}"
        raise DatastarError(error.what, where=where, why=error.why, fix=error.fix) from None
    except RecursionError:
        why = "it holds itself, or is nested too deep"
        raise _value_error(values, "data.signals", why, '{"name": value}') from None
    return joined_text(text, "data.signals")


def filter_text(include: object, exclude: object, where: str) -> str:
    """Return the JavaScript object that chooses signals, or `""` if nothing is given.

    Args:
        include: A `SignalPattern` or `None`.
        exclude: A `SignalPattern` or `None`.
        where: The call, for the error.

    Raises:
        DatastarError: As `pattern_text`.

    Example:
        >>> filter_text("^cart", None, "data.json_signals")
        '{include: /^cart/}'
    """
    entries = [
        f"{name}: {pattern_text(pattern, f'{where}, {name}')}"
        for name, pattern in (("include", include), ("exclude", exclude))
        if pattern is not None
    ]
    return "{" + ", ".join(entries) + "}" if entries else ""


def pattern_text(pattern: object, where: str) -> str:
    r"""Return a pattern as a JavaScript regular expression that means the same.

    Args:
        pattern: Text in the syntax that Python and JavaScript share, or a `JSExpression`,
            which is written as it is.
        where: The call that it was given to, for the error.

    Raises:
        DatastarError: It is empty, does not compile, or is Python's syntax only.

    Example:
        >>> pattern_text(r"^user[./]", "at.get, include")
        '/^user[.\\x2f]/'
    """
    pattern = signal_pattern(pattern)
    if isinstance(pattern, JSExpression):
        return pattern.value
    if not isinstance(pattern, str) or not pattern:
        raise _pattern_error(pattern, where, "a pattern is text with at least one character")
    try:
        _compile(NAMED_GROUP.sub("(?P<", pattern))
    except re.error as error:
        raise _pattern_error(pattern, where, f"it does not compile: {error}") from error
    apart = ESCAPE_OR_CLASS.findall(pattern)
    if PYTHON_ONLY.search(ESCAPE_OR_CLASS.sub("", pattern)) or any(
        PYTHON_ONLY_PIECE.match(piece) for piece in apart
    ):
        raise _pattern_error(pattern, where, "it has syntax that only Python knows")
    return "/" + PATTERN_PIECE.sub(_javascript_piece, pattern) + "/"


def _initial_values(signals: Signals, *, if_missing: bool) -> object:
    """Return the values of a class of signals; None is a signal that does not exist."""
    values = signal_values(signals, with_local=True)
    return _without_none(values) if if_missing else values


def _without_none(values: object) -> object:
    if not isinstance(values, Mapping):
        return values
    return {
        name: _without_none(value)
        for name, value in cast("Mapping[str, object]", values).items()
        if value is not None
    }


def _not_signals_error(values: object) -> DatastarError:
    kind, why, fix = type(values).__name__, "signals have names", '{"name": value}'
    if isinstance(values, type):
        kind, why, fix = "a class", "its instances have the values", f"{values.__name__}(…)"
    return DatastarError(
        f"cannot use {kind} as signals",
        where="data.signals",
        why=why,
        fix=f"data.signals({fix})",
    )


def _javascript_piece(match: re.Match[str]) -> str:
    piece = match[0]
    return PATTERN_ESCAPES.get(piece) or PATTERN_ESCAPES.get(piece[-1]) or piece


def _pattern_error(pattern: object, where: str, why: str) -> DatastarError:
    return DatastarError(
        f"cannot write {short_repr(pattern)} as a JavaScript regular expression",
        where=where,
        why=why,
        fix='JSExpression("/…/i")',
    )


def _near_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "_", name).strip("._") or "name"


def _signal_object(
    values: Mapping[object, object], path: str, *, if_missing: bool, is_tree: bool
) -> dict[str, Any]:
    plain: dict[str, Any] = {}  # Any: js() checks what the values are
    for key, value in values.items():
        here = f"{path}.{plain_text(key)}" if path else plain_text(key)
        if not isinstance(key, str) or "." in key or key == "__proto__":
            raise DatastarError(
                f"cannot use {short_repr(key)} as the name of a signal",
                where=f"data.signals, signal {here}",
                why="a dot in a key does not nest, the client makes an unusable signal of it"
                if isinstance(key, str) and "." in key
                else "the client could not store it under that name",
                fix=_nested_fix(plain_text(key)),
            )
        plain[key] = _signal_value(value, here, if_missing=if_missing, is_tree=is_tree)
    return plain


def _inherited_name_error(name: str, where: str) -> DatastarError:
    return DatastarError(
        f"cannot use {short_repr(name)} as the name of signals",
        where=where,
        why=INHERITED_WHY,
        fix=f'"{name}_"',
    )


def _nested_fix(key: str) -> str:
    parts = [part for part in key.split(".") if part.strip("_")] or ["name"]
    return "".join(f'{{"{part}": ' for part in parts) + "…" + "}" * len(parts)


def _signal_value(value: object, path: str, *, if_missing: bool, is_tree: bool) -> object:
    if value is None and if_missing:
        raise _value_error(value, f"signal {path}", "with if_missing the client ignores None", '""')
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, JSExpression):
        return JSExpression(operand_text(value, f"data.signals, signal {path}"))
    if isinstance(value, Mapping):
        name = path.rpartition(".")[2]
        if is_tree and name in INHERITED_NAMES:
            raise _inherited_name_error(name, f"data.signals, signal {path}")
        nested = cast("Mapping[object, object]", value)
        return _signal_object(nested, path, if_missing=if_missing, is_tree=is_tree)
    if isinstance(value, list | tuple):
        # The client stores a list as one value, so that None is a value like others in it.
        return [
            _signal_value(item, f"{path}[{index}]", if_missing=False, is_tree=False)
            for index, item in enumerate(cast("list[object]", value))
        ]
    target = target_of(value)
    plain = target if target is not value else _builtins(value, f"signal {path}")
    return _signal_value(plain, path, if_missing=if_missing, is_tree=is_tree)


def _builtins(value: object, where: str) -> object:
    try:
        plain: object = msgspec.to_builtins(value)
    except (TypeError, ValueError, RecursionError) as error:
        if is_template(value):
            raise _value_error(value, where, "a signal has no HTML", 'f"hello {name}"') from None
        why, fix = unusual_remedy(value) or (str(error), "{field: value.field, …}")
        raise _value_error(value, where, why, fix) from error
    return plain


def _value_error(value: object, path: str, why: str, fix: str) -> DatastarError:
    return DatastarError(
        f"cannot write {type(value).__name__} as the value of a signal",
        where=path if path.startswith("data.") else f"data.signals, {path}",
        why=why,
        fix=fix,
    )
