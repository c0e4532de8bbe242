"""One call of a backend action: its request, its response, and the requests that repeat it.

Sources: https://data-star.dev/reference/actions#options and
https://data-star.dev/reference/actions#response-handling
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fatmorph._log import Log
from fatmorph.testing._events import ELEMENTS, SIGNALS, Event, EventReader
from fatmorph.testing._expressions.methods import HostObject
from fatmorph.testing._server import Receiver, Request

__all__ = ("Connection", "Fetch", "Network", "Target")

INTERVAL_MS, SCALER, MAX_WAIT_MS, MAX_COUNT = 1000.0, 2.0, 30_000.0, 10.0
# Those of `at.subscribe()`, which writes JavaScript for a browser; without its random part.
SUBSCRIPTION_INTERVAL_MS, SUBSCRIPTION_SCALER = 100.0, 1.25
OK, NO_CONTENT, REDIRECTS, ERRORS = 200, 204, range(300, 400), range(400, 600)
logger = Log("fatmorph.testing")

OPTIONS = ("selector", "mode", "namespace")


class Connection(Protocol):
    """An open exchange."""

    def leave(self) -> None:
        """Close the connection."""
        ...


class Network(Protocol):
    """The connection of a browser to its server."""

    def send(self, request: Request, receiver: Receiver) -> Connection | None:
        """Begin an exchange; None if there is no connection."""
        ...


class Target(Protocol):
    """The page that a response changes."""

    def take_event(self, event: Event) -> None:
        """Apply an event."""
        ...

    def take_script(self, text: str) -> None:
        """Run a script that was sent as a response."""
        ...

    def note_fetch(self, fetch: Fetch, *, is_started: bool) -> None:
        """Note that a call has begun or ended, for `data-indicator`."""
        ...


class Fetch:
    """A call, until it ends for good.

    Args:
        build: Returns the request, from the signals of the moment.
        network: The connection to the server.
        target: The page.
        options: The action's second argument.
    """

    def __init__(
        self,
        build: Callable[[], Request | None],
        network: Network,
        target: Target,
        options: Mapping[str, Any],  # Any: values of JavaScript
    ) -> None:
        self.is_ended = False
        self.retry_at: float | None = None
        """When the next request is due; None while there is a response."""
        self._build = build
        self._network = network
        self._target = target
        self._retry = options.get("retry", "auto")
        self._interval = _number(options, "retryInterval", INTERVAL_MS, SUBSCRIPTION_INTERVAL_MS)
        self._scaler = _number(options, "retryScaler", SCALER, SUBSCRIPTION_SCALER)
        self._max_wait = _number(options, "retryMaxWait", MAX_WAIT_MS, MAX_WAIT_MS)
        self._max_count = _number(options, "retryMaxCount", MAX_COUNT, MAX_COUNT)
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._exchange: Connection | None = None
        self._response = _Response()
        self._last_id = ""
        self._line = ""

    def start(self) -> None:
        """Send the first request."""
        self._target.note_fetch(self, is_started=True)
        self._request()

    def cancel(self) -> None:
        """End the call, as the client does when a newer one replaces it."""
        self._let_go()
        self._finish()

    def pause(self) -> None:
        """Close the connection, as when the page is hidden."""
        self._let_go()

    def go_on(self) -> None:
        """Ask again, as when the page is shown."""
        if not self.is_ended and self._exchange is None:
            self._let_go()
            self._request()

    def lose(self) -> None:
        """Lose the connection."""
        if self._exchange is not None:
            self._let_go()
            self.take_end(is_complete=False)

    def take_head(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Take the head of the response."""
        self._response = _Response(status, dict(headers))
        if status == OK:
            self._count = 0

    def take_data(self, data: bytes) -> None:
        """Take a part of the response: events are applied at once."""
        response = self._response
        if response.status != OK or response.is_whole:
            response.body += data
            return
        for event in response.reader.feed(data):
            self._last_id = response.reader.last_id
            if event.name.startswith("datastar"):
                self._target.take_event(event)
            if self.is_ended:
                return
        if response.reader.retry_ms is not None:
            self._interval = float(response.reader.retry_ms)

    def take_end(self, *, is_complete: bool) -> None:
        """Take the end of the response: apply it, ask again, or end."""
        self._exchange = None
        response, self._response = self._response, _Response()
        if not is_complete:
            self._again(is_wanted=True)
        elif response.status == OK and response.is_whole:
            self._apply(response)
            self._finish()
        elif response.status == OK:
            self._again(is_wanted=self._retry == "always")
        elif response.status in ERRORS:
            # A browser's client says so in its console alone.
            logger.warning("%s: %d, and the client shows nothing", self._line, response.status)
            self._again(is_wanted=self._retry in ("error", "always"))
        else:
            is_final = response.status == NO_CONTENT or response.status in REDIRECTS
            self._again(is_wanted=self._retry == "always" and not is_final)

    def _request(self) -> None:
        self.retry_at = None
        request = self._build()
        if request is None:  # an invalid form: the client neither sends nor ends it
            return
        self._line = f"{request.method} {request.url}"
        if self._last_id:
            request.headers["last-event-id"] = self._last_id
        self._exchange = self._network.send(request, self)
        if self._exchange is None:
            self._again(is_wanted=True)

    def _again(self, *, is_wanted: bool) -> None:
        if self.is_ended:
            return
        if not is_wanted or self._retry == "never" or self._count >= self._max_count:
            self._finish()
            return
        wait = min(self._interval * self._scaler**self._count, self._max_wait) / 1000
        self._count += 1
        loop = asyncio.get_running_loop()
        self.retry_at = loop.time() + wait
        self._timer = loop.call_later(wait, self._request)

    def _let_go(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.leave()
        if self._timer is not None:
            self._timer.cancel()

    def _finish(self) -> None:
        if not self.is_ended:
            self.is_ended = True
            self._target.note_fetch(self, is_started=False)

    def _apply(self, response: _Response) -> None:
        kind, text = (
            response.headers.get("content-type", ""),
            response.body.decode("utf-8", "replace"),
        )
        if "text/html" in kind:
            options = [f"{key} {v}" for key in OPTIONS if (v := response.option(key))]
            lines = [f"elements {line}" for line in text.split("\n")]
            self._target.take_event(Event(ELEMENTS, "\n".join([*options, *lines])))
        elif "application/json" in kind:
            is_missing_only = response.option("only-if-missing") == "true"
            option = "onlyIfMissing true\n" if is_missing_only else ""
            self._target.take_event(
                Event(SIGNALS, f"{option}signals {json.dumps(json.loads(text))}")
            )
        else:
            self._target.take_script(text)


class _Response:
    """The part of a response that has arrived."""

    def __init__(self, status: int = 0, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        self.body = b""
        self.reader = EventReader()

    @property
    def is_whole(self) -> bool:
        """Whether the response is one patch, and not a stream."""
        kind = self.headers.get("content-type", "")
        return any(each in kind for each in ("text/html", "application/json", "text/javascript"))

    def option(self, name: str) -> str:
        return self.headers.get(f"datastar-{name}", "")


def _number(options: Mapping[str, Any], name: str, default: float, unreadable: float) -> float:
    value = options.get(name)
    if isinstance(value, HostObject | dict):
        return unreadable
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else default
