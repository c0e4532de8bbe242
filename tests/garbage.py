"""Garbage collections at moments at which they rarely come."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ("MANY_PAIRS", "frequent_collections")

# Python keeps 2,000 freed pairs: only the pairs after these can start a garbage collection.
MANY_PAIRS = 2_500


@contextmanager
def frequent_collections(call: Callable[[], object]) -> Iterator[None]:
    """Collect garbage after every few objects, and call a function at each beginning and end."""

    def callback(phase: str, info: dict[str, int]) -> None:
        call()

    thresholds = gc.get_threshold()
    gc.set_threshold(20)
    gc.callbacks.append(callback)
    try:
        yield
    finally:
        gc.callbacks.remove(callback)
        gc.set_threshold(*thresholds)
