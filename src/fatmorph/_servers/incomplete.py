"""Responses that are left incomplete on purpose, which servers would log as errors.

The client left, or the server stopped before the end of the response. Servers do not know the
reason and log an error. A filter on their loggers removes that line for these responses alone: they
have a mark in their scope, and the filter exists only while there are marks.

Source: https://docs.python.org/3/library/logging.html#filter-objects
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
from types import FrameType
from typing import Any, cast

from fatmorph._servers import gunicorn, uvicorn

__all__ = ("leave_incomplete",)

LOGS = (uvicorn.INCOMPLETE, gunicorn.INCOMPLETE)
# The key of the mark; a server makes a scope for each request.
MARK = "fatmorph.incomplete"


def leave_incomplete(transport: object) -> None:
    """Stop the server from logging that the response of this transport is incomplete."""
    scope = getattr(transport, "scope", None)
    if isinstance(scope, dict) and _loggers():
        scope[MARK] = _Mark()


class _Mark:
    """The mark of one scope, which the server drops after logging."""

    count = 0
    # Re-entrant: the garbage collector may free a mark while another one is made.
    lock = threading.RLock()

    def __init__(self) -> None:
        with _Mark.lock:
            _Mark.count += 1
            for logger in _loggers():
                logger.addFilter(_is_unexpected)

    def __del__(self) -> None:
        with _Mark.lock:
            _Mark.count -= 1
            if _Mark.count == 0:
                for logger in _loggers():
                    logger.removeFilter(_is_unexpected)


def _loggers() -> list[logging.Logger]:
    """Return the loggers of the servers that are imported."""
    return [logging.getLogger(log.logger) for log in LOGS if log.package in sys.modules]


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether to log."""
    is_incomplete = any(record.msg == log.message for log in LOGS)
    return not is_incomplete or MARK not in _scope(inspect.currentframe())


def _scope(frame: FrameType | None) -> dict[str, Any]:  # Any: as in ASGI
    """Return the scope of the function that logs: a variable, or an attribute of its object."""
    while frame is not None:
        names = frame.f_locals
        scope = names.get("scope", getattr(names.get("self"), "scope", None))
        if isinstance(scope, dict):
            return cast("dict[str, Any]", scope)
        frame = frame.f_back
    return {}
