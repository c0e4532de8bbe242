"""The names of the package that are imported when they are first used (PEP 562)."""

from importlib import import_module
from typing import Any

__all__ = ("MODULES", "lazy_name")

# Name → the module that it is in, or that it is.
MODULES = {
    "Context": "fatmorph.context",
    "JSExpression": "fatmorph.markup.escape",
    "Pages": "fatmorph.pages._pages",
    "Relay": "fatmorph.relay._relay",
    "Signal": "fatmorph.datastar._signal_classes",
    "Signals": "fatmorph.datastar._signal_classes",
    "Streams": "fatmorph.streams",
    "Writer": "fatmorph.writer",
    "at": "fatmorph.at",
    "connection_state": "fatmorph.datastar._connection_state",
    "data": "fatmorph.data",
    "datastar_script": "fatmorph.datastar._script",
    "dom_id": "fatmorph.morph.ids",
    "in_thread": "fatmorph.threads",
    "js": "fatmorph.markup.escape",
    "live_links": "fatmorph.datastar._live_links",
    "pending": "fatmorph.tasks",
    "serve": "fatmorph.server",
    "signal": "fatmorph.datastar._signal_classes",
}


def lazy_name(name: str) -> Any:  # Any: as many types as there are lazy names
    """Return an object of the package by its name, from its module.

    Raises:
        AttributeError: The package has no such lazy name.
    """
    if name not in MODULES:
        raise AttributeError(f"module 'fatmorph' has no attribute {name!r}")
    module = import_module(MODULES[name])
    return getattr(module, name, module)  # `at`, `data`: modules
