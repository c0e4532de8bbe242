"""What the library logs: every record is one line, whatever stands in it."""

from __future__ import annotations

import logging
from typing import Any

from fatmorph.quoting import one_line, quoted

__all__ = ("Log",)


class Log(logging.LoggerAdapter[logging.Logger]):
    """One of the library's loggers, which quotes what its records are filled with.

    Texts are quoted; errors and findings, which have several lines of their own, become one.
    A traceback stays one.

    Args:
        name: The logger's, such as `fatmorph.stream`.

    Example:
        log = Log("fatmorph.stream")
        log.warning("cut a stream: %s", why)
    """

    def __init__(self, name: str) -> None:
        super().__init__(logging.getLogger(name))

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:  # Any: logging's
        """Log a record; all other methods call this one."""
        if self.isEnabledFor(level):
            # One frame more: a record names the line that asked for it, and not this one.
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
            self.logger.log(level, msg, *map(_harmless, args), **kwargs)


def _harmless(value: object) -> object:
    if isinstance(value, int | float):
        return value  # for %d and %.1f
    return quoted(value) if isinstance(value, str) else one_line(value)
