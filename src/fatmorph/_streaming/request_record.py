"""The request of a stream, as the log names it."""

from __future__ import annotations

from typing import Protocol

from fatmorph.errors import quoted

__all__ = ("RequestRecord", "fields_of")


class RequestRecord(Protocol):
    """The parts of a request that a log may contain: no query, no header, no body."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def route(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def line(self) -> str:
        """The method and the path, encoded as one word each."""
        ...


def fields_of(request: RequestRecord, page: str) -> dict[str, str]:
    """Return the fields of a record in the log.

    Args:
        request: The request.
        page: The handler, as `main.subscribe`.
    """
    return {
        "method": quoted(request.method),
        "path": request.line.partition(" ")[2],
        "route": request.route,
        "page": page,
        "request_id": request.request_id,
    }
