"""What every adapter does with a handler: run it, answer its errors, leave nothing behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fatmorph.adapters._unfinished import UnfinishedAtStop
from fatmorph.context import Context
from fatmorph.errors import BodyError, OriginError, SignalsError
from fatmorph.origin import check_origin
from fatmorph.settings import Settings
from fatmorph.stream import Transport
from fatmorph.writer import Writer

__all__ = ("Handler", "respond")

Handler: TypeAlias = Callable[[Context, Writer], Awaitable[None]]
"""`async def handler(c: Context, w: Writer) -> None`"""

logger = logging.getLogger("fatmorph.adapters")


async def respond(
    handler: Handler, context: Context, transport: Transport, settings: Settings | None = None
) -> None:
    """Run a handler and complete its response.

    An action of another site becomes a 403 before the handler runs, bad signals a 400 and a
    body too large a 413, unless the handler has answered. Any other error is the framework's:
    it is raised, after everything of ours has stopped.
    """
    settings = settings or Settings()
    writer = Writer(
        UnfinishedAtStop(transport) if context.method == "GET" else transport,
        is_datastar=context.is_datastar,
        is_head=context.method == "HEAD",
        settings=settings,
        accept_encoding=context.headers.get("accept-encoding"),
        last_event_id=context.last_event_id,
    )
    try:
        await _handle(handler, context, writer, settings)
        await writer.finish()
    finally:
        await writer.abort()


async def _handle(handler: Handler, context: Context, writer: Writer, settings: Settings) -> None:
    try:
        check_origin(context.method, context.headers, settings.allowed_origins)
        await handler(context, writer)
    except (OriginError, SignalsError, BodyError) as error:
        if writer.is_started:
            raise
        # Datastar shows the body of a 200 only, so the developer reads it here.
        logger.warning("%s %s: %s", context.method, context.path, error)
        writer.text(str(error), status=error.status)
    except asyncio.CancelledError:
        if not writer.take_back_cancellation():
            raise
