"""Adapters: one module per framework, and the only code of fatmorph that imports a framework.

For a server without an adapter, write a Transport and call `respond()`. If the server sends only
whole responses, call `collect_response()`.
"""

from fatmorph.adapters._collected_response import CollectedResponse, collect_response
from fatmorph.adapters._respond import Handler, respond

__all__ = ("CollectedResponse", "Handler", "collect_response", "respond")
