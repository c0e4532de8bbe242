"""The relay: publish messages, and wake the streams that wait for them."""

from __future__ import annotations

from fatmorph.relay._relay import Relay
from fatmorph.relay._status import RelayStatus
from fatmorph.relay._subscription import Subscription

__all__ = ("Relay", "RelayStatus", "Subscription")
