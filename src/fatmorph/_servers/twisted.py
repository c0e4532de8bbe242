"""Twisted, the server below daphne: its handler of signals cancels open responses."""

from __future__ import annotations

__all__ = ("is_signal_handler",)


def is_signal_handler(handler: object) -> bool:
    """Return whether Twisted has installed this handler, which must be called last."""
    return getattr(handler, "__module__", "").startswith("twisted.")
