"""Responses that are left incomplete on purpose, which uvicorn would log as errors.

The client left, or the server stopped before the end of the response. uvicorn does not know the
reason and logs an error. A filter on uvicorn's logger removes that line for these responses alone:
they have a mark in their scope, and the filter exists only while there are marks.

Source: https://docs.python.org/3/library/logging.html#filter-objects
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading

__all__ = ("leave_incomplete",)

INCOMPLETE = "ASGI callable returned without completing response."
# The key of the mark; a server makes a scope for each request.
MARK = "fatmorph.incomplete"

logger = logging.getLogger("uvicorn.error")


class _Mark:
    """The mark of one scope, which uvicorn drops after logging."""

    count = 0
    # Re-entrant: the garbage collector may free a mark while another one is made.
    lock = threading.RLock()

    def __init__(self) -> None:
        with _Mark.lock:
            _Mark.count += 1
            logger.addFilter(_is_unexpected)

    def __del__(self) -> None:
        with _Mark.lock:
            _Mark.count -= 1
            if _Mark.count == 0:
                logger.removeFilter(_is_unexpected)


def leave_incomplete(transport: object) -> None:
    """Stop uvicorn from logging that the response of this transport is incomplete."""
    scope = getattr(transport, "scope", None)
    if "uvicorn" in sys.modules and isinstance(scope, dict):
        scope[MARK] = _Mark()


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether to log; uvicorn's task runs a method of the object that has the scope."""
    return record.msg != INCOMPLETE or MARK not in getattr(_runner(), "scope", ())


def _runner() -> object:
    """Return the object whose method the running task executes, if it is a method."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        return None
    frame = None if task is None else getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")
