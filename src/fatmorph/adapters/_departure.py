"""Handlers in frameworks that cancel them when the client leaves: shielded from that.

A handler is notified that the client left, so that it can clean up. It is not interrupted at an
arbitrary line. So it runs in a separate task, and a cancellation only notifies its Transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol, TypeVar

from fatmorph.adapters._handler_end import as_exception
from fatmorph.adapters._respond import Handler, respond
from fatmorph.context import Context
from fatmorph.http._head import STATUSES_WITHOUT_BODY
from fatmorph.settings import Settings
from fatmorph.transport import Transport

__all__ = ("Departure", "LeavingTransport", "is_whole", "respond_shielded")

Result = TypeVar("Result")


class Departure:
    """The half of a Transport that is notified when the client leaves."""

    def __init__(self) -> None:
        self._has_left = asyncio.Event()

    @property
    def is_left(self) -> bool:
        """Whether the client is gone."""
        return self._has_left.is_set()

    def leave(self) -> None:
        """Note that the client is gone."""
        self._has_left.set()

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        await self._has_left.wait()

    async def unless_left(self, waiting: Coroutine[Any, Any, Result]) -> Result:
        """Return the result of a coroutine, which runs in a task of its own.

        Raises:
            ConnectionResetError: The client left before; the coroutine is cancelled.
        """
        tasks = asyncio.ensure_future(waiting), asyncio.ensure_future(self.wait_closed())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not tasks[0].done():
                raise ConnectionResetError("the client left")
            return tasks[0].result()
        finally:
            for task in tasks:
                task.cancel()


class LeavingTransport(Transport, Protocol):
    """A Transport with a Departure in it."""

    def leave(self) -> None:
        """Note that the client is gone."""
        ...


async def respond_shielded(
    handler: Handler, context: Context, transport: LeavingTransport, settings: Settings | None
) -> None:
    """Respond in a separate task; a cancellation of this task means that the client left."""
    task = asyncio.create_task(respond(handler, context, transport, settings))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError as error:
        if task.cancelled():  # by something else than the framework
            raise as_exception(error) from error
        transport.leave()
        await task  # a second cancellation does cancel the handler
        raise


def is_whole(status: int, headers: Iterable[tuple[str, str]]) -> bool:
    """Return whether these are the status and headers of a whole response, not of a stream."""
    return status in STATUSES_WITHOUT_BODY or any(name == "content-length" for name, _ in headers)
