"""Applications that a page in memory can be opened on: ASGI's, and handlers by their paths.

Source: https://asgi.readthedocs.io/en/latest/specs/main.html#applications
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from fatmorph.adapters._asgi_messages import Receive, Scope, Send
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.asgi import application
from fatmorph.errors import StepError, short_repr

__all__ = ("App", "Handlers", "asgi_application")

Handlers: TypeAlias = Mapping[str, Handler]
"""Handlers by their paths, such as `"/rows/{row}"` or `"POST /rows/{row}"`."""

App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[Any]]
"""An ASGI application, such as Starlette's or Django's."""

PARAMETER = re.compile(r"\{(\w+)\}")


def asgi_application(app: App | Handlers | Handler) -> App:
    """Return the ASGI application of an application, of handlers, or of one handler.

    Args:
        app: An ASGI application; handlers by their paths; or a handler, for every path.

    Raises:
        StepError: It is of another kind.
    """
    if isinstance(app, Mapping):
        return _Routes(app)  # pyright: ignore[reportUnknownArgumentType]
    if inspect.iscoroutinefunction(app) and len(inspect.signature(app).parameters) == 2:
        return application(app)
    if not callable(app) or _is_wsgi(app) or type(app).__module__.startswith("aiohttp"):
        raise StepError(
            f"cannot open a page of {short_repr(app)}",
            where="open_page(app, path)",
            why="it is not an ASGI application, and a page in memory has no server for others",
            fix='open_page({"/": home, "/subscribe": subscribe})',
        )
    return app  # type: ignore[return-value]  # a callable of another kind raises when it is called


def _is_wsgi(app: Callable[..., Any]) -> bool:
    """Return whether an application takes `environ` and `start_response`, as Flask's do."""
    if hasattr(app, "wsgi_app"):
        return True
    try:
        return len(inspect.signature(app).parameters) == 2
    except (TypeError, ValueError):  # a callable without a signature, such as a compiled one
        return False


class _Routes:
    """An ASGI application that finds a handler by the path.

    Args:
        handlers: By their paths.
    """

    def __init__(self, handlers: Handlers) -> None:
        self._routes = [_route(path, handler) for path, handler in handlers.items()]
        self._not_found = application(_answer_not_found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope.get("path", "/"), scope.get("method", "")
        for wanted, pattern, app in self._routes:
            found = pattern.fullmatch(path)
            if found is not None and wanted in ("", method):
                await app({**scope, "path_params": found.groupdict()}, receive, send)
                return
        await self._not_found(scope, receive, send)


def _route(path: str, handler: Handler) -> tuple[str, re.Pattern[str], App]:
    method, _, path = path.rpartition(" ")
    parts = PARAMETER.split(path)
    pattern = "".join(
        f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return method.upper(), re.compile(pattern), application(handler)


async def _answer_not_found(_: Any, w: Any) -> None:  # Any: a Context and a Writer
    w.text("not found", status=404)
