"""The end of a stream that its handler did not mean: leave it incomplete, so that the page returns.

When the server stops, a stream is over before its handler said so. A complete response would
tell the browser that nothing more will come: Datastar's `retry: 'auto'` then never connects
again. A body that breaks off is an error of the network, after which every `retry` does.

A POST that breaks off is sent once more by Datastar, and may order twice what was ordered once.
So only what is safe to repeat breaks off.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-8 (incomplete messages)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from fatmorph import shutdown
from fatmorph.stream import Transport

__all__ = ("UnfinishedAtStop",)

# uvicorn logs this as an error of the application, once per stream.
BROKEN_OFF = "ASGI callable returned without completing response."


class UnfinishedAtStop:
    """A Transport that completes no stream that the stop of the server has ended."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._handler_task = asyncio.current_task()
        self._is_waited_for = False

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        await self._transport.start(status, headers)

    def send(self, data: bytes, *, more: bool) -> Awaitable[None]:
        """Send a part of the body; the last one of an open stream only while the server runs."""
        if data and more:
            return self._transport.send(data, more=True)
        return self._send_last(data, more=more)

    async def _send_last(self, data: bytes, *, more: bool) -> None:
        if not more and self._is_cut_short():
            logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
            more = True
        if data or not more:
            await self._transport.send(data, more=more)

    async def wait_closed(self) -> None:
        """Return when the client is gone; whoever waits for that has no end of its own."""
        self._is_waited_for = True
        await self._transport.wait_closed()

    def _is_cut_short(self) -> bool:
        # One that was opened while the server stops has ended before it could wait.
        is_open_ended = self._is_waited_for or shutdown.is_watched(self._handler_task)
        return is_open_ended and shutdown.is_stopping()


def _is_unexpected(record: logging.LogRecord) -> bool:
    return record.msg != BROKEN_OFF
