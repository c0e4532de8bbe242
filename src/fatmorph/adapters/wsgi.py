"""WSGI: a handler as an application, for servers without streams.

A handler can send pages, JSON, redirects, and any number of events before it returns. Asking for an
open stream raises an error; see `collect_response()`.

Source: https://peps.python.org/pep-3333/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from http import HTTPStatus
from typing import Any, Protocol, TypeAlias

from fatmorph.adapters._collected_response import collect_response_in_thread
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._respond import Handler
from fatmorph.context import Context, ReadBody
from fatmorph.settings import Settings

__all__ = (
    "Environ",
    "Input",
    "StartResponse",
    "WsgiApplication",
    "application",
    "body_parts",
    "body_reader",
)

# Any: as WSGI defines it; https://peps.python.org/pep-3333/#environ-variables
Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]
WsgiApplication: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

CONTENT_VARIABLES = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})  # headers without `HTTP_`
PART_BYTES = 64 * 1024  # read from a body at once


class Input(Protocol):
    """A body in WSGI: https://peps.python.org/pep-3333/#input-and-error-streams."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, and none at the end."""
        ...


def application(handler: Handler, *, settings: Settings | None = None) -> WsgiApplication:
    """Return a WSGI application that answers every request with one handler.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is the environ.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        app = application(home)  # gunicorn main:app
    """
    check_handler(handler)

    def app(environ: Environ, start_response: StartResponse) -> list[bytes]:
        found = collect_response_in_thread(handler, _context(environ), settings)
        start_response(f"{found.status} {_phrase(found.status)}", found.headers)
        return [found.body]

    return app


def body_reader(environ: Environ, stream: Input) -> ReadBody:
    """Return a function that reads a request's body up to a limit.

    Args:
        environ: The environ, which has the length of the body if it is known.
        stream: The body itself.

    Example:
        Context(method="POST", path="/", read_body=body_reader(environ, environ["wsgi.input"]))
    """
    stated = environ.get("CONTENT_LENGTH") or None
    read: list[bytes | None] = []

    async def read_body(max_bytes: int) -> bytes | None:
        if stated is not None and int(stated) > max_bytes:
            return None
        if not read:
            # The length of a chunked body is unknown, and only some servers mark its end.
            size = max_bytes + 1 if environ.get("wsgi.input_terminated") else 0
            content = _read(stream, size if stated is None else int(stated))
            # A second reader must not get only the first part.
            is_cut = stated is None and len(content) > max_bytes
            read.append(None if is_cut else content)
        body = read[0]
        if body is None or len(body) > max_bytes:
            return None
        if stated is not None and len(body) < int(stated):
            raise ConnectionResetError("the client left before the end of the body")
        return body

    return read_body


async def body_parts(environ: Environ, stream: Input) -> AsyncIterator[bytes]:
    """Yield the parts of a request's body.

    Args:
        environ: As for `body_reader()`.
        stream: The body itself.

    Raises:
        OSError: If the client left before the end.
    """
    stated = environ.get("CONTENT_LENGTH") or None
    # The length of a chunked body is unknown, and only some servers mark its end.
    is_endless = stated is None and environ.get("wsgi.input_terminated")
    left = int(stated or 0)
    while is_endless or left > 0:
        part = stream.read(PART_BYTES if is_endless else min(PART_BYTES, left))
        if not part:
            break
        left -= len(part)
        yield part
    if left > 0:
        raise ConnectionResetError("the client left before the end of the body")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"  # https://peps.python.org/pep-3333/ requires a phrase


def _context(environ: Environ) -> Context:
    root_path = _decoded(environ.get("SCRIPT_NAME", ""))
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-"), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in CONTENT_VARIABLES and value)
    ]
    return Context(
        method=environ["REQUEST_METHOD"],
        path=root_path + _decoded(environ.get("PATH_INFO", "")),
        root_path=root_path,
        query_string=environ.get("QUERY_STRING", ""),
        headers=headers,
        read_body=body_reader(environ, environ["wsgi.input"]),
        read_parts=lambda: body_parts(environ, environ["wsgi.input"]),
        request=environ,
        client=environ.get("REMOTE_ADDR"),
    )


def _decoded(path: str) -> str:
    # https://peps.python.org/pep-3333/#unicode-issues
    return path.encode("latin-1").decode("utf-8", "replace")


def _read(stream: Input, size: int) -> bytes:
    body = bytearray()
    while len(body) < size and (part := stream.read(min(PART_BYTES, size - len(body)))):
        body += part
    return bytes(body)
