"""Every behaviour on plain ASGI, with the router that such a program writes for itself."""

from handlers import FORM_SETTINGS, ROUTES, room
from prefixed import below

from fatmorph import Context, Writer
from fatmorph.adapters.asgi import application

HANDLERS = {r.path: r.handler for r in ROUTES}
METHODS = {r.path: r.methods for r in ROUTES}


async def answer(c: Context, w: Writer) -> object:
    path = c.path.removeprefix(c.root_path)
    folder, _, number = path.rpartition("/")
    if folder == "/rooms" and number.isdecimal():
        c.path_params = {"number": int(number)}
        await room(c, w)
    elif path not in HANDLERS:
        w.empty(404)
    elif c.method.replace("HEAD", "GET") not in METHODS[path]:
        w.empty(405)
    else:
        returned: object = await HANDLERS[path](c, w)
        return returned
    return None


app = below(application(answer, settings=FORM_SETTINGS))
