"""Test views and handlers without a server.

    from fatmorph.testing import MemoryClient    what a handler answers, without a socket

It is imported when it is first used: pytest loads this package in every project.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fatmorph.testing._client import MemoryClient

__all__ = ("MemoryClient",)

_LAZY = {"MemoryClient": "fatmorph.testing._client"}


def __getattr__(name: str) -> Any:  # Any: as many types as there are lazy names
    if name not in _LAZY:
        raise AttributeError(f"module 'fatmorph.testing' has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(_LAZY[name]), name)
    return value
