"""The routes that the variable `ROUTES` names, for any framework."""

import os
from importlib import import_module

from fatmorph.adapters import Handler

__all__ = ("ROUTES",)

ROUTES: list[tuple[str, Handler, str]] = import_module(os.environ["ROUTES"]).ROUTES
