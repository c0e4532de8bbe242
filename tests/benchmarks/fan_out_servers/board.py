"""The parts that all servers share: the pages' data, its changes, and a way to wake streams."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from itertools import count
from typing import Any

from contenders.pages import PAGES

__all__ = ("Streams", "data_of", "run_uvicorn", "use_server_core", "view_of")

CELLS = 400
COLUMNS = 20
SERVER_CORE = 0


class Board:
    """The color of each cell; seven out of eight are painted."""

    def __init__(self) -> None:
        self.colors = [color_of(number) if number % 8 else None for number in range(CELLS)]
        self.arguments: list[Any] = [self.colors]
        self.changes = 0

    def change(self) -> None:
        """Paint a cell in another color; every server makes the same sequence of changes."""
        self.changes += 1
        number = self.changes * 7 % CELLS
        if self.colors[number] is not None:  # so that the page keeps its length
            self.colors[number] = color_of(self.changes + CELLS)


class Rows:
    """The board in rows; each change paints one cell in a color that it did not have."""

    def __init__(self) -> None:
        colors = [color_of(number) for number in range(CELLS)]
        self.rows = [tuple(colors[start : start + COLUMNS]) for start in range(0, CELLS, COLUMNS)]
        self.arguments: list[Any] = [self.rows]
        self.changes = 0

    def change(self) -> None:
        """Paint a cell in another color; every server makes the same sequence of changes."""
        self.changes += 1
        row, column = divmod(self.changes * 7 % CELLS, COLUMNS)
        colors = list(self.rows[row])
        colors[column] = color_of(self.changes + CELLS)
        self.rows[row] = tuple(colors)


def color_of(number: int) -> str:
    return f"#{number * 7919 * 37 % 0xFFFFFF:06x}"


class NewData:
    """The data of a page of contenders/, all of it new after a change, the user excepted."""

    def __init__(self, page: str) -> None:
        self._page = replace(PAGES[page], turns=count())
        self.changes = -1
        self.change()

    def change(self) -> None:
        self.changes += 1
        _, *self.arguments = self._page.new_data()


def data_of(page: str) -> Board | Rows | NewData:
    kinds: dict[str, Callable[[], Board | Rows]] = {"board": Board, "rows": Rows}
    return kinds[page]() if page in kinds else NewData(page)


def view_of(library: str, page: str) -> Callable[..., Any]:
    """Return the function of a library that takes a user and a page's data."""
    if page in ("board", "rows"):
        view: Callable[..., Any] = import_module(f"views_{library}").page
    else:
        view = getattr(import_module(f"contenders.{library}"), f"{page}_view")
    return view


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
