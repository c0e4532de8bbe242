"""A histogram: how many values were at most as large as each of some bounds.

Source: https://prometheus.io/docs/concepts/metric_types/#histogram
"""

from __future__ import annotations

from bisect import bisect_left

__all__ = ("BOUNDS", "Histogram")

# Seconds: from a small page of the compiled engine to a page that users wait for.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Histogram:
    """Counts of values by their size.

    Args:
        bounds: The upper bounds, in ascending order; a value above all of them has a place too.

    Example:
        >>> histogram = Histogram((0.1, 1.0))
        >>> histogram.add(0.5)
        >>> histogram.cumulative()
        (0, 1, 1)
    """

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: tuple[float, ...] = BOUNDS) -> None:
        self.bounds: tuple[float, ...] = bounds
        self.total: float = 0.0
        """The sum of all values."""
        self._counts = [0] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        """Count a value."""
        self.total += value
        self._counts[bisect_left(self.bounds, value)] += 1

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(self._counts)

    def cumulative(self) -> tuple[int, ...]:
        """Return how many values were at most each bound, and at the end how many there were."""
        counts: list[int] = []
        for count in self._counts:
            counts.append(count + (counts[-1] if counts else 0))
        return tuple(counts)
