"""The attributes of Datastar Pro, which the free bundle does not know and ignores.

Part of `data`; each says PRO in its first line.

Source: https://data-star.dev/reference/attributes#pro-attributes
"""

from __future__ import annotations

import re
from typing import Literal

from fatmorph.datastar._attributes.expressions import Expression, expression_text, value_text
from fatmorph.datastar._attributes.modifiers import (
    Debounce,
    Throttle,
    Wait,
    cased_key,
    flag_modifiers,
    timing_modifiers,
    verbatim_key,
    wait_tag,
)
from fatmorph.datastar._attributes.signals import SignalPattern, filter_text, signal_name
from fatmorph.datastar._attributes.sinks import refuse_url
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._shortcuts import shortened
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup.escape import js

__all__ = (
    "animate",
    "custom_validity",
    "match_media",
    "on_raf",
    "on_resize",
    "persist",
    "query_string",
    "replace_url",
    "scroll_into_view",
    "view_transition",
)

EASE = re.compile(r"[a-z]+")
BEHAVIORS = ("auto", "instant", "smooth")
POSITIONS = ("start", "center", "end", "nearest")


def animate(
    name: str,
    expression: Expression,
    *,
    duration: Wait | None = None,
    ease: str | None = None,
    delay: Wait | None = None,
    loop: bool = False,
    pingpong: bool = False,
) -> Attrs:
    """Animate an attribute towards the value of an expression (PRO).

    Args:
        name: A lower-case attribute, such as `"width"`.
        expression: JavaScript; a number, with a unit or without.
        duration: The time it takes; default one second.
        ease: Datastar's name of a curve, such as `"outsine"`; default linear.
        delay: Wait this long first.
        loop: Start again at the end.
        pingpong: Turn round at the end.

    Raises:
        DatastarError: A name or curve that the attribute's name cannot hold, an attribute
            whose value may be code, an expression without a value, or a time that the client
            would misread.

    Example:
        >>> animate("width", "$width", duration="500ms", ease="outsine")
        Attrs({'data-animate:width__duration.500ms__ease.outsine': '$width'})

    Source: https://data-star.dev/reference/attributes#data-animate
    """
    where = "data.animate"
    key = verbatim_key(name, where)
    refuse_url(name, where)
    modifiers = ""
    if duration is not None:
        modifiers += f"__duration.{wait_tag(duration, f'{where}, duration')}"
    if ease is not None:
        if not isinstance(ease, str) or not EASE.fullmatch(ease):
            why = "the names of curves are lower-case letters only"
            raise _pro_error(ease, f"{where}, ease", why, 'ease="outsine"')
        modifiers += f"__ease.{ease}"
    modifiers += timing_modifiers(where, delay=delay)
    modifiers += flag_modifiers({"loop": loop, "pingpong": pingpong})
    return Attrs({f"data-animate:{key}{modifiers}": value_text(expression, where)})


@shortened("value")
def custom_validity(expression: Expression) -> Attrs:
    """Set a form control's validation message; `''` means valid (PRO).

    Raises:
        DatastarError: An expression that is empty or has no value.

    Example:
        >>> custom_validity("$a === $b ? '' : 'must be equal'")
        Attrs({'data-custom-validity': "$a === $b ? '' : 'must be equal'"})

    Source: https://data-star.dev/reference/attributes#data-custom-validity
    """
    return Attrs({"data-custom-validity": value_text(expression, "data.custom_validity")})


def match_media(name: str, query: str) -> Attrs:
    """Make a signal that is true while a media query matches (PRO).

    Args:
        name: The signal.
        query: The media query, as text.

    Raises:
        DatastarError: A name that `$name` cannot read, or an empty query.

    Example:
        >>> match_media("isDark", "prefers-color-scheme: dark")
        Attrs({'data-match-media:is-dark': "'prefers-color-scheme: dark'"})

    Source: https://data-star.dev/reference/attributes#data-match-media
    """
    where = "data.match_media"
    key = cased_key(signal_name(name, where), "camel", where)
    if not isinstance(query, str) or not query.strip():
        raise _pro_error(query, where, "a media query is text", '"prefers-color-scheme: dark"')
    return Attrs({f"data-match-media:{key}": js(query)})


@shortened("statements")
def on_raf(expression: Expression, *, throttle: Throttle | None = None) -> Attrs:
    """Run an expression before each frame that the browser paints (PRO).

    Args:
        expression: JavaScript statements.
        throttle: Run at most once in this time.

    Raises:
        DatastarError: An empty expression, or a time or tag that the client would misread.

    Example:
        >>> on_raf("$frames++", throttle="100ms")
        Attrs({'data-on-raf__throttle.100ms': '$frames++'})

    Source: https://data-star.dev/reference/attributes#data-on-raf
    """
    timing = timing_modifiers("data.on_raf", throttle=throttle)
    return Attrs({f"data-on-raf{timing}": expression_text(expression, "data.on_raf")})


