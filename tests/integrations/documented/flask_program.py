"""The program of a how-to, with the sessions of Flask."""

from documented_routes import ROUTES
from flask import Flask

from fatmorph.adapters.flask import endpoint

app = Flask(__name__)
app.secret_key = "for tests"
for path, handler, method in ROUTES:
    app.add_url_rule(path, f"{method} {path}", endpoint(handler), methods=[method])
