"""Drawing: a view is rendered, timed, kept for the next stream, and checked in development.

An element is a value, so the same object is the same HTML for ever. From its second time on, the
event of the view that was patched last is kept, until another view takes its place or the view
is freed: at most one event, and no view.
"""

from __future__ import annotations

import weakref
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from fatmorph.counters import COUNTERS
from fatmorph.datastar.events._elements import patch_elements
from fatmorph.markup._element import Element

if TYPE_CHECKING:
    from collections.abc import Callable

    from fatmorph.types import ElementNamespace, HasHtml

__all__ = ("PatchChecker", "draw", "draw_kept", "keep_event", "kept_event")

Drawn = TypeVar("Drawn")


class PatchChecker(Protocol):
    """Checks what a stream patches, in development."""

    def check(
        self,
        view: Element | HasHtml,
        *,
        has_targets: bool = False,
        namespace: ElementNamespace = "html",
    ) -> None:
        """Log the findings about a view."""
        ...

    def note_seconds(self, seconds: float) -> None:
        """Note how long a view took to draw."""
        ...


def draw(
    view: Element | HasHtml,
    write: Callable[[Element | HasHtml], Drawn],
    *,
    patch_checker: PatchChecker | None = None,
    has_targets: bool = False,
    namespace: ElementNamespace = "html",
) -> Drawn:
    """Return the result of `write(view)`; measure its time, and check the view.

    Args:
        view: A full page or any elements.
        write: Renders the view: as HTML, as an event, or as an event that is not framed yet.
        patch_checker: Checks the view; None does not.
        has_targets: Whether the patch names its targets, or has regions of the view alone.
        namespace: The namespace in which the client parses the elements.
    """
    begun_at = perf_counter()
    drawn = write(view)
    seconds = perf_counter() - begun_at
    COUNTERS.render_seconds += seconds
    if patch_checker is not None:
        patch_checker.note_seconds(seconds)
        patch_checker.check(view, has_targets=has_targets, namespace=namespace)
    return drawn


def draw_kept(view: Element | HasHtml, *, patch_checker: PatchChecker | None = None) -> bytes:
    """Return `patch_elements(view)`, which streams that patch one view after the other share."""
    # hot: as tests/benchmarks/fan_out.py shows.
    event = kept_event(view)
    if event is None:
        event = draw(view, patch_elements, patch_checker=patch_checker)
        keep_event(view, event)
    elif patch_checker is not None:
        patch_checker.check(view)
    return event


class _Last:
    """The view that was patched last, and its event if that was not the first time."""

    def __init__(self) -> None:
        # Replaced as a whole: streams may live in the event loops of several threads.
        self.patched: tuple[weakref.ref[Element], bytes | None] | None = None


_last = _Last()


def kept_event(view: Element | HasHtml) -> bytes | None:
    """Return the event of a view, if it was kept."""
    last = _last.patched
    return last[1] if last is not None and last[0]() is view else None


def keep_event(view: Element | HasHtml, event: bytes) -> None:
    """Note which view was patched, and keep its event from the second time on.

    Args:
        view: The view that was patched.
        event: `patch_elements(view)`.
    """
    last = _last.patched
    if last is not None and last[0]() is view:
        _last.patched = (last[0], event)
    # Any other object with `__html__` may change its mind.
    elif isinstance(view, Element):
        _last.patched = (weakref.ref(view, _forget), None)


def _forget(view: weakref.ref[Element]) -> None:
    """Let the event go with its view."""
    last = _last.patched
    if last is not None and last[0] is view:
        _last.patched = None
