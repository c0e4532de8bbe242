r"""Events that patch elements into the page, or remove them.

Numbered departures from https://data-star.dev/reference/sse_events, as Datastar 1.0.2 to 1.0.4
read it:
1. `retry: 1000` is sent if requested, although it is the default and the SDKs leave it out: it
   replaces the interval of a stream that was opened with another one.
2. Only CR, LF and CRLF end a line; `str.splitlines()` also splits at U+2028, NEL and others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypedDict, get_args

from fatmorph.datastar.events._event import Event, Options, option_lines
from fatmorph.datastar.events._fields import checked_option, id_and_retry
from fatmorph.datastar.events._regions import region
from fatmorph.errors import EventError, short_repr
from fatmorph.markup._content import check_namespace
from fatmorph.markup._element import Element
from fatmorph.markup._lines import event_bytes
from fatmorph.markup._render import render_bytes, render_event
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup._template_parts import is_template
from fatmorph.types import MODES_WITHOUT_SELECTOR, ElementNamespace, PatchMode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from fatmorph.types import HasHtml

__all__ = (
    "PatchMode",
    "PatchOptions",
    "elements_event",
    "patch_elements",
    "removal_event",
    "remove_elements",
)

MODES: frozenset[str] = frozenset(get_args(PatchMode))
NAMESPACES: frozenset[str] = frozenset(get_args(ElementNamespace))

NAME = "datastar-patch-elements"
NAME_LINE = b"event: datastar-patch-elements\n"
CONTENT_LINE = b"data: elements "


class PatchOptions(TypedDict, total=False):
    """Where and how elements are patched; see `patch_elements()`."""

    only: str | Iterable[str] | None
    selector: str | None
    mode: PatchMode
    namespace: ElementNamespace
    view_transition: bool
    view_transition_selector: str | None


def patch_elements(
    view: Element | HasHtml | None = None,
    *,
    only: str | Iterable[str] | None = None,
    selector: str | None = None,
    mode: PatchMode = "outer",
    namespace: ElementNamespace = "html",
    view_transition: bool = False,
    view_transition_selector: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that patches elements into the page.

    Args:
        view: A full page or any elements; an object with `__html__`, such as `Markup`, is
            trusted (UNESCAPED). None is for `mode="remove"` alone.
        only: Send only these regions of the view, `#cart` or several; an SVG element is sent
            in its namespace.
        selector: CSS selector of the targets; None finds them by the ids of the elements,
            which only `outer` and `replace` can do.
        mode: What to do with the elements; `outer` morphs.
        namespace: The namespace in which the client parses a fragment. Send only one root with
            `svg` and `mathml`: the client drops every second one.
        view_transition: Whether to animate. The client then applies the patch one frame later,
            so a later patch without a transition can overtake it.
        view_transition_selector: CSS selector of the element whose transition is used; None
            is the whole page.
        event_id: The id that the client sends back as `last-event-id`; "" makes it forget.
        retry_ms: New interval before the client reconnects, in milliseconds, 1 or more.

    Raises:
        EventError: A field that the client would ignore or reject, or that an event cannot
            carry.
        ChildError: Raw text of HTML, such as a script's, in a patch of SVG or MathML.
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
    view, options = _checked(
        view,
        only=only,
        selector=selector,
        mode=mode,
        namespace=namespace,
        view_transition=view_transition,
        view_transition_selector=view_transition_selector,
    )
    head = NAME_LINE
    if event_id is not None or retry_ms is not None:
        head += id_and_retry(event_id, retry_ms)
    if options:
        head += option_lines(options)
    if view is None:
        return event_bytes(head, CONTENT_LINE, b"")
    event = render_event(view, head, CONTENT_LINE)
    _check_page(event, len(head), selector, mode)
    return event


def elements_event(
    view: Element | HasHtml | None = None,
    *,
    event_id: str | None = None,
    retry_ms: int | None = None,
    **options: Unpack[PatchOptions],
) -> Event:
    """Return the event of `patch_elements()` before it is framed.

    Raises:
        EventError: As `patch_elements()`.
        EncodingError: Text with a lone surrogate.
    """
    fields = id_and_retry(event_id, retry_ms)
    view, checked = _checked(view, **options)
    content = b"" if view is None else render_bytes(view)
    _check_page(content, 0, options.get("selector"), options.get("mode", "outer"))
    return Event(NAME, checked, "elements", content, fields)


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
        selector: CSS selector; it may match nothing.
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
    return removal_event(
        selector,
        view_transition=view_transition,
        view_transition_selector=view_transition_selector,
        event_id=event_id,
        retry_ms=retry_ms,
    ).framed()


def removal_event(
    selector: str,
    *,
    view_transition: bool = False,
    view_transition_selector: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> Event:
    """Return the event of `remove_elements()` before it is framed.

    Raises:
        EventError: As `remove_elements()`.
    """
    return elements_event(
        selector=selector,
        mode="remove",
        view_transition=view_transition,
        view_transition_selector=view_transition_selector,
        event_id=event_id,
        retry_ms=retry_ms,
    )


def _checked(
    view: Element | HasHtml | None,
    *,
    only: str | Iterable[str] | None = None,
    selector: str | None = None,
    mode: PatchMode = "outer",
    namespace: ElementNamespace = "html",
    view_transition: bool = False,
    view_transition_selector: str | None = None,
) -> tuple[Element | HasHtml | None, Options]:
    """Return the view to render, and the options that are not defaults."""
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
    options: Options = ()
    if selector is not None:
        options += (("selector", checked_option("selector", selector)),)
    if mode != "outer":
        options += (("mode", mode),)
    if namespace != "html":
        options += (("namespace", namespace),)
        if isinstance(view, Element):
            check_namespace(view, namespace)
    if view_transition or view_transition_selector is not None:
        options += _transition(view_transition_selector, is_wanted=view_transition)
    return view, options


def _transition(selector: str | None, *, is_wanted: bool) -> Options:
    """Return the options of a view transition, which is wanted or has a selector."""
    if not is_wanted:
        raise EventError(
            "cannot use a view_transition_selector without a view transition",
            where="view_transition_selector",
            why="the client would ignore it",
            fix=f"view_transition=True, view_transition_selector={short_repr(selector)}",
        )
    option = (("useViewTransition", "true"),)
    if selector is None:
        return option
    name = "viewTransitionSelector"
    return (*option, (name, checked_option(name, selector)))


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
    elif not (isinstance(view, Element) or hasattr(type(view), "__html__") or is_template(view)):
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
) -> tuple[Element, ElementNamespace]:
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
