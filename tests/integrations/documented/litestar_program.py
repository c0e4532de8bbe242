"""The program of a how-to, with the sessions of Litestar."""

from documented_routes import ROUTES
from litestar import Litestar, route
from litestar.middleware.session.client_side import CookieBackendConfig

from fatmorph.adapters.litestar import endpoint

app = Litestar(
    [route(path, http_method=[method])(endpoint(handler)) for path, handler, method in ROUTES],
    middleware=[CookieBackendConfig(secret=b"for tests only!!").middleware],
)
