"""The Writer that an adapter gives to a handler: how its response begins and ends.

Handlers know it as a `Writer`, so that their editor completes only what is for them.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, Callable
from importlib import import_module
from types import CoroutineType
from typing import Any, cast

from fatmorph._log import Log
from fatmorph._streaming.retries import Retries
from fatmorph._streaming.stream import Stream
from fatmorph.context import Context, request_line
from fatmorph.http._last_event_id import UNSUBSCRIBED_ID
from fatmorph.markup._element import Element
from fatmorph.morph._development import editor_template, shows_errors
from fatmorph.types import HasHtml
from fatmorph.writer import View, Writer

__all__ = ("HandledWriter",)

RECORDED_STREAM = "fatmorph._streaming.recorded_stream"

logger = Log("fatmorph.adapters")


class HandledWriter(Writer):
    """A Writer whose response an adapter ends when its handler has ended."""

    __slots__ = ("_context", "_live_call", "_on_stream")

    _context: Context
    _on_stream: Callable[[tuple[object, ...]], None]
    _live_call: CoroutineType[Any, Any, None]  # the last one

    def belong_to(self, context: Context, on_stream: Callable[[tuple[object, ...]], None]) -> None:
        """Take over the request, for the log and the checks of its pages.

        Args:
            context: The request.
            on_stream: Is called before a stream is kept open, with the sources that it waits for.
        """
        self._context = context
        self._on_stream = on_stream
        self._stream.request = context

    def html(self, view: Element | HasHtml, status: int | None = None) -> None:
        """Do as `Writer.html()`; in development, also check the URLs of the page."""
        context = getattr(self, "_context", None)
        if self._patch_checker is not None and context is not None and context.root_path:
            self._patch_checker.check_urls(view, context.root_path)
        super().html(view, status)

    def live(
        self, view: View, *sources: AsyncIterable[object] | None, **options: Any
    ) -> CoroutineType[Any, Any, None]:
        """Do as `Writer.live()`, and note the call, so that a forgotten `await` is seen."""
        call: Any = super().live(view, *sources, **options)  # Any: mypy knows a wider type
        self._live_call = call
        return self._live_call

    def __dir__(self) -> list[str]:
        return dir(Writer)

    async def finish(self) -> None:
        """Complete the response.

        A handler that wrote nothing gets an empty response, by default with the status 204.
        """
        self._stream.check_loop()
        try:
            await self._stream.close_sources()
            self._respond_with_held()
            if not self._is_started:
                self.empty(204 if self._status is None else self._status)
        finally:
            await self._stream.finish()

    @property
    def has_responded(self) -> bool:
        """Whether the handler has written anything, or chosen a status."""
        return self._is_started or self._held is not None or self._status is not None

    def has_forgotten_live(self) -> bool:
        """Return whether the handler has called `live()` and not awaited it."""
        call = getattr(self, "_live_call", None)
        if call is None or inspect.getcoroutinestate(call) != inspect.CORO_CREATED:
            return False
        call.close()  # Python would warn that it was never awaited
        return True

    async def fail(self, failure: BaseException, context: Context) -> None:
        """End the stream of a failed handler.

        A page is told when to ask again. An action must not be sent again, which Datastar does
        after a response that breaks off, so it is completed.

        In development, the page shows the error. Its stream stays open until the server stops, so
        that the page asks again at once, and not after the wait of a failure.
        """
        is_error = isinstance(failure, Exception)  # a cancellation is not the handler's failure
        if is_error:
            self._stream.note_error(failure)
            if shows_errors() and self._can_patch():
                await self._show(failure, context)
                return
        self._take_held()
        if self._stream.must_complete:
            await self._stream.finish()
        elif is_error:
            await self._stream.break_off()

    def confirm_unsubscribed(self) -> bool:
        """Respond to a page that `unsubscribe()` has told to stay away; return whether it is one.

        Adapters call it before the handler. The client only stops for a 204.
        """
        is_unsubscribed = self._last_event_id == UNSUBSCRIBED_ID
        if is_unsubscribed:
            # A cache must not store it for pages that are still to subscribe.
            self._headers["cache-control"] = "no-store"
            self.empty()
        return is_unsubscribed

    async def abort(self) -> None:
        """Stop everything after a handler has failed."""
        self._stream.check_loop()
        try:
            self._take_held()
            await self._stream.close_sources()
        finally:
            self._stream.close()

    @property
    def is_left_incomplete(self) -> bool:
        """Whether the response is incomplete for a known reason."""
        return self._stream.is_left_incomplete or self._stream.is_out_of_reach

    def take_back_cancellation(self) -> bool:
        """Return whether only the stopping server cancelled the handler."""
        return self._stream.take_back_cancellation()

    def _stream_class(self, retries: Retries | None) -> type[Stream]:
        if retries is None or retries.page_id is None or not shows_errors():
            return super()._stream_class(retries)
        return cast("type[Stream]", import_module(RECORDED_STREAM).RecordedStream)

    def _open_stream(self, *sources: object) -> None:
        getattr(self, "_on_stream", _ignore)(sources)
        super()._open_stream()
        if self._is_subscription and shows_errors():
            places = import_module("fatmorph.datastar._element_places")  # in development alone
            self._stream.write(places.places_event(editor_template()), is_event=False)
            drawer = import_module("fatmorph.adapters._drawer")
            drawer.open_drawer(self._stream, self._patch_checker)

    def _can_patch(self) -> bool:
        """Return whether an event can still reach the page."""
        is_whole = self._stream.is_started and not self._is_streaming
        return (
            self._is_datastar
            and not self._is_head
            and not is_whole
            and not self._stream.is_complete
        )

    async def _show(self, failure: BaseException, context: Context) -> None:
        """Patch an error into the page, and keep its stream open until the server stops."""
        overlay = import_module("fatmorph.adapters._error_overlay")  # in development alone
        is_stream = context.method == "GET" and (self._is_subscription or self._stream.is_watched)
        request = request_line(context.method, context.path)
        if not self._is_started:  # what the handler has set describes another response
            self._headers.clear()
            self._cookies.clear()
            self._status = None
        self._start_stream()
        self._stream.write(overlay.overlay_event(failure, request, is_stream=is_stream))
        if is_stream:
            # The framework learns of it only at the end of the stream.
            logger.error("%s: the handler failed, and the page shows it", request, exc_info=failure)
            await self._stream.close_sources()
            async with self.alive():
                await asyncio.Event().wait()
        await self._stream.finish()


def _ignore(_sources: tuple[object, ...]) -> None:
    pass