@shortened("statements")
def on_resize(
    expression: Expression,
    *,
    debounce: Debounce | None = None,
    throttle: Throttle | None = None,
) -> Attrs:
    """Run an expression when the element's size changes (PRO).

    Args:
        expression: JavaScript statements.
        debounce: Run when changes have paused for this time.
        throttle: Run at most once in this time.

    Raises:
        DatastarError: An empty expression, or a time or tag that the client would misread.

    Example:
        >>> on_resize("$width = el.offsetWidth", debounce="50ms")
        Attrs({'data-on-resize__debounce.50ms': '$width = el.offsetWidth'})

    Source: https://data-star.dev/reference/attributes#data-on-resize
    """
    timing = timing_modifiers("data.on_resize", debounce=debounce, throttle=throttle)
    return Attrs({f"data-on-resize{timing}": expression_text(expression, "data.on_resize")})


def persist(
    key: str | None = None,
    *,
    include: SignalPattern | None = None,
    exclude: SignalPattern | None = None,
    session: bool = False,
) -> Attrs:
    """Keep signals in the browser's storage (PRO).

    Args:
        key: Where to keep them; default `datastar`.
        include: Only signals whose path matches this pattern; default all.
        exclude: No signals whose path matches this pattern; default none.
        session: For this tab's session only.

    Raises:
        DatastarError: A key that the attribute's name cannot hold, or a bad pattern.

    Example:
        >>> persist("cart", include="^cart", session=True)
        Attrs({'data-persist:cart__session': '{include: /^cart/}'})

    Source: https://data-star.dev/reference/attributes#data-persist
    """
    where = "data.persist"
    name = "data-persist"
    if key is not None:
        name += f":{verbatim_key(key, where)}"
    name += flag_modifiers({"session": session})
    return Attrs({name: filter_text(include, exclude, where) or True})


def query_string(
    *,
    include: SignalPattern | None = None,
    exclude: SignalPattern | None = None,
    filter: bool = False,  # noqa: A002 - Datastar's own name
    history: bool = False,
) -> Attrs:
    """Keep signals and the URL's query string equal (PRO).

    Args:
        include: Only signals whose path matches this pattern; default all.
        exclude: No signals whose path matches this pattern; default none.
        filter: Leave empty values out of the URL.
        history: Make an entry in the browser's history for each change.

    Raises:
        DatastarError: A pattern that JavaScript would misread.

    Example:
        >>> query_string(include="^page$", history=True)
        Attrs({'data-query-string__history': '{include: /^page$/}'})

    Source: https://data-star.dev/reference/attributes#data-query-string
    """
    name = "data-query-string" + flag_modifiers({"filter": filter, "history": history})
    return Attrs({name: filter_text(include, exclude, "data.query_string") or True})


@shortened("value")
def replace_url(expression: Expression) -> Attrs:
    """Keep the address bar equal to an expression, without loading anything (PRO).

    Raises:
        DatastarError: An expression that is empty or has no value.

    Example:
        >>> replace_url("`/page/${$page}`")
        Attrs({'data-replace-url': '`/page/${$page}`'})

    Source: https://data-star.dev/reference/attributes#data-replace-url
    """
    return Attrs({"data-replace-url": value_text(expression, "data.replace_url")})


def scroll_into_view(
    *,
    behavior: Literal["auto", "instant", "smooth"] | None = None,
    horizontal: Literal["start", "center", "end", "nearest"] | None = None,
    vertical: Literal["start", "center", "end", "nearest"] | None = None,
    focus: bool = False,
) -> Attrs:
    """Scroll the element into view when it appears (PRO).

    Args:
        behavior: `"smooth"`, `"instant"`, or `"auto"` as CSS says.
        horizontal: Where in the width to put it (`__hstart` and so on).
        vertical: Where in the height to put it (`__vstart` and so on).
        focus: Focus it as well.

    Raises:
        DatastarError: A word that the client would ignore.

    Example:
        >>> scroll_into_view(behavior="smooth", vertical="center")
        Attrs({'data-scroll-into-view__smooth__vcenter': True})

    Source: https://data-star.dev/reference/attributes#data-scroll-into-view
    """
    modifiers = ""
    for name, word, words, prefix in (
        ("behavior", behavior, BEHAVIORS, ""),
        ("horizontal", horizontal, POSITIONS, "h"),
        ("vertical", vertical, POSITIONS, "v"),
    ):
        if word is None:
            continue
        if word not in words:
            near = closest_name(str(word), words) or words[0]
            where = f"data.scroll_into_view, {name}"
            raise _pro_error(word, where, f"it is one of {', '.join(words)}", f'{name}="{near}"')
        modifiers += f"__{prefix}{word}"
    modifiers += flag_modifiers({"focus": focus})
    return Attrs({f"data-scroll-into-view{modifiers}": True})


@shortened("value")
def view_transition(expression: Expression) -> Attrs:
    """Set the element's `view-transition-name` (PRO).

    Args:
        expression: JavaScript whose value is the name, so that a fixed one is `"'hero'"`.

    Raises:
        DatastarError: An expression that is empty or has no value.

    Example:
        >>> view_transition("'card-' + $id")
        Attrs({'data-view-transition': "'card-' + $id"})

    Source: https://data-star.dev/reference/attributes#data-view-transition
    """
    return Attrs({"data-view-transition": value_text(expression, "data.view_transition")})


def _pro_error(value: object, where: str, why: str, fix: str) -> DatastarError:
    return DatastarError(f"cannot use {short_repr(value)}", where=where, why=why, fix=fix)
