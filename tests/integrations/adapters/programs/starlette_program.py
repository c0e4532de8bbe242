"""Every behaviour on Starlette."""

from handlers import ROUTES, room
from prefixed import below
from starlette.applications import Starlette

from fatmorph.adapters.starlette import route

routes = [
    route("/rooms/{number:int}", room),
    *(route(r.path, r.handler, methods=r.methods, settings=r.settings) for r in ROUTES),
]
app = below(Starlette(routes=routes))
