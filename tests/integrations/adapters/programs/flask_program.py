"""Every behaviour on Flask; WSGI has no streams."""

from flask import Flask
from handlers import ROUTES, room

from fatmorph.adapters.flask import endpoint

wsgi = Flask(__name__)
wsgi.get("/rooms/<int:number>")(endpoint(room))
for r in ROUTES:
    wsgi.route(r.path, methods=r.methods)(endpoint(r.handler, settings=r.settings))
