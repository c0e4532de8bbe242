"""Shared events: a view that several streams patch, one after the other, is rendered once.

An element is a value, so the same object is the same HTML for ever. From its second time on, the
event of the view that was patched last is kept, until another view takes its place: at most one
event, and no view.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from fatmorph.datastar.events import patch_elements
from fatmorph.markup.element import Element

if TYPE_CHECKING:
    from fatmorph.types import HasHtml

__all__ = ("shared_event",)


class _Last:
    """The view that was patched last, and its event if that was not the first time."""

    def __init__(self) -> None:
        # Replaced as a whole: streams may live in the event loops of several threads.
        self.patched: tuple[weakref.ref[Element], bytes | None] | None = None


_last = _Last()


def shared_event(view: Element | HasHtml) -> bytes:
    """Return `patch_elements(view)`; the same object for a view that comes again and again.

    Raises:
        EventError: If the view is none.
        EncodingError: Text with a lone surrogate.
    """
    # hot: as tests/benchmarks/fan_out.py shows.
    last = _last.patched
    if last is None or last[0]() is not view:
        event = patch_elements(view)
        # Any other object with `__html__` may have changed its mind.
        if isinstance(view, Element):
            _last.patched = (weakref.ref(view), None)
        return event
    if last[1] is not None:
        return last[1]
    event = patch_elements(view)
    _last.patched = (last[0], event)
    return event
