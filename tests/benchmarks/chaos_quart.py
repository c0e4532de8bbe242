"""The application of the chaos run on Quart."""

import os

from chaos_app import ROUTES
from quart import Quart

from fatmorph import serve
from fatmorph.adapters.quart import endpoint

app = Quart(__name__)
for number, (path, handler, method) in enumerate(ROUTES):
    app.add_url_rule(path, f"{number}", view_func=endpoint(handler), methods=[method])

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]), access_log=False)
