"""Handlers that still run some seconds after their stream has ended: one warning for each function.

Such a handler usually waits for a task that never ends. It is a leak: each view of its page adds
one.

A handler is found in the chain of coroutines that its task waits for, so that an open stream needs
no memory for its name.

Source: https://docs.python.org/3/library/inspect.html#types-and-members (`cr_await`)
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from types import CoroutineType, FrameType, GeneratorType
from typing import Any, TypeAlias

from fatmorph._log import Log

__all__ = ("LINGER_SECONDS", "warn_of_lingering_handler")

logger = Log("fatmorph.stream")

# Nearly every clean-up, such as a query and a message, takes less. A developer who has just closed
# the page still looks at the log.
LINGER_SECONDS = 5.0

ADAPTERS = "fatmorph.adapters."
LIBRARIES = ("asyncio", "contextlib", "fatmorph")

# Any: results and messages of coroutines are not used.
Waiting: TypeAlias = Coroutine[Any, Any, Any] | Generator[Any, Any, Any] | None

# Once for each function: as many as the program has.
_logged: set[str] = set()


def warn_of_lingering_handler(task: asyncio.Task[Any], ending: str) -> None:
    """Log the handler that a task runs, unless it has returned or its function was logged before.

    Args:
        task: Waits; it is not the running task.
        ending: How the stream ended.
    """
    chain = _chain_of_handler(task)
    if not chain:
        return
    name, frame = _handler_in(chain)
    handler = f"{name} ({frame.f_code.co_filename}:{frame.f_code.co_firstlineno})"
    if handler in _logged:
        return
    _logged.add(handler)
    place = _place_of_user(chain)
    logger.warning(
        "the handler %s still runs %g s after its stream ended (%s): it waits at %s; "
        "why: that wait does not end with the stream; "
        "fix: async with w.alive(), asyncio.TaskGroup() as tasks: …  (logged once per handler)",
        handler,
        LINGER_SECONDS,
        ending,
        place,
        extra={"handler": name, "place": place, "ending": ending},
    )


def _chain_of_handler(task: asyncio.Task[Any]) -> list[tuple[str, FrameType]]:
    """Return names and frames, from the handler to its innermost wait; empty after its end."""
    chain = list(_chain(task.get_coro()))
    for index in reversed(range(len(chain))):
        if _module(chain[index][1]).startswith(ADAPTERS):
            # Perhaps it waits for something that shows no frame.
            return chain[index + 1 :] or chain[index:]
    return chain  # of a Writer that no adapter made


def _chain(waiting: Waiting) -> Iterator[tuple[str, FrameType]]:
    """Yield the name and the frame of each coroutine that waits, outermost first."""
    frame: FrameType | None
    inner: Any  # any awaitable, mostly a coroutine
    while True:
        if isinstance(waiting, CoroutineType):
            frame, inner = waiting.cr_frame, waiting.cr_await
        elif isinstance(waiting, GeneratorType):
            frame, inner = waiting.gi_frame, waiting.gi_yieldfrom
        else:
            return
        if frame is None:  # it has ended
            return
        yield waiting.__qualname__, frame
        waiting = inner


def _handler_in(chain: list[tuple[str, FrameType]]) -> tuple[str, FrameType]:
    """Return the handler inside its decorators, to which `functools.wraps()` gives its name."""
    name = chain[0][0]
    return next(link for link in reversed(chain) if link[0] == name)


def _place_of_user(chain: list[tuple[str, FrameType]]) -> str:
    """Return file and line of the innermost wait outside of asyncio and fatmorph."""
    frames = [frame for _, frame in chain]
    own = [frame for frame in frames if _module(frame).partition(".")[0] not in LIBRARIES]
    frame = (own or frames)[-1]
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
