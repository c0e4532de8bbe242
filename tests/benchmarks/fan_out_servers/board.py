"""The parts that all servers share: the cells, their changes, and a way to wake streams."""

from __future__ import annotations

import asyncio
import os
from typing import Any

__all__ = ("Board", "Streams", "run_uvicorn", "use_server_core")

CELLS = 400
SERVER_CORE = 0


class Board:
    """The color of each cell; seven out of eight are painted."""

    def __init__(self) -> None:
        self.colors = [color_of(number) if number % 8 else None for number in range(CELLS)]
        self.changes = 0

    def change(self) -> None:
        """Paint a cell in another color; every server makes the same sequence of changes."""
        self.changes += 1
        number = self.changes * 7 % CELLS
        if self.colors[number] is not None:  # so that the page keeps its length
            self.colors[number] = color_of(self.changes + CELLS)


def color_of(number: int) -> str:
    return f"#{number * 7919 * 37 % 0xFFFFFF:06x}"


class Streams:
    """The open streams of a server, each with a queue, as written without a library."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[None]] = set()

    def publish(self) -> None:
        for queue in self.queues:
            queue.put_nowait(None)


def run_uvicorn(app: Any, port: int) -> None:
    """Serve an ASGI application with the fastest options of uvicorn."""
    import uvicorn

    use_server_core()
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        backlog=4096,
    )


def use_server_core() -> None:
    """Leave the other cores to the load generator."""
    os.sched_setaffinity(0, {SERVER_CORE})
