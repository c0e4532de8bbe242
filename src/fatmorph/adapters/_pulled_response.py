"""Responses for frameworks that iterate over the body.

The handler runs in a separate task, and continues when the framework asks for the next part. Only
the framework refers to the object that it iterates over. So if it drops a response without
iterating over it or closing it, because the client left or a middleware failed, the object's
finaliser ends the handler.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Self, TypeAlias

from fatmorph.adapters._departure import Departure, is_whole
from fatmorph.adapters._handler_end import as_exception
from fatmorph.adapters._respond import Handler, respond
from fatmorph.context import Context
from fatmorph.settings import Settings

__all__ = ("Head", "Parts", "PulledResponse")

Head: TypeAlias = tuple[int, Sequence[tuple[str, str]]]
"""Status and headers of a response."""


class PulledResponse(Departure):
    """A Transport whose parts are taken one by one, each after the previous one was sent.

    Call `begin()`, and give `Parts(pulled)` to the framework as the body. Call `leave()` when you
    know that the client is gone, if the framework does not cancel the iteration then.

    Args:
        scope: The ASGI scope of the request, if there is one; a server then does not log a
            response that is left incomplete on purpose.

    Example:
        pulled = PulledResponse(scope)
        status, headers = await pulled.begin(handler, context, settings)
        return Response(Parts(pulled), status, headers)
    """

    def __init__(self, scope: object = None) -> None:
        super().__init__()
        self.scope = scope
        self._loop = asyncio.get_running_loop()
        self._head: asyncio.Future[Head] = self._loop.create_future()
        self._parts: asyncio.Queue[bytes | BaseException] = asyncio.Queue()
        self._is_asked = asyncio.Event()
        self._is_complete = False
        self._is_whole = False
        self._late_error: BaseException | None = None

    async def begin(self, handler: Handler, context: Context, settings: Settings | None) -> Head:
        """Run the handler until its response starts, and return status and headers.

        An earlier error of the handler is raised here, for the framework's own response.

        Args:
            handler: `async def handler(c: Context, w: Writer) -> None`.
            context: The request.
            settings: The limits and the policies of the route; by default `Settings()`.
        """
        self._task = self._loop.create_task(self._respond(handler, context, settings))
        self._heed_cancellation()
        try:
            return await asyncio.shield(self._head)
        except asyncio.CancelledError:
            self.leave()
            await self._task  # a second cancellation does cancel the handler
            raise

    def take_late_error(self) -> BaseException | None:
        """Return the error of a handler whose response is complete, which no part can raise."""
        error, self._late_error = self._late_error, None
        return error

    async def _respond(self, handler: Handler, context: Context, settings: Settings | None) -> None:
        end: BaseException
        try:
            await respond(handler, context, self, settings)
            # Frameworks treat the latter as a departed client, and leave the response incomplete.
            end = StopAsyncIteration() if self._is_complete else asyncio.CancelledError()
        except BaseException as error:
            if self.is_left:
                self._head.cancel()
                raise
            end = as_exception(error)
            if self._is_complete and not self._is_whole:
                self._late_error, end = end, StopAsyncIteration()
        if self._head.done():
            self._parts.put_nowait(end)
        elif self.is_left:
            self._head.cancel()  # it is no longer awaited
        else:
            self._head.set_exception(end)

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Start the response."""
        self._is_whole = is_whole(status, headers)
        self._head.set_result((status, headers))

    async def send(self, data: bytes, *, more: bool) -> None:
        """Pass on a part, and wait until the framework asks for the next one."""
        self._is_complete = not more
        if not self.is_left:
            self._is_asked.clear()
            self._parts.put_nowait(data)
            await self._is_asked.wait()
        if self.is_left:
            raise ConnectionResetError("the client left")

    def leave(self) -> None:
        """Note that the client is gone."""
        super().leave()
        self._is_asked.set()

    async def next_part(self) -> bytes:
        """Wait for the next part and return it."""
        self._heed_cancellation()
        if self._parts.empty():
            self._is_asked.set()
        try:
            part = await self._parts.get()
        except asyncio.CancelledError:
            self.leave()
            raise
        if isinstance(part, BaseException):
            raise part
        return part

    def _heed_cancellation(self) -> None:
        """Note a cancellation that was lost, which can happen in Python 3.11's `wait_for()`."""
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            self.leave()

    def close(self) -> None:
        """Note that the response is over, from any thread."""
        with suppress(RuntimeError):  # the loop is closed, and the handler with it
            self._loop.call_soon_threadsafe(self.leave)


class Parts:
    """The body of a response, which ends when this object is closed or no longer referenced.

    It raises the error of a handler that fails after the head, and `CancelledError` for a response
    that is left incomplete on purpose; both have to reach the server, so that it breaks off.

    Args:
        pulled: The response, whose `begin()` has returned.
    """

    def __init__(self, pulled: PulledResponse) -> None:
        self._pulled = pulled
        self.take_late_error: Callable[[], BaseException | None] = pulled.take_late_error
        """Returns the error of a handler whose response is complete."""

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        return self._pulled.next_part()

    def close(self) -> None:
        """Note that the response is over, from any thread."""
        self._pulled.close()

    __del__ = close
