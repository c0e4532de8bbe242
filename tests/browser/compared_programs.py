"""The programs whose pages in memory are compared with Chromium."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from controls_program import Controls
from example_programs import EXAMPLES, board_settings, example_command, example_module
from fatmorph import datastar_script
from fields_program import Fields
from servers import Server, running
from todo_program import Todo

__all__ = ("in_thread", "memory_app", "served")

PROGRAMS = Path(__file__).parent / "programs"
TESTS = Path(__file__).parents[1]
T = TypeVar("T")
CLIENT = "/datastar.js"


def memory_app(name: str) -> Any:
    """Return a program's application, or its handlers."""
    if name == "fields":
        return Fields(CLIENT).handlers
    if name == "controls":
        return Controls(CLIENT).handlers
    if name.startswith("todo"):
        return Todo({1: "eggs", 2: "milk"}, has_ids=name == "todo", client=CLIENT).handlers
    if name == "board":
        return board_app()
    module = example_module(name)
    module.client = datastar_script(CLIENT)
    return module.app


def board_app() -> Any:
    """Return the board with a new database."""
    for known in [each for each in sys.modules if each.partition(".")[0] == "board"]:
        del sys.modules[known]
    settings = board_settings(Path(tempfile.mkdtemp()))
    os.environ.update(settings)
    sys.path.insert(0, str(EXAMPLES / "board"))
    try:
        return example_module("board").app
    finally:
        sys.path.remove(str(EXAMPLES / "board"))
        for variable in settings:
            del os.environ[variable]


@contextmanager
def served(name: str, bundle: Path) -> Iterator[Server]:
    """Serve a program in a process of its own."""
    env: dict[str, str] = {}
    if name == "board":
        command, folder = [sys.executable, "main.py"], EXAMPLES / name
        env = board_settings(Path(tempfile.mkdtemp()), bundle)
    elif name in {"chat", "hello", "tiles"}:
        command, folder = example_command(bundle), EXAMPLES / name
    else:
        command, folder = [sys.executable, "handlers.py"], PROGRAMS
        path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        env = {"PROGRAM": name, "DATASTAR": str(bundle), "PYTHONPATH": path}
    with running(command, cwd=folder, env=env) as server:
        yield server


def in_thread(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread: Playwright's own event loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()
