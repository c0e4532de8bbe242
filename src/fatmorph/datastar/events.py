"""Server-sent events for the Datastar client: values in, the bytes of one event out.

It never alters a payload but for line ends, which server-sent events carry as LF whatever
they were, and it never lets one break out of its field. It opens no stream and keeps no state.

Sources: https://html.spec.whatwg.org/multipage/server-sent-events.html and
https://data-star.dev/reference/sse_events, as Datastar 1.0.2 to 1.0.4 read them. Departures:
1. `retry: 1000` is sent when asked for, where the SDKs take it for the default: it replaces
   the interval of a stream that was opened with another one.
2. Only CR, LF and CRLF end a line; `str.splitlines()` also splits at U+2028, NEL and others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, get_args

from datastar_py.sse import DatastarEvent

from fatmorph.datastar._fields import (
    checked_nonce,
    id_and_retry,
    option,
    required_text,
    transition,
    utf8,
)
from fatmorph.datastar._signals_json import nested_nulls, signals_json
from fatmorph.datastar.regions import region
from fatmorph.errors import EventError, short_repr
from fatmorph.markup.element import Element, Tag
from fatmorph.markup.escape import url_literal
from fatmorph.markup.lines import LINE_END, event_bytes
from fatmorph.markup.render import render_event
from fatmorph.markup.suggestion import closest_name
from fatmorph.markup.url import plain_url
from fatmorph.types import MODES_WITHOUT_SELECTOR, ElementNamespace, PatchMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed import DataclassInstance
    from msgspec import Struct

    from fatmorph.types import AttributeMapping, HasHtml

__all__ = (
    "DatastarEvent",
    "Namespace",
    "PatchMode",
    "as_text",
    "comment",
    "execute_script",
    "navigate",
    "patch_elements",
    "patch_signals",
    "remove_elements",
    "remove_signals",
)

Namespace: TypeAlias = ElementNamespace
"""What the client parses the elements as."""

MODES: frozenset[str] = frozenset(get_args(PatchMode))
NAMESPACES: frozenset[str] = frozenset(get_args(Namespace))

UNSAFE_SCHEMES = ("javascript:", "vbscript:", "data:")

PATCH_ELEMENTS = b"event: datastar-patch-elements\n"
PATCH_SIGNALS = b"event: datastar-patch-signals\n"
ELEMENTS_LINE = b"data: elements "
SIGNALS_LINE = b"data: signals "

_SCRIPT = Tag("script")


def patch_elements(
    view: Element | HasHtml | None = None,
    *,
    only: str | Iterable[str] | None = None,
    selector: str | None = None,
    mode: PatchMode = "outer",
    namespace: Namespace = "html",
    view_transition: bool = False,
    view_transition_selector: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that patches elements into the page.

    Args:
        view: A full page or any elements; an object with `__html__`, such as `Markup`, is
            trusted (UNESCAPED). None is for `mode="remove"` alone.
        only: Send these regions of the view, `#cart` or several, and nothing else of it; an
            SVG element is sent as such.
        selector: CSS selector of the targets; None finds them by the ids of the elements,
            which only `outer` and `replace` can do.
        mode: What to do with the elements; `outer` morphs.
        namespace: What a fragment is parsed as. Send one root only with `svg` and `mathml`:
            the client drops every second one.
        view_transition: Whether to animate. The client then applies the patch one frame
            later, so that it can be overtaken by a patch without.
        view_transition_selector: CSS selector of the element whose transition is used; None
            is the whole page.
        event_id: What the client sends back as `last-event-id`; "" makes it forget.
        retry_ms: New interval before the client connects again, in milliseconds, 1 or more.

    Raises:
        EventError: A field that the client would ignore or choke on, or that an event cannot
            carry.
        EncodingError: Text with a lone surrogate.

    Example:
        >>> from fatmorph import html as h
        >>> print(patch_elements(h.p("Hello", id="greeting")).decode(), end="")
        event: datastar-patch-elements
        data: elements <p id="greeting">Hello</p>
        <BLANKLINE>

    Source: https://data-star.dev/reference/sse_events#datastar-patch-elements
    """
    # hot: most patches have none of the options.
    if mode != "outer":
        _check_choice("mode", mode, MODES)
    if namespace != "html":
        _check_choice("namespace", namespace, NAMESPACES)
    if selector is None and mode not in MODES_WITHOUT_SELECTOR:
        raise EventError(
            f"cannot patch with mode={mode!r} and no selector",
            where="patch_elements()",
            why="only 'outer' and 'replace' find their targets by the ids of the elements",
            fix=f'patch_elements(..., selector="#target", mode={mode!r})',
        )
    _check_view(view, mode)
    if only is not None:
        view, namespace = _region(view, only, selector)
    head = PATCH_ELEMENTS
    if event_id is not None or retry_ms is not None:
        head += id_and_retry(event_id, retry_ms)
    if selector is not None:
        head += option("selector", selector)
    if mode != "outer":
        head += option("mode", mode)
    if namespace != "html":
        head += option("namespace", namespace)
    if view_transition or view_transition_selector is not None:
        head += transition(view_transition_selector, is_wanted=view_transition)
    if view is None:
        return event_bytes(head, ELEMENTS_LINE, b"")
    event = render_event(view, head, ELEMENTS_LINE)
    _check_page(event, len(head), selector, mode)
    return event


