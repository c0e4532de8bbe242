"""Shared events: a view that several streams patch, one after the other, is rendered once.

An element is a value, so the same object is the same HTML for ever. From its second time on, the
event of the view that was patched last is kept, until another view takes its place or the view is
gone: at most one event, and no view.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from fatmorph.markup.element import Element

if TYPE_CHECKING:
    from fatmorph.types import HasHtml

__all__ = ("keep_event", "kept_event")


class _Last:
    """The view that was patched last, and its event if that was not the first time."""

    def __init__(self) -> None:
        # Replaced as a whole: streams may live in the event loops of several threads.
        self.patched: tuple[weakref.ref[Element], bytes | None] | None = None


_last = _Last()


def kept_event(view: Element | HasHtml) -> bytes | None:
    """Return the event of a view, if it was kept."""
    # hot: as tests/benchmarks/fan_out.py shows.
    last = _last.patched
    return last[1] if last is not None and last[0]() is view else None


def keep_event(view: Element | HasHtml, event: bytes) -> None:
    """Note which view was patched, and keep its event from the second time on.

    Args:
        view: What was patched.
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
