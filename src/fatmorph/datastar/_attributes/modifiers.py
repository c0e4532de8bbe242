"""Names of attributes, and the modifiers after a `__` in them, spelled as the client reads them.

The first tag of a timing modifier must be its time, HTML lower-cases names, and a `__` inside a
name would start a modifier. All of this is handled here.

Names in values are checked here as well.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from fatmorph.errors import DatastarError, plain_text, short_repr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = (
    "Case",
    "Debounce",
    "Throttle",
    "Wait",
    "attribute_name",
    "cased_key",
    "flag_modifiers",
    "kebab_property",
    "name_error",
    "timing_modifiers",
    "verbatim_key",
    "wait_tag",
)

Wait: TypeAlias = int | str
"""A time: milliseconds as `int`, or text such as `"300ms"` or `"2s"`."""

Debounce: TypeAlias = (
    Wait | tuple[Wait, Literal["leading"]] | tuple[Wait, Literal["leading"], Literal["notrailing"]]
)
"""Wait until calls pause: runs after the pause, with `"leading"` also (or only) before it."""

Throttle: TypeAlias = (
    Wait | tuple[Wait, Literal["trailing"]] | tuple[Wait, Literal["noleading"], Literal["trailing"]]
)
"""Run at most once per time: at its start, with `"trailing"` also (or only) at its end."""

Case: TypeAlias = Literal["camel", "kebab", "pascal", "snake"]
"""How the client turns the key in an attribute's name into the name that it means."""

WAIT = re.compile(r"([0-9]+)(ms|s)?")
LONGEST_WAIT_MS = 2**31 - 1  # setTimeout fires at once for anything longer
FORBIDDEN_IN_KEY = re.compile(r"[\x00-\x20\x7f-\x9f\"'<>/=]")

# Tags that change something; the others leave a timer that never calls.
DEBOUNCE_TAGS = MappingProxyType(
    {
        frozenset[str](): "",
        frozenset({"leading"}): ".leading",
        frozenset({"leading", "notrailing"}): ".leading.notrailing",
    }
)
THROTTLE_TAGS = MappingProxyType(
    {
        frozenset[str](): "",
        frozenset({"trailing"}): ".trailing",
        frozenset({"noleading", "trailing"}): ".noleading.trailing",
    }
)


def wait_tag(wait: object, where: str) -> str:
    """Return a time as the tag that the client reads.

    Args:
        wait: Milliseconds as `int`, or text such as `"300ms"` or `"2s"`; 1 ms to 24 days.
        where: The call and its argument, for the error.

    Raises:
        DatastarError: A fraction (a dot would start another tag), zero, or no time at all.

    Example:
        >>> wait_tag(300, "data.on, debounce"), wait_tag("2s", "data.on, delay")
        ('300ms', '2s')
    """
    too_long = "the browser can wait between 1 ms and 2147483647 ms"
    if isinstance(wait, int) and not isinstance(wait, bool):
        if abs(wait) > LONGEST_WAIT_MS:
            raise _wait_error(wait, where, too_long)
        wait = f"{int(wait)}ms"
    match = WAIT.fullmatch(wait) if isinstance(wait, str) else None
    if match is None:
        raise _wait_error(wait, where, "a time is whole milliseconds or seconds; a dot ends it")
    milliseconds = float(match[1]) * (1000 if match[2] == "s" else 1)
    if not 1 <= milliseconds <= LONGEST_WAIT_MS:
        raise _wait_error(wait, where, too_long)
    return match[0] if match[2] else f"{match[0]}ms"


def timing_modifiers(
    where: str,
    *,
    delay: Wait | None = None,
    debounce: Debounce | None = None,
    throttle: Throttle | None = None,
    view_transition: bool = False,
) -> str:
    """Return the timing modifiers, in the order in which the client wraps them.

    Raises:
        DatastarError: A time or a tag that the client would misread.

    Example:
        >>> timing_modifiers("data.on", debounce=("300ms", "leading"))
        '__debounce.300ms.leading'
    """
    modifiers = ""
    if delay is not None:
        modifiers += f"__delay.{wait_tag(delay, f'{where}, delay')}"
    if debounce is not None:
        modifiers += "__debounce." + _tags(debounce, DEBOUNCE_TAGS, f"{where}, debounce")
    if throttle is not None:
        modifiers += "__throttle." + _tags(throttle, THROTTLE_TAGS, f"{where}, throttle")
    return modifiers + ("__viewtransition" if view_transition else "")


def flag_modifiers(flags: Mapping[str, bool]) -> str:
    """Return the modifiers that have no tags and are wanted, in the order given.

    Example:
        >>> flag_modifiers({"prevent": True, "stop": False, "once": True})
        '__prevent__once'
    """
    return "".join(f"__{name}" for name, wanted in flags.items() if wanted)


def cased_key(name: object, default: Case, where: str) -> str:
    """Return the key for a name, with the `__case` modifier that gives exactly this name.

    Args:
        name: The name that the client shall end up with.
        default: The case that the client assumes for this attribute.
        where: The call, for the error.

    Raises:
        DatastarError: No case gives this name.

    Example:
        >>> cased_key("click", "kebab", "data.on"), cased_key("myEvent", "kebab", "data.on")
        ('click', 'my-event__case.camel')
    """
    text = str.__str__(name) if isinstance(name, str) else ""
    if text and not FORBIDDEN_IN_KEY.search(text):
        cases: tuple[Case, ...] = (default, "kebab", "camel", "snake")
        for case in ("pascal", *cases) if "A" <= text[0] <= "Z" else cases:
            encode, decode = CASES[case]
            key = encode(text)
            if decode(key) == text and _is_key(key):
                return key if case == default else f"{key}__case.{case}"
    raise _key_error(name, where)


