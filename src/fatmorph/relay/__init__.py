"""The relay: publish messages, and wake the streams that wait for them."""

from __future__ import annotations

from fatmorph.relay._memory import Relay, Subscription

__all__ = ("Relay", "Subscription")
