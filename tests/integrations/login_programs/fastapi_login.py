"""The how-to on logging in, with FastAPI and the sessions of Starlette."""

from fastapi import FastAPI
from login_routes import ROUTES
from starlette.middleware.sessions import SessionMiddleware

from fatmorph.adapters.fastapi import endpoint

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="for tests")
for path, handler, method in ROUTES:
    app.add_api_route(path, endpoint(handler), methods=[method])
