"""The limits of one response; `fatmorph.settings.Settings` is such a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fatmorph.compression import Encoding

__all__ = ("Limits",)


class Limits(Protocol):
    """The part of a route's settings that its responses obey."""

    @property
    def max_buffered_bytes(self) -> int:
        """Return how much may wait for a transport that is busy, before one more write."""
        ...

    @property
    def max_stalled_seconds(self) -> float:
        """Return how long a transport may take nothing."""
        ...

    @property
    def compression(self) -> Sequence[Encoding] | None:
        """Return the content codings that are offered, best first."""
        ...

    @property
    def max_compression_bytes(self) -> int:
        """Return about how much memory the compressor of one stream may take."""
        ...
