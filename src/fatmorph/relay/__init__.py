"""One bus: publish what happened, wake the streams that wait for it."""

from __future__ import annotations

from fatmorph.relay.memory import Relay, Subscription

__all__ = ("Relay", "Subscription")
