"""Every behaviour on aiohttp, whose server is its own: `python aiohttp_program.py PORT`."""

import sys

from aiohttp import web
from handlers import ROUTES, room
from prefixed import PREFIX

from fatmorph import Context, Writer
from fatmorph.adapters.aiohttp import endpoint


async def numbered_room(c: Context, w: Writer) -> None:
    """Read the number, which is text to aiohttp's router."""
    c.path_params = {"number": int(c.path_params["number"])}
    await room(c, w)


def application() -> web.Application:
    """Return an application with all routes."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_get(r"/rooms/{number:\d+}", endpoint(numbered_room))
    for r in ROUTES:
        for method in {*r.methods, "HEAD"} if "GET" in r.methods else r.methods:
            app.router.add_route(method, r.path, endpoint(r.handler, settings=r.settings))
    return app


app = application()
app.add_subapp(PREFIX, application())

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
