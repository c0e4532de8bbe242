"""Every behaviour on Falcon, with the adapter that the documentation shows."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import falcon.asgi
from handlers import ROUTES, Route, room
from prefixed import below

sys.path.insert(0, str(Path(__file__).parents[3]))  # as pytest does
from rules.markdown import Page
from rules.source_tree import ROOT

PAGE = Page(ROOT / "docs" / "contributing" / "adapters.md")


def documented_adapter() -> Any:
    """Return the module that the page shows."""
    [block] = [block for block in PAGE.blocks if block.title == "falcon_adapter.py"]
    module = ModuleType("falcon_adapter")
    exec(compile(block.text, "falcon_adapter.py", "exec"), vars(module))
    return module


adapter = documented_adapter()


def resource(r: Route) -> object:
    responder = staticmethod(adapter.endpoint(r.handler, settings=r.settings))
    methods = {*r.methods, "HEAD"} if "GET" in r.methods else {*r.methods}
    names = {f"on_{method.lower()}": responder for method in methods}
    return type("Resource", (), names)()


own = falcon.asgi.App()
own.add_route("/rooms/{number:int}", resource(Route("", room)))
for r in ROUTES:
    own.add_route(r.path, resource(r))
app = below(adapter.application(own))
