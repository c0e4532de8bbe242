"""Adapters: one module per framework, and the only code of fatmorph that imports a framework.

For a server without an adapter, write a Transport and call `respond()`, or call `answer()` if it
sends only whole responses.
"""

from fatmorph.adapters._collected_response import Answer, answer
from fatmorph.adapters._respond import Handler, respond

__all__ = ("Answer", "Handler", "answer", "respond")
