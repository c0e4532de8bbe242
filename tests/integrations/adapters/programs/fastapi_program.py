"""Every behaviour on FastAPI."""

from fastapi import FastAPI
from handlers import ROUTES, room
from prefixed import below

from fatmorph import Context, Writer
from fatmorph.adapters.fastapi import endpoint

own = FastAPI()


@own.get("/rooms/{number:int}")
@endpoint
async def show_room(c: Context, w: Writer, number: int) -> None:
    await room(c, w)


for r in ROUTES:
    methods = {*r.methods, "HEAD"} if "GET" in r.methods else r.methods
    own.add_api_route(r.path, endpoint(r.handler, settings=r.settings), methods=[*methods])

app = below(own)
