"""Serve the handlers of a test program: PROGRAM is one of `PROGRAMS`."""

import os

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from controls_program import Controls
from fatmorph import serve
from fatmorph.adapters.starlette import route
from fields_program import Fields
from todo_program import Todo

CLIENT = "/datastar.js"
PROGRAMS = {
    "controls": lambda: Controls(CLIENT),
    "fields": lambda: Fields(CLIENT),
    "todo": lambda: Todo({1: "eggs", 2: "milk"}, client=CLIENT),
    "todo-without-ids": lambda: Todo({1: "eggs", 2: "milk"}, has_ids=False, client=CLIENT),
}
program = PROGRAMS[os.environ["PROGRAM"]]()

app = Starlette(
    routes=[
        *(
            route(path, handler, methods=[method or "GET"])
            for (method, _, path), handler in (
                (key.rpartition(" "), handler) for key, handler in program.handlers.items()
            )
        ),
        Route(CLIENT, FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
