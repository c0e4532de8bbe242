"""Every behaviour on Sanic, whose server is its own."""

from handlers import ROUTES, room
from httptools import parse_url
from prefixed import PREFIX
from sanic import Request, Sanic

from fatmorph.adapters.sanic import endpoint

app = Sanic("behaviours", configure_logging=False)
app.config.FORWARDED_SECRET = "matrix"


@app.signal("http.routing.before")
async def remove_prefix(request: Request) -> None:
    """Do as a proxy that removes the prefix, and says so."""
    path = request.raw_url.decode()
    if path.startswith(f"{PREFIX}/"):
        request.headers["forwarded"] = f'secret=matrix;path="{path}"'
        # The parsed URL is a slot without a setter: a proxy would send another request.
        request._parsed_url = parse_url(path.removeprefix(PREFIX).encode())


app.add_route(endpoint(room), "/rooms/<number:int>")
for r in ROUTES:
    methods = {*r.methods, "HEAD"} if "GET" in r.methods else r.methods
    view = endpoint(r.handler, settings=r.settings)
    app.add_route(view, r.path, methods=methods, stream="form" in r.path)
