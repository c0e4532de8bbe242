"""The how-to on logging in, with the sessions of Starlette."""

from main import routes
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

app = Starlette(routes=routes, middleware=[Middleware(SessionMiddleware, secret_key="for tests")])
