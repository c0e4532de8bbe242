"""One module per framework: the only code of fatmorph that imports a framework.

What all of them do with a handler is `respond()`, for whoever writes a Transport of their own.
"""

from fatmorph.adapters._base import Handler, respond

__all__ = ("Handler", "respond")
