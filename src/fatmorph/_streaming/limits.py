"""The limits of one response; `fatmorph.settings.Settings` is such a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fatmorph.compression import Encoding

__all__ = ("Limits",)


class Limits(Protocol):
    """The settings of a route that limit its responses."""

    @property
    def max_buffered_bytes(self) -> int:
        """Return how many bytes may wait for a busy transport before the next write."""
        ...

    @property
    def max_stalled_seconds(self) -> float:
        """Return how long a transport may accept nothing."""
        ...

    @property
    def compression(self) -> Sequence[Encoding] | None:
        """Return the content codings to offer, the best first."""
        ...

    @property
    def max_compression_bytes(self) -> int:
        """Return about how much memory the compressor of one stream may use."""
        ...

    @property
    def drain_seconds(self) -> float:
        """Return how long the streams of a stopping server may take to end, one after the other."""
        ...
