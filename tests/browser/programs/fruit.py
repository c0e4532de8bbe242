"""The search of docs/how-to/addresses.md as written there, with its own file of the client."""

import os
import re
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import serve
from fatmorph.adapters.starlette import route

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "addresses.md"

found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
assert found is not None
code = found[1].replace("datastar_script()", 'datastar_script("/datastar.js")')
names: dict[str, Any] = {"__name__": "fruit"}
exec(compile(code, str(PAGE), "exec"), names)


app = Starlette(
    routes=[
        route("/fruit", names["fruit"]),
        route("/fruit/stream", names["stream"]),
        route("/fruit/search", names["search"], methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
