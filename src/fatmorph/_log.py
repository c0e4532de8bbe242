"""The library's loggers: every record is one line, whatever its arguments are."""

from __future__ import annotations

import logging
from typing import Any

from fatmorph.errors import one_line, quoted

__all__ = ("Log",)


class Log(logging.LoggerAdapter[logging.Logger]):
    """One of the library's loggers, which quotes the arguments of its records.

    Errors and findings, which have several lines, are written on one line. A traceback keeps its
    lines.

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
        if self.isEnabledFor(level):
            # One more frame: a record names the line that called the logger.
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
            self.logger.log(level, msg, *map(_harmless, args), **kwargs)


def _harmless(value: object) -> object:
    if isinstance(value, int | float):
        return value  # for %d and %.1f
    return quoted(value) if isinstance(value, str) else one_line(value)
