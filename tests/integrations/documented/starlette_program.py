"""The program of a how-to, with the sessions of Starlette."""

from documented_routes import ROUTES
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

from fatmorph.adapters.starlette import route

app = Starlette(
    routes=[route(path, handler, methods=method) for path, handler, method in ROUTES],
    middleware=[Middleware(SessionMiddleware, secret_key="for tests")],
)
