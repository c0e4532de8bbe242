"""The program of a how-to, with the sessions of Quart."""

from documented_routes import ROUTES
from quart import Quart

from fatmorph.adapters.quart import endpoint

app = Quart(__name__)
app.secret_key = "for tests"
for path, handler, method in ROUTES:
    app.add_url_rule(path, f"{method} {path}", endpoint(handler), methods=[method])
