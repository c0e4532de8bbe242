"""The how-to on logging in, with the sessions of Quart."""

from login_routes import ROUTES
from quart import Quart

from fatmorph.adapters.quart import endpoint

app = Quart(__name__)
app.secret_key = "for tests"
for path, handler, method in ROUTES:
    app.add_url_rule(path, f"{method} {path}", endpoint(handler), methods=[method])
