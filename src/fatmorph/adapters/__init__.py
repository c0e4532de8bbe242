"""One module per framework: the only code of fatmorph that imports a framework.

What all of them do with a handler is `respond()`, for whoever writes a Transport of their own,
and `answer()`, for whoever has no stream to write to.
"""

from fatmorph.adapters._answer import Answer, answer
from fatmorph.adapters._base import Handler, respond

__all__ = ("Answer", "Handler", "answer", "respond")
