"""hypercorn: its limit of requests, and its worker processes, which get no signal.

Source: https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fatmorph._servers.contract import ServerCoroutine

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

__all__ = ("COROUTINES", "stop_event")


def stop_event() -> Event | None:
    """Return the Event with which hypercorn stops this process, if it is a worker of hypercorn.

    hypercorn passes the Event only to its worker function, but a process keeps its arguments.
    They are private to hypercorn, so unexpected ones are ignored.
    """
    multiprocessing = sys.modules.get("multiprocessing.process")
    process = None if multiprocessing is None else multiprocessing.current_process()
    module = getattr(getattr(process, "_target", None), "__module__", "")
    event: Event | None = None
    if module.startswith("hypercorn."):
        event = getattr(process, "_kwargs", {}).get("shutdown_event")
    return event


def _is_stopping(context: Any) -> bool:
    events = (getattr(context, name, None) for name in ("terminate", "terminated"))
    return any(event.is_set() for event in events if event is not None)


COROUTINES = (ServerCoroutine("hypercorn.asyncio.run", "context", _is_stopping),)
