"""The library's loggers: every record is one line, whatever its arguments are.

An error that fails a thousand streams at once is logged once: after its first traceback, the same
class of error from the same line is only counted for a minute.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from typing import Any

from fatmorph.errors import one_line, quoted

__all__ = ("Limit", "Log", "raising_line")

REPEAT_SECONDS = 60.0
MAX_ERRORS = 1000  # that are remembered; a program has fewer lines that raise


class Log(logging.LoggerAdapter[logging.Logger]):
    """One of the library's loggers, which quotes the arguments of its records.

    Errors and findings, which have several lines, are written on one line. A traceback keeps its
    lines; it is logged once a minute for each class of error and line, then with a count of those
    that were left out.

    Args:
        name: The logger's, such as `fatmorph.stream`.

    Example:
        log = Log("fatmorph.stream")
        log.warning("cut a stream: %s", why)
    """

    def __init__(self, name: str) -> None:
        super().__init__(logging.getLogger(name))

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:  # Any: logging's
        """Log a record; all other methods call this method."""
        if self.isEnabledFor(level) and (left_out := _repeats.left_out(kwargs)) is not None:
            if left_out:
                msg = f"{msg} (and {left_out} more since the last traceback)"
            # One more frame: a record names the line that called the logger.
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
            self.logger.log(level, msg, *map(_harmless, args), **kwargs)


class Limit:
    """How many records of one kind a minute are logged.

    Args:
        most: Records of one kind in a minute.

    Example:
        >>> limit = Limit(1)
        >>> limit.left_out("origin"), limit.left_out("origin")
        (0, None)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._logged: dict[str, tuple[float, int]] = {}  # since when, and how many

    def clear(self) -> None:
        """Forget all records."""
        self._logged.clear()

    def left_out(self, kind: str) -> int | None:
        """Return how many were left out in the minute before; None to leave out this one too.

        Args:
            kind: One of a few texts of the library.
        """
        now = time.monotonic()
        begun_at, count = self._logged.get(kind, (now, 0))
        left_out = 0
        if now - begun_at >= REPEAT_SECONDS:
            left_out, begun_at, count = max(count - self._most, 0), now, 0
        self._logged[kind] = begun_at, count + 1
        return left_out if count < self._most else None


class _Repeats:
    """When each error was logged last, and how often it was left out since."""

    def __init__(self) -> None:
        self._logged: dict[tuple[type, str, int], tuple[float, int]] = {}

    def clear(self) -> None:
        """Forget all errors."""
        self._logged.clear()

    def left_out(self, options: Mapping[str, Any]) -> int | None:
        """Return how many equal errors were left out before this one; None to leave it out too.

        Args:
            options: The keyword arguments of a call of a logger.
        """
        error = options.get("exc_info")
        if error is True:
            error = sys.exc_info()[1]
        if not isinstance(error, BaseException):
            return 0
        key, now = (type(error), *raising_line(error)), time.monotonic()
        logged_at, count = self._logged.get(key, (-REPEAT_SECONDS, 0))
        if now - logged_at < REPEAT_SECONDS:
            self._logged[key] = (logged_at, count + 1)
            return None
        if len(self._logged) >= MAX_ERRORS:
            self._logged.clear()
        self._logged[key] = (now, 0)
        return count


_repeats = _Repeats()


def raising_line(error: BaseException) -> tuple[str, int]:
    """Return the file and the line that raised an error."""
    traceback = error.__traceback__
    if traceback is None:
        return "", 0
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename, traceback.tb_lineno


def _harmless(value: object) -> object:
    if isinstance(value, int | float):
        return value  # for %d and %.1f
    return quoted(value) if isinstance(value, str) else one_line(value)