def remove_elements(
    selector: str,
    *,
    view_transition: bool = False,
    view_transition_selector: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    r"""Return the event that removes all elements that match a selector.

    Args:
        selector: CSS selector; that nothing matches it is no error.
        view_transition: As for `patch_elements()`.
        view_transition_selector: As for `patch_elements()`.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A field that an event cannot carry.

    Example:
        >>> remove_elements("#cell-7")
        b'event: datastar-patch-elements\ndata: selector #cell-7\ndata: mode remove\n\n'
    """
    return patch_elements(
        selector=selector,
        mode="remove",
        view_transition=view_transition,
        view_transition_selector=view_transition_selector,
        event_id=event_id,
        retry_ms=retry_ms,
    )


def patch_signals(
    # Any: a signal is whatever msgspec writes as JSON; each value is checked.
    signals: Mapping[str, Any] | DataclassInstance | Struct | str,
    *,
    only_if_missing: bool = False,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    r"""Return the event that merges signals into the client's.

    Args:
        signals: Name → value, nested for nested signals; None removes a signal. A str is a
            JSON object, sent as it is.
        only_if_missing: Whether signals that the client has keep their value.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A name that no expression could read, or a value that JSON or the browser
            would turn into another; the message has the signal's path, never its value.
        EncodingError: Text with a lone surrogate.

    Example:
        >>> patch_signals({"user": {"name": "Ada"}})
        b'event: datastar-patch-signals\ndata: signals {"user":{"name":"Ada"}}\n\n'

    Source: https://data-star.dev/reference/sse_events#datastar-patch-signals
    """
    only = b"data: onlyIfMissing true\n" if only_if_missing else b""
    head = PATCH_SIGNALS + id_and_retry(event_id, retry_ms) + only
    return event_bytes(head, SIGNALS_LINE, signals_json(signals))


def remove_signals(*names: str, event_id: str | None = None, retry_ms: int | None = None) -> bytes:
    r"""Return the event that removes signals from the client.

    Args:
        names: Signals, one or more; `user.name` is the signal `name` inside `user`, and
            `user` alone is all of it.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: No name, or one that no signal can have.

    Example:
        >>> remove_signals("draft", "user.name")
        b'event: datastar-patch-signals\ndata: signals {"draft":null,"user":{"name":null}}\n\n'
    """
    if not names:
        raise EventError(
            "cannot remove no signals",
            where="remove_signals()",
            why="the event would do nothing",
            fix='remove_signals("draft")',
        )
    return patch_signals(nested_nulls(names), event_id=event_id, retry_ms=retry_ms)


def execute_script(
    script: str,
    *,
    auto_remove: bool = True,
    nonce: str | None = None,
    attributes: AttributeMapping | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that runs JavaScript in the page.

    Args:
        script: Written UNESCAPED into a script element; `js()` writes values safely.
        auto_remove: Whether the element disappears once it has run.
        nonce: The nonce in the Content-Security-Policy of the page that runs it.
        attributes: Further attributes of the element, as `{"type": "module"}`.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        RawTextError: Text that would end the script element, or that Datastar takes for the
            end of a page.
        EventError: A script that is no text, a nonce that no policy could name, or
            `data-effect` where `auto_remove` sets it.

    Example:
        >>> execute_script("board.focus()", auto_remove=False).splitlines()[-2]
        b'data: elements <script>board.focus()</script>'
    """
    text = required_text(script, "execute_script()", "a script")
    own = dict(attributes or {})
    if auto_remove and "data-effect" in own:
        raise EventError(
            "cannot write data-effect twice on one script",
            where="execute_script(attributes=...)",
            why="auto_remove is a data-effect too, and one of the two would be lost",
            fix='execute_script(script, auto_remove=False, attributes={"data-effect": ...})',
        )
    if auto_remove:
        own = {"data-effect": "el.remove()", **own}
    if nonce is not None and "nonce" in own:
        raise EventError(
            "cannot write nonce twice on one script",
            where="execute_script(nonce=..., attributes=...)",
            why="one of the two would be lost",
            fix="execute_script(script, nonce=nonce)",
        )
    if nonce is not None:
        own["nonce"] = checked_nonce(nonce)
    return patch_elements(
        _SCRIPT(own, text), selector="body", mode="append", event_id=event_id, retry_ms=retry_ms
    )


def navigate(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that makes the browser load another page.

    Args:
        url: Absolute, or relative to the page; "" loads the page again.
        nonce: As for `execute_script()`: it is a script that loads the page.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A `javascript:`, `vbscript:` or `data:` URL, in any disguise, or a nonce
            that no policy could name.

    Example:
        >>> b"window.location = '/login'" in navigate("/login")
        True
    """
    address = required_text(url, "navigate()", "a URL")
    if plain_url(address).startswith(UNSAFE_SCHEMES):
        raise EventError(
            f"cannot navigate to {short_repr(url)}",
            where="navigate()",
            why="such a URL runs as a script in the page",
            fix="execute_script(...)  # if a script is what you want to run",
        )
    # After this event is dealt with, so that the client's own clean-up comes first.
    script = f"setTimeout(() => window.location = {url_literal(address)})"
    return execute_script(script, nonce=nonce, event_id=event_id, retry_ms=retry_ms)


def comment(text: str = "") -> bytes:
    r"""Return a comment, which the client skips: a heartbeat, or a note for whoever looks.

    Args:
        text: Any text; each line of it becomes a line of the comment.

    Raises:
        EncodingError: Text with a lone surrogate.

    Example:
        >>> comment(), comment("still here")
        (b':\n\n', b': still here\n\n')
    """
    if not text:
        return b":\n\n"
    lines = LINE_END.split(utf8(text, "comment()"))
    return b"".join(b": " + line + b"\n" for line in lines) + b"\n"


def as_text(event: bytes) -> DatastarEvent:
    r"""Return an event in the form that datastar-py's responses take.

    Args:
        event: What a function of this module returned.

    Example:
        >>> as_text(comment("still here"))
        ': still here\n\n'
    """
    return DatastarEvent(event, "utf-8")


def _check_choice(name: str, value: object, choices: frozenset[str]) -> None:
    if isinstance(value, str) and value in choices:
        return
    close = closest_name(value.lower(), sorted(choices)) if isinstance(value, str) else None
    raise EventError(
        f"cannot patch elements with {name}={short_repr(value)}",
        where=name,
        why=f"the client knows {', '.join(sorted(choices))}",
        fix=f"{name}={close!r}" if close else f"{name}={'outer' if name == 'mode' else 'html'!r}",
    )


def _check_view(view: object, mode: str) -> None:
    if view is None:
        if mode != "remove":
            _refuse_view(view, mode)
    elif mode == "remove":
        raise EventError(
            "cannot patch a view with mode='remove'",
            where="patch_elements()",
            why="the client would ignore it; only the selector says what to remove",
            fix='remove_elements("#target")',
        )
    elif not isinstance(view, Element) and not hasattr(type(view), "__html__"):
        _refuse_view(view, mode)


def _refuse_view(view: object, mode: str) -> NoReturn:
    kind = type(view).__name__
    if view is None:
        why = "nothing would be sent; a view that returns None has probably lost its `return`"
        fix = 'remove_elements("#target")'
        if mode == "inner":
            fix = 'patch_elements(fragment(), selector="#target", mode="inner")  # to empty it'
    elif isinstance(view, str):
        why = "a view is elements; text is escaped in an element, and HTML is declared as trusted"
        fix = "patch_elements(Markup(html))  # only trusted HTML: it is not escaped"
    elif isinstance(view, list | tuple):
        why = "a view is one value"
        fix = "patch_elements(fragment(*elements))"
    else:
        why = "a view is an element, a fragment, or an object with __html__"
        fix = 'patch_elements(h.div(..., id="target"))'
    raise EventError(
        f"cannot patch {kind} as elements",
        where="patch_elements()",
        why=why,
        fix=fix,
    )


def _region(
    view: object, only: str | Iterable[str], selector: str | None
) -> tuple[Element, Namespace]:
    if selector is None:
        return region(view, only)
    raise EventError(
        f"cannot patch only={short_repr(only)} with a selector",
        where="patch_elements()",
        why="a region says where it belongs by its id",
        fix=f"patch_elements(page, only={short_repr(only)})",
    )


def _check_page(event: bytes, start: int, selector: str | None, mode: str) -> None:
    if selector is None and mode == "outer":
        return
    ended = {end for end in (b"</html>", b"</head>", b"</body>") if event.find(end, start) >= 0}
    if b"</html>" in ended or (ended and mode not in MODES_WITHOUT_SELECTOR):
        raise EventError(
            f"cannot patch a page with selector={short_repr(selector)} and mode={mode!r}",
            where="patch_elements()",
            why="the client would put a page into the page, or lose sight of the one it has",
            fix="patch_elements(page)",
        )