def verbatim_key(name: object, where: str) -> str:
    """Return the key for a name where the client knows no `__case`: the name itself.

    Raises:
        DatastarError: The name would not arrive as it is.

    Example:
        >>> verbatim_key("--columns2", "data.style")
        '--columns2'
    """
    text = str.__str__(name) if isinstance(name, str) else ""
    if text and not FORBIDDEN_IN_KEY.search(text) and _is_key(text):
        return text
    raise _key_error(name, where)


def attribute_name(name: object, where: str) -> str:
    """Return the name of an attribute, checked.

    Raises:
        DatastarError: HTML cannot write it.

    Example:
        >>> attribute_name("aria-label", "data.attr")
        'aria-label'
    """
    if isinstance(name, str) and name and not FORBIDDEN_IN_KEY.search(name):
        return name
    why = "an attribute's name has no white space, quotes, < > / or ="
    raise name_error(name, where, why, '"aria-label"')


def name_error(name: object, where: str, why: str, fix: str) -> DatastarError:
    """Return the error for a name that cannot be used at its place.

    Example:
        >>> print(name_error("a b", "data.attr", "a name has no spaces", '"a-b"').what)
        cannot use 'a b' as a name
    """
    return DatastarError(f"cannot use {short_repr(name)} as a name", where=where, why=why, fix=fix)


def kebab_property(name: object, where: str) -> str:
    """Return the kebab-case spelling of a JavaScript property, for `__prop`.

    Raises:
        DatastarError: The client would turn every spelling into another property.

    Example:
        >>> kebab_property("valueAsNumber", "data.bind")
        'value-as-number'
    """
    text = str.__str__(name) if isinstance(name, str) else ""
    key = _upper_to_hyphens(text)
    if text.isascii() and re.fullmatch(r"[a-z0-9-]+", key) and _property(key) == text:
        return key
    raise DatastarError(
        f"cannot write {short_repr(name)} as the name of a property",
        where=where,
        why="the client turns the modifier into camelCase, which never gives this name",
        fix='prop="valueAsNumber"',
    )


def _tags(value: object, allowed: Mapping[frozenset[str], str], where: str) -> str:
    parts = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    wait, tags = wait_tag((parts or (None,))[0], where), parts[1:]
    known = frozenset(plain_text(tag) for tag in tags)
    if known not in allowed or len(known) != len(tags):
        choices = " or ".join(f'("300ms", {_quoted(text)})' for text in allowed.values() if text)
        raise DatastarError(
            f"cannot use {short_repr(tags)} as tags",
            where=where,
            why="the client ignores other tags, and some pairs never call at all",
            fix=choices,
        )
    return wait + allowed[known]


def _key_error(name: object, where: str) -> DatastarError:
    return DatastarError(
        f"cannot write {short_repr(name)} into an attribute's name",
        where=where,
        why="HTML lower-cases it, no quotes, spaces, < > / = fit in it, and __ starts a modifier",
        fix=repr(re.sub(r"[^a-z0-9]+", "-", plain_text(name).lower()).strip("-") or "my-name"),
    )


def _quoted(tags: str) -> str:
    return ", ".join(f'"{tag}"' for tag in tags.split(".") if tag)


def _wait_error(wait: object, where: str, why: str) -> DatastarError:
    milliseconds = 300
    number = re.fullmatch(r"\s*([0-9]*\.[0-9]+)\s*s?\s*", plain_text(wait))
    if number and 0 < float(number[1]) < LONGEST_WAIT_MS // 1000:
        milliseconds = max(1, round(float(number[1]) * 1000))
    return DatastarError(
        f"cannot use {short_repr(wait)} as a time", where=where, why=why, fix=f'"{milliseconds}ms"'
    )


def _is_key(key: str) -> bool:
    # An underscore at the end would join the `__` of the next modifier.
    return "__" not in key and not key.endswith("_") and key == key.lower()


def _upper_to_hyphens(name: str) -> str:
    return re.sub("[A-Z]", lambda upper: f"-{upper[0].lower()}", name)


def _camel(key: str) -> str:
    return re.sub("-[a-z]", lambda pair: pair[0][1].upper(), key)


def _property(key: str) -> str:
    # The client's own kebab() first parts letters from digits.
    parted = re.sub(r"([a-z])([0-9]+)", r"\1-\2", key)
    parted = re.sub(r"([0-9]+)([a-z])", r"\1-\2", parted)
    return re.sub("-.", lambda pair: pair[0][1].upper(), parted)


# case → how a name is written for it, and what the client reads
CASES: Mapping[Case, tuple[Callable[[str], str], Callable[[str], str]]] = MappingProxyType(
    {
        "kebab": (str, str),
        "camel": (_upper_to_hyphens, _camel),
        "snake": (lambda name: name.replace("_", "-"), lambda key: key.replace("-", "_")),
        "pascal": (
            lambda name: _upper_to_hyphens(name).removeprefix("-"),
            lambda key: key[:1].upper() + _camel(key[1:]),
        ),
    }
)
