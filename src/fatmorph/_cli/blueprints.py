"""The templates and the servers that `fatmorph init` knows, and how each server writes a route.

The files of a project are in the folder `templates`, as code that is linted and typed. Those of a
server have the routes of the template `hello`, which `routed()` replaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ("MAPPING", "SERVERS", "TEMPLATES", "Route", "RouteStyle", "Server", "Template", "routed")

PARAMETER = re.compile(r"\{(\w+)\}")
ROUTE = "handlers."  # a line with this text is a route


@dataclass(frozen=True)
class Route:
    """A path and its handler. Each parameter of a path, such as `{book}`, is a whole number."""

    path: str
    handler: str
    is_action: bool = False


@dataclass(frozen=True)
class Template:
    """A kind of project: a sentence about it, its routes, and the packages it needs."""

    summary: str
    routes: tuple[Route, ...]
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class RouteStyle:
    """How a framework writes a page, an action, and a number in a path, for PATH and NAME."""

    page: str
    action: str
    number: str

    def line(self, route: Route) -> str:
        """Return the line of code that adds a route."""
        path = PARAMETER.sub(lambda found: self.number.replace("NAME", found[1]), route.path)
        style = self.action if route.is_action else self.page
        return style.replace("PATH", path[1:]).replace("NAME", route.handler)


@dataclass(frozen=True)
class Server:
    """A framework: its title, the extras that it needs, its routes.

    Tests open pages of the application if it is one of ASGI, and otherwise of its handlers.
    """

    title: str
    extras: str
    routes: RouteStyle
    is_asgi: bool = True


def _actions(**paths: str) -> tuple[Route, ...]:
    return tuple(Route(path, handler, is_action=True) for handler, path in paths.items())


PAGE = (Route("/", "home"), Route("/subscribe", "subscribe"))
TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "tiles": Template(
            "a board that visitors paint together", (*PAGE, *_actions(paint="/paint/{tile}"))
        ),
        "hello": Template("a counter, shared by all open pages", (*PAGE, *_actions(add="/add"))),
        "app": Template(
            "a list in a database, with login, search and a form",
            (
                *PAGE,
                *_actions(
                    search="/search",
                    add="/add",
                    read="/books/{book}/read",
                    unread="/books/{book}/unread",
                    remove="/books/{book}/remove",
                ),
                Route("/login", "show_login"),
                *_actions(log_in="/enter", log_out="/leave"),
            ),
            requires=("msgspec", "sqlalchemy>=2"),
        ),
    }
)

MAPPING = RouteStyle('"/PATH": handlers.NAME,', '"POST /PATH": handlers.NAME,', "{NAME}")
SERVERS: Mapping[str, Server] = MappingProxyType(
    {
        "starlette": Server(
            "Starlette",
            "serve,starlette",
            RouteStyle(
                'route("/PATH", handlers.NAME),',
                'route("/PATH", handlers.NAME, methods="POST"),',
                "{NAME:int}",
            ),
        ),
        "fastapi": Server(
            "FastAPI",
            "serve,fastapi",
            RouteStyle(
                'pages.get("/PATH")(handlers.NAME)',
                'pages.post("/PATH")(handlers.NAME)',
                "{NAME:int}",
            ),
        ),
        "litestar": Server(
            "Litestar",
            "serve,litestar",
            RouteStyle(
                'get("/PATH")(endpoint(handlers.NAME)),',
                'post("/PATH")(endpoint(handlers.NAME)),',
                "{NAME:int}",
            ),
        ),
        "django": Server(
            "Django",
            "serve,django",
            RouteStyle(
                'path("PATH", endpoint(handlers.NAME)),',
                'path("PATH", require_POST(endpoint(handlers.NAME))),',
                "<int:NAME>",
            ),
        ),
        "quart": Server(
            "Quart",
            "serve,quart",
            RouteStyle(
                'app.get("/PATH")(endpoint(handlers.NAME))',
                'app.post("/PATH")(endpoint(handlers.NAME))',
                "<int:NAME>",
            ),
        ),
        "sanic": Server(
            "Sanic",
            "sanic",
            RouteStyle(
                'app.add_route(endpoint(handlers.NAME), "/PATH")',
                'app.add_route(endpoint(handlers.NAME), "/PATH", methods=["POST"])',
                "<NAME:int>",
            ),
            is_asgi=False,
        ),
        "aiohttp": Server(
            "aiohttp",
            "aiohttp",
            RouteStyle(
                'web.get("/PATH", endpoint(handlers.NAME)),',
                'web.post("/PATH", endpoint(handlers.NAME)),',
                "{NAME:[0-9]+}",
            ),
            is_asgi=False,
        ),
    }
)


def routed(text: str, routes: Sequence[Route], style: RouteStyle) -> str:
    """Return a file of a server with other routes.

    Args:
        text: The file. Its routes are lines next to each other.
        routes: The new ones.
        style: How the file writes a route.
    """
    lines = text.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if ROUTE in line)
    indent = lines[first][: -len(lines[first].lstrip())]
    others = [line for line in lines if ROUTE not in line]
    others[first:first] = [f"{indent}{style.line(route)}\n" for route in routes]
    return "".join(others)
