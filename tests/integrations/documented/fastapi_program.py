"""The program of a how-to, on FastAPI with the sessions of Starlette."""

from documented_routes import ROUTES
from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from fatmorph.adapters.fastapi import endpoint

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="for tests")
for path, handler, method in ROUTES:
    app.add_api_route(path, endpoint(handler), methods=[method])
