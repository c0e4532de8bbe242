"""Starlette: handlers as routes, and static files with a hash in their names.

Source: https://www.starlette.io/routing/
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._hashed_files import HashedFiles
from fatmorph.adapters._parsed_form import parsed_pairs
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.asgi import ROUTE, AsgiConnection
from fatmorph.context import ParsedForm
from fatmorph.settings import Settings

__all__ = ("HashedFiles", "parsed_form", "route")


def route(
    path: str,
    handler: Handler,
    *,
    methods: str | Collection[str] = "GET",
    name: str | None = None,
    settings: Settings | None = None,
) -> Route:
    """Return a Starlette route for a handler.

    Args:
        path: May contain Starlette's parameters, `/rooms/{room:int}`; see `c.path_params`.
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is
            Starlette's Request.
        methods: One or several; `GET` includes HEAD.
        name: The name for `request.url_for()`; by default the handler's name.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        app = Starlette(routes=[route("/", home), route("/add", add, methods="POST")])
    """
    check_handler(handler)
    endpoint = _Endpoint(handler, settings, path)
    name = name or getattr(handler, "__name__", None)
    # A string is also a collection of strings: "POST" would be four methods.
    names = [methods] if isinstance(methods, str) else list(methods)
    return Route(path, endpoint, methods=names, name=name)


class _Endpoint:
    """A handler as the ASGI application of a Route."""

    def __init__(self, handler: Handler, settings: Settings | None, path: str) -> None:
        self.handler = handler
        self.path = path
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ROUTE] = self.path
        connection = AsgiConnection(scope, receive, send)
        request = Request(scope, connection.receive)
        await connection.respond(self.handler, self.settings, request, parsed_form(request))


def parsed_form(request: Request) -> ParsedForm:
    """Return a function that returns the form if this Request has parsed it."""

    def pairs() -> Any:
        # Private, but `form()` would parse it.
        form = getattr(request, "_form", None)
        return None if form is None else parsed_pairs(form.multi_items())

    return pairs
