"""The servers of the running event loop, and whether they stop without a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from weakref import ref

from fatmorph._servers import gunicorn, hypercorn, uvicorn

__all__ = ("RunningServers",)

COROUTINES = {
    each.module: each for each in uvicorn.COROUTINES + hypercorn.COROUTINES + gunicorn.COROUTINES
}


class RunningServers:
    """The servers that run in the running event loop at the moment of the call."""

    def __init__(self) -> None:
        # Weak: a server knows its event loop, and must not keep it alive from here.
        self._found = [(ref(server), is_stopping) for server, is_stopping in _servers()]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def are_stopping(self) -> bool:
        """Whether there are servers, and every one of them stops or has stopped."""
        return bool(self._found) and all(
            (server := reference()) is None or is_stopping(server)
            for reference, is_stopping in self._found
        )


def _servers() -> Iterator[tuple[object, Callable[[Any], bool]]]:
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        while (frame := getattr(coroutine, "cr_frame", None)) is not None:
            yield from _server_of(frame)
            coroutine = coroutine.cr_await


def _server_of(frame: FrameType) -> Iterator[tuple[object, Callable[[Any], bool]]]:
    known = COROUTINES.get(frame.f_globals.get("__name__", ""))
    if known is not None and (server := frame.f_locals.get(known.variable)) is not None:
        yield server, known.is_stopping
