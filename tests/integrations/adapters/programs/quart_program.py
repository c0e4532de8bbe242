"""Every behaviour on Quart."""

from handlers import ROUTES, room
from quart import Quart

from fatmorph.adapters.quart import endpoint

app = Quart(__name__)
app.config["MAX_CONTENT_LENGTH"] = None  # the limits of the routes are tested
app.add_url_rule("/rooms/<int:number>", view_func=endpoint(room))
for r in ROUTES:
    app.add_url_rule(r.path, view_func=endpoint(r.handler, settings=r.settings), methods=r.methods)
