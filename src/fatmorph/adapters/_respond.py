"""The core of every adapter: run a handler, respond to its errors, and clean up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from typing import TypeAlias

from fatmorph._functions import full_name, unwrapped
from fatmorph._log import Limit, Log
from fatmorph._servers.incomplete import leave_incomplete
from fatmorph._streaming.request_record import fields_of
from fatmorph._streaming.retries import Retries
from fatmorph.adapters._connections import Connections
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.adapters._handler_end import (
    HandlerTask,
    called,
    check_awaited,
    check_responded,
    check_returned,
    note_request,
)
from fatmorph.context import Context
from fatmorph.counters import note_refusal
from fatmorph.errors import BodyError, FormError, OriginError, PageError, SignalsError
from fatmorph.http._subscription import Mark, page_mark
from fatmorph.http.origin import check_origin
from fatmorph.morph._development import is_development
from fatmorph.settings import Settings
from fatmorph.transport import Transport
from fatmorph.writer import Writer

__all__ = ("Handler", "log_refusal", "respond")

Handler: TypeAlias = Callable[[Context, Writer], Awaitable[None]]
"""`async def handler(c: Context, w: Writer) -> None`"""

Refusal: TypeAlias = OriginError | PageError | SignalsError | BodyError | FormError
"""The errors that become the response with their status, if a handler does not catch them."""
REFUSALS = (OriginError, PageError, SignalsError, BodyError, FormError)

logger = Log("fatmorph.adapters")
_connections = Connections()
_refusals = Limit(20)
_NOT_COUNTED = nullcontext()
_DEFAULTS = Settings()


async def respond(
    handler: Handler, context: Context, transport: Transport, settings: Settings | None = None
) -> None:
    """Run a handler and complete its response.

    An action from another site gets a 403 before the handler runs. If the handler has not
    responded, invalid signals get a 400, and a body that is too large gets a 413. Any other error
    is raised, for the framework, after the clean-up.
    """
    # hot: as tests/benchmarks/fan_out.py shows. Each event passes through every coroutine that
    # waits for the handler, so there is only this one.
    settings = context.settings = settings or context.settings or _DEFAULTS
    mark = page_mark(context.headers)
    writer = _writer(handler, context, transport, settings, mark)
    writer.belong_to(context, partial(_connections.note_stream, context.request))
    task = HandlerTask()
    with _connections.counted(context) if mark is not None else _NOT_COUNTED:
        try:
            try:
                check_origin(
                    context.method,
                    context.headers,
                    settings.allowed_origins,
                    settings.own_origin,
                )
                if not writer.confirm_unsubscribed():
                    check_returned(context, await called(handler, context, writer))
                    check_awaited(context, has_forgotten=writer.has_forgotten_live())
                    check_responded(context, has_responded=writer.has_responded)
            except REFUSALS as error:
                _refuse(handler, context, writer, error)
            except asyncio.CancelledError:
                if not writer.take_back_cancellation():
                    raise
            await writer.finish()
        except BaseException as error:  # noqa: BLE001 - a handler may end by anything
            failure = task.as_failure(error)
            if not task.is_ending(error):
                note_request(failure, context, handler)
                await writer.fail(failure, context)
            raise failure  # noqa: B904 - it has its cause, or is the error itself
        finally:
            context.close()
            await writer.abort()
    if writer.is_left_incomplete:
        leave_incomplete(transport)


def log_refusal(context: Context, error: Refusal, page: str = "") -> None:
    """Log why a request was refused: Datastar shows the reason to no user.

    A client that is refused a thousand times leaves twenty lines a minute for each reason.
    """
    note_refusal(error.code, error.status)
    left_out = _refusals.left_out(error.code)
    if left_out is None:
        return
    logger.warning(
        "%s: %s%s",
        context.line,
        error,
        f" (and {left_out} more in the last minute)" if left_out else "",
        extra={
            **fields_of(context, page),
            "status": error.status,
            "reason": error.code,
            "left_out": left_out,
        },
    )


def _writer(
    handler: Handler,
    context: Context,
    transport: Transport,
    settings: Settings,
    mark: Mark | None,
) -> HandledWriter:
    is_datastar = context.is_datastar
    return HandledWriter(
        transport,
        is_datastar=is_datastar,
        is_head=context.method == "HEAD",
        settings=settings,
        accept_encoding=context.headers.get("accept-encoding"),
        last_event_id=context.last_event_id,
        is_repeatable=context.method == "GET",
        nonce=context.nonce if is_datastar or settings.content_security_policy else "",
        host=context.headers.get("host", ""),
        retries=Retries(handler, mark, asyncio.get_running_loop().time()),
    )


def _refuse(handler: Handler, context: Context, writer: Writer, error: Refusal) -> None:
    if writer.is_started:
        raise error
    if not isinstance(error.__cause__, OSError):  # a departed client is not a mistake
        log_refusal(context, error, full_name(unwrapped(handler)))
    # The handler's headers describe a response that it did not send.
    writer.headers.clear()
    writer.headers["x-content-type-options"] = "nosniff"
    # The reason is for the client; the place and the code to write are for the developer.
    writer.text(str(error) if is_development() else error.what, status=error.status)
