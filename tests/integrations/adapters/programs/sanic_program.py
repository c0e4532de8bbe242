"""Every behaviour on Sanic, whose server is its own."""

from handlers import ROUTES, room
from sanic import Sanic

from fatmorph.adapters.sanic import endpoint

app = Sanic("behaviours", configure_logging=False)
app.add_route(endpoint(room), "/rooms/<number:int>")
for r in ROUTES:
    methods = {*r.methods, "HEAD"} if "GET" in r.methods else r.methods
    view = endpoint(r.handler, settings=r.settings)
    app.add_route(view, r.path, methods=methods, stream="form" in r.path)
