"""Attributes that run an expression when something happens: `init`, `on` and `on_*`.

Part of `data`; their expressions are statements and need no value.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

from typing import get_args

from datastar_py.attributes import JSEvent

from fatmorph.datastar._attributes.expressions import Expression, expression_text, value_text
from fatmorph.datastar._attributes.modifiers import (
    Case,
    Debounce,
    Throttle,
    Wait,
    cased_key,
    flag_modifiers,
    timing_modifiers,
    verbatim_key,
    wait_tag,
)
from fatmorph.datastar._attributes.signals import SignalPattern, filter_text
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._attributes import Attrs, one_attribute
from fatmorph.markup._shortcuts import shortened

__all__ = ("init", "on", "on_intersect", "on_interval", "on_signal_patch")

CASE_NAMES = get_args(Case)
KNOWN_EVENTS = frozenset[str](get_args(JSEvent))


@shortened("statements")
def init(
    expression: Expression, *, delay: Wait | None = None, view_transition: bool = False
) -> Attrs:
    """Run an expression when the element appears.

    It runs again when the element is moved by a morph, or when this text changes.

    Args:
        expression: JavaScript statements, often `at.subscribe(url)` on the `<body>`.
        delay: Wait this long first.
        view_transition: Run inside `document.startViewTransition()`.

    Raises:
        DatastarError: An empty expression or a time that the client would misread.

    Example:
        >>> init("@get('/news')", delay="500ms")
        Attrs({'data-init__delay.500ms': "@get('/news')"})

    Source: https://data-star.dev/reference/attributes#data-init
    """
    timing = timing_modifiers("data.init", delay=delay, view_transition=view_transition)
    return one_attribute(f"data-init{timing}", expression_text(expression, "data.init"))


@shortened("event")
def on(
    event: JSEvent | str,
    expression: Expression,
    *,
    case: Case | None = None,
    window: bool = False,
    document: bool = False,
    outside: bool = False,
    prevent: bool = False,
    stop: bool = False,
    once: bool = False,
    passive: bool = False,
    capture: bool = False,
    delay: Wait | None = None,
    debounce: Debounce | None = None,
    throttle: Throttle | None = None,
    view_transition: bool = False,
) -> Attrs:
    """Run an expression on each event of this name.

    Args:
        event: The event's exact name; `"myEvent"` gets the `__case` modifier that it needs.
        expression: JavaScript statements; `evt` is the event.
        case: Write `event` as it is and let the client turn it into this case.
        window: Listen on `window`.
        document: Listen on `document`.
        outside: Run for events outside the element.
        prevent: Call `preventDefault()`, at once. A form's `submit` does so anyway.
        stop: Call `stopPropagation()`, at once.
        once: Run for the first event only; if a morph moves the element, it may run again.
        passive: Promise not to prevent the default, which keeps scrolling smooth.
        capture: Listen in the capture phase.
        delay: Run this much later.
        debounce: Run when events have paused for this time; or `("300ms", "leading")`.
        throttle: Run at most once in this time; or `("1s", "trailing")`.
        view_transition: Run inside `document.startViewTransition()`.

    Raises:
        DatastarError: A name that HTML cannot hold, an empty expression, modifiers that
            cancel each other, or a time or tag that the client would misread.

    Example:
        >>> on("input", "@get('/search')", debounce="300ms")
        Attrs({'data-on:input__debounce.300ms': "@get('/search')"})

    Source: https://data-star.dev/reference/attributes#data-on
    """
    where = f"data.on({short_repr(event)})"
    targets = {"window": window, "document": document, "outside": outside}
    if sum(map(bool, targets.values())) > 1:
        raise _clash(targets, where, "the client listens in one place, and ignores the others")
    if passive and prevent:
        raise _clash({"prevent": True, "passive": True}, where, "a passive listener cannot prevent")
    flags = {"prevent": prevent, "stop": stop, "once": once, "passive": passive, "capture": capture}
    modifiers = flag_modifiers(targets | flags) + timing_modifiers(
        where,
        delay=delay,
        debounce=debounce,
        throttle=throttle,
        view_transition=view_transition,
    )
    if (prevent or stop) and _is_empty(expression):
        raise _only_flags_error(expression, where, prevent=prevent, stop=stop)
    name = f"data-on:{_event_key(event, case, where)}{modifiers}"
    return one_attribute(name, expression_text(expression, where))


@shortened("statements")
def on_intersect(
    expression: Expression,
    *,
    once: bool = False,
    exit: bool = False,  # noqa: A002 - Datastar's own name
    half: bool = False,
    full: bool = False,
    threshold: int | None = None,
    delay: Wait | None = None,
    debounce: Debounce | None = None,
    throttle: Throttle | None = None,
    view_transition: bool = False,
) -> Attrs:
    """Run an expression when the element comes into view.

    Args:
        expression: JavaScript statements.
        once: Run the first time only.
        exit: Run when it leaves the view instead.
        half: Wait until half of it is visible.
        full: Wait until all of it is visible.
        threshold: Wait until this share is visible, 0 to 100 percent.
        delay: Run this much later.
        debounce: As in `on`.
        throttle: As in `on`.
        view_transition: Run inside `document.startViewTransition()`.

    Raises:
        DatastarError: An empty expression, more than one share, or a bad share, time or tag.

    Example:
        >>> on_intersect("@get('/more')", once=True, half=True)
        Attrs({'data-on-intersect__once__half': "@get('/more')"})

    Source: https://data-star.dev/reference/attributes#data-on-intersect
    """
    where = "data.on_intersect"
    shares = {"half": half, "full": full, "threshold": threshold is not None}
    if sum(map(bool, shares.values())) > 1:
        raise _clash(shares, where, "the client uses one of them, and ignores the others")
    modifiers = flag_modifiers({"once": once, "exit": exit, "half": half, "full": full})
    if threshold is not None:
        modifiers += f"__threshold.{_percentage(threshold, where)}"
    modifiers += timing_modifiers(
        where,
        delay=delay,
        debounce=debounce,
        throttle=throttle,
        view_transition=view_transition,
    )
    return one_attribute(f"data-on-intersect{modifiers}", expression_text(expression, where))


@shortened("statements")
def on_interval(
    expression: Expression,
    *,
    duration: Wait = "1s",
    leading: bool = False,
    view_transition: bool = False,
) -> Attrs:
    """Run an expression again and again.

    Args:
        expression: JavaScript statements.
        duration: The time from one run to the next.
        leading: Run at once, too.
        view_transition: Run inside `document.startViewTransition()`.

    Raises:
        DatastarError: An empty expression or a time that the client would misread.

    Example:
        >>> on_interval("$seconds++", leading=True)
        Attrs({'data-on-interval__duration.1s.leading': '$seconds++'})

    Source: https://data-star.dev/reference/attributes#data-on-interval
    """
    where = "data.on_interval"
    modifiers = f"__duration.{wait_tag(duration, f'{where}, duration')}"
    modifiers += ".leading" if leading else ""
    modifiers += timing_modifiers(where, view_transition=view_transition)
    return one_attribute(f"data-on-interval{modifiers}", expression_text(expression, where))


@shortened("value")
def on_signal_patch(
    expression: Expression,
    *,
    include: SignalPattern | None = None,
    exclude: SignalPattern | None = None,
    delay: Wait | None = None,
    debounce: Debounce | None = None,
    throttle: Throttle | None = None,
) -> Attrs:
    """Run an expression whenever signals change.

    Args:
        expression: JavaScript; `patch` holds the changed signals.
        include: Only for signals whose path matches this pattern; default all.
        exclude: Not for signals whose path matches this pattern; default none.
        delay: Run this much later.
        debounce: As in `on`.
        throttle: As in `on`.

    Returns:
        One attribute, and and `data-on-signal-patch-filter` if there are patterns.

    Raises:
        DatastarError: An expression, pattern, time or tag that the client would misread.

    Example:
        >>> on_signal_patch("console.log(patch)", include="^cart")
        Attrs({'data-on-signal-patch': 'console.log(patch)', 'data-on-signal-patch-filter': \
'{include: /^cart/}'})

    Source: https://data-star.dev/reference/attributes#data-on-signal-patch
    """
    where = "data.on_signal_patch"
    timing = timing_modifiers(where, delay=delay, debounce=debounce, throttle=throttle)
    written = {f"data-on-signal-patch{timing}": value_text(expression, where)}
    if patterns := filter_text(include, exclude, where):
        written["data-on-signal-patch-filter"] = patterns
    return Attrs(written)


def _event_key(event: object, case: Case | None, where: str) -> str:
    if isinstance(event, str) and event.startswith("on") and event[2:] in KNOWN_EVENTS:
        raise DatastarError(
            f"no event is called {event!r}",
            where=where,
            why="on is the attribute's name; the event's own name has none",
            fix=f'data.on("{event[2:]}", …)  (did you mean {event[2:]!r}?)',
        )
    if case is None:
        return cased_key(event, "kebab", where)
    if case not in CASE_NAMES:
        raise DatastarError(
            f"no case is called {short_repr(case)}",
            where=where,
            why="the client would ignore it",
            fix=" or ".join(f'case="{name}"' for name in CASE_NAMES),
        )
    key = verbatim_key(event, where)
    return key if case == "kebab" else f"{key}__case.{case}"


def _is_empty(expression: object) -> bool:
    return expression is None or (isinstance(expression, str) and not expression.strip())


def _only_flags_error(
    expression: object, where: str, *, prevent: bool, stop: bool
) -> DatastarError:
    calls = ["evt.preventDefault()"] * prevent + ["evt.stopPropagation()"] * stop
    return DatastarError(
        "cannot write an empty expression",
        where=f"{where}: {short_repr(expression)}",
        why="the client reads an empty value as none, and stops the page with ValueRequired",
        fix=f'{where.removesuffix(")")}, "{"; ".join(calls)}")',
    )


def _percentage(threshold: object, where: str) -> int:
    if isinstance(threshold, int) and not isinstance(threshold, bool) and 0 <= threshold <= 100:
        return int(threshold)
    raise DatastarError(
        f"cannot use {short_repr(threshold)} as a threshold",
        where=f"{where}, threshold",
        why="it is a whole number of percent, from 0 to 100; a dot would end it",
        fix="threshold=25",
    )


def _clash(given: dict[str, bool], where: str, why: str) -> DatastarError:
    names = [name for name, wanted in given.items() if wanted]
    return DatastarError(
        f"cannot combine {' and '.join(names)}",
        where=where,
        why=why,
        fix=" or ".join(
            f"{name}=True" if name != "threshold" else "threshold=25" for name in names
        ),
    )
