"""Test views, handlers and live pages without a server.

    from fatmorph.testing import open_page       a page, and what its user does
    from fatmorph.testing import call            one response
    from fatmorph.testing import MemoryClient    what a handler answers, without a socket

They are imported when they are first used: pytest loads this package in every project.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fatmorph.testing._client import MemoryClient
    from fatmorph.testing._page import (
        Event,
        File,
        Loss,
        Page,
        Query,
        Response,
        call,
        events_of,
        open_page,
    )

__all__ = (
    "Event", "File", "Loss", "MemoryClient", "Page", "Query", "Response", "call", "events_of",
    "open_page",
)  # fmt: skip


def __getattr__(name: str) -> Any:  # Any: as many types as there are lazy names
    if name not in __all__:
        raise AttributeError(f"module 'fatmorph.testing' has no attribute {name!r}")
    home = "_client" if name == "MemoryClient" else "_page"
    globals()[name] = value = getattr(import_module(f"fatmorph.testing.{home}"), name)
    return value
