"""The servers of the running event loop, and whether they stop by themselves.

A server that has served as many requests as it may stops without a signal: it accepts no more
connections, and waits for its responses to end. ASGI has no message for that, but the coroutine of
a server is among the tasks of the event loop, and the object that it belongs to knows.

These objects are not ours, so anything unexpected about them counts as a server that goes on.

Sources: https://www.uvicorn.org/settings/#resource-limits,
https://gunicorn.org/reference/settings/#max_requests and
https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, TypeAlias
from weakref import ref

__all__ = ("Servers",)

Look: TypeAlias = Callable[[Any], bool]  # Any: objects of servers, without types of ours


class Servers:
    """The servers that run in the running event loop at the moment of the call."""

    def __init__(self) -> None:
        # Weak: a server knows its event loop, and must not keep it alive from here.
        self._found = [(ref(server), look) for server, look in _servers()]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def are_stopping(self) -> bool:
        """Whether there are servers, and every one of them stops or has stopped."""
        return bool(self._found) and all(
            (server := reference()) is None or look(server) for reference, look in self._found
        )


def _servers() -> Iterator[tuple[object, Look]]:
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        while (frame := getattr(coroutine, "cr_frame", None)) is not None:
            yield from _server_of(frame)
            coroutine = coroutine.cr_await


def _server_of(frame: FrameType) -> Iterator[tuple[object, Look]]:
    name, look = LOOKS.get(frame.f_globals.get("__name__", ""), ("", None))
    if look is not None and (server := frame.f_locals.get(name)) is not None:
        yield server, look


def _is_uvicorn_stopping(server: Any) -> bool:
    return bool(getattr(server, "should_exit", False)) or _is_closed(server)


def _is_gunicorn_stopping(worker: Any) -> bool:
    return not getattr(worker, "alive", True) or _is_closed(worker)


def _is_hypercorn_stopping(context: Any) -> bool:
    events = (getattr(context, name, None) for name in ("terminate", "terminated"))
    return any(event.is_set() for event in events if event is not None)


def _is_closed(server: Any) -> bool:
    listening = getattr(server, "servers", None) or ()
    return bool(listening) and not any(each.is_serving() for each in listening)


# Module of a server's coroutine → the variable in it that knows, and how to ask it.
LOOKS: dict[str, tuple[str, Look]] = {
    "uvicorn.server": ("self", _is_uvicorn_stopping),
    "hypercorn.asyncio.run": ("context", _is_hypercorn_stopping),
    "gunicorn.workers.gasgi": ("self", _is_gunicorn_stopping),
    "aiohttp.worker": ("self", _is_gunicorn_stopping),
}
