"""Every behaviour on Flask; WSGI has no streams."""

from flask import Flask
from handlers import ROUTES, room
from prefixed import below_wsgi

from fatmorph.adapters.flask import endpoint

own = Flask(__name__)
own.get("/rooms/<int:number>")(endpoint(room))
for r in ROUTES:
    own.route(r.path, methods=r.methods)(endpoint(r.handler, settings=r.settings))

wsgi = below_wsgi(own)
