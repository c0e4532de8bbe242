"""Adapters: one module per framework, and the only code of fatmorph that imports a framework.

For a server without an adapter, write a Transport and call `respond()`. If a framework iterates
over the body, use a `PulledResponse`. If it sends only whole responses, call `collect_response()`.
"""

from fatmorph.adapters._collected_response import CollectedResponse, collect_response
from fatmorph.adapters._pulled_response import Parts, PulledResponse
from fatmorph.adapters._respond import Handler, respond

__all__ = (
    "CollectedResponse",
    "Handler",
    "Parts",
    "PulledResponse",
    "collect_response",
    "respond",
)
