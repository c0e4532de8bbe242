"""Responses that are left incomplete on purpose, which uvicorn would log as errors.

The client left, or the stopping server broke the response off. uvicorn cannot know that, and
logs one line. It is left out for these responses alone: they are marked in their scope, and
uvicorn's logger has a filter only for as long as there are marks.

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
    """What marks one scope; uvicorn forgets the scope when it has logged."""

    count = 0
    # Reentrant: the collector may free a mark while another is made.
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
    """Keep uvicorn from logging that the response of a transport with a scope is incomplete."""
    scope = getattr(transport, "scope", None)
    if "uvicorn" in sys.modules and isinstance(scope, dict):
        scope[MARK] = _Mark()


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether to log; uvicorn's task runs a method of what holds the scope."""
    return record.msg != INCOMPLETE or MARK not in getattr(_runner(), "scope", ())


def _runner() -> object:
    """Return the object whose method the running task was made of, if it is one."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        return None
    frame = None if task is None else getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")
