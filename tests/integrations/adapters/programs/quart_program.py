"""Every behaviour on Quart."""

from handlers import ROUTES, room
from prefixed import below
from quart import Quart

from fatmorph.adapters.quart import endpoint

own = Quart(__name__)
own.config["MAX_CONTENT_LENGTH"] = None  # the limits of the routes are tested
own.add_url_rule("/rooms/<int:number>", view_func=endpoint(room))
for r in ROUTES:
    own.add_url_rule(r.path, view_func=endpoint(r.handler, settings=r.settings), methods=r.methods)

app = below(own)
