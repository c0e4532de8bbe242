"""Every behaviour on Litestar."""

from handlers import ROUTES, Route, room
from litestar import Litestar, get, route
from litestar.handlers import HTTPRouteHandler
from litestar.logging.config import LoggingConfig
from litestar.params import FromPath
from prefixed import below

from fatmorph import Context, Writer
from fatmorph.adapters.litestar import endpoint


@get("/rooms/{number:int}")
@endpoint
async def show_room(c: Context, w: Writer, number: FromPath[int]) -> None:
    await room(c, w)


def route_handler(r: Route) -> HTTPRouteHandler:
    methods = [*r.methods, "HEAD"] if "GET" in r.methods else [*r.methods]
    return route(r.path, http_method=methods)(endpoint(r.handler, settings=r.settings))


# Litestar's own settings log errors in development only.
LOGGING = LoggingConfig(log_exceptions="always", disable_existing_loggers=False)
app = below(Litestar([show_room, *map(route_handler, ROUTES)], logging_config=LOGGING))
