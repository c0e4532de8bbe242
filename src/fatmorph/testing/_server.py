"""A server in memory: it runs an ASGI application, without sockets.

Sources: https://asgi.readthedocs.io/en/latest/specs/www.html and
https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from fatmorph import shutdown
from fatmorph._log import Log
from fatmorph.errors import StepError
from fatmorph.testing._clock import Clock
from fatmorph.testing._routes import App

__all__ = ("Exchange", "Receiver", "Request", "Server")

logger = Log("fatmorph.testing")

# In real time: for handlers that wait for a thread or a socket.
LIMIT_SECONDS = 5.0


@dataclass(frozen=True)
class Request:
    """A request as a browser sends it.

    Args:
        method: In capital letters.
        url: Complete, with its query.
        headers: Names in lower case.
        body: Its content.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class Receiver(Protocol):
    """The receiver of a response, as it arrives."""

    def take_head(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Take the status and the headers."""
        ...

    def take_data(self, data: bytes) -> None:
        """Take a part of the body."""
        ...

    def take_end(self, *, is_complete: bool) -> None:
        """Take the end; an incomplete response looks like a lost connection."""
        ...


class Exchange:
    """One request and its response.

    Args:
        request: The request.
        receiver: Is told of the response, until it leaves.
    """

    def __init__(self, request: Request, receiver: Receiver) -> None:
        self.request = request
        self.is_watched: bool = False
        """Whether the application does nothing but wait for a change or for the client to leave."""
        self.error: BaseException | None = None
        self._receiver: Receiver | None = receiver
        self._is_read = False
        self._is_started = False
        self._has_ended = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the application still has to answer."""
        return self.task is not None and not self.task.done() and not self.is_watched

    @property
    def is_over(self) -> bool:
        """Whether nothing more will arrive before something changes."""
        return not self.is_pending

    async def run(self, app: App, state: dict[str, Any]) -> None:
        """Let the application answer."""
        try:
            await app(self._scope(state), self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - it belongs to the test, which raises it again
            self.error = error
        finally:
            self._end(is_complete=False)

    def leave(self) -> None:
        """Close the connection, as a client that leaves."""
        self._receiver = None
        self._has_ended.set()

    def cut(self) -> None:
        """Lose the connection, as both sides see it."""
        self._end(is_complete=False)

    async def _receive(self) -> dict[str, Any]:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        self.is_watched = not self._has_ended.is_set()
        try:
            await self._has_ended.wait()
        finally:
            self.is_watched = False
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:  # Any: ASGI's own definition
        if self._receiver is None:
            return  # as servers do after the client has left
        if message["type"] == "http.response.start":
            headers = [
                (k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in message["headers"]
            ]
            self._is_started = True
            self._receiver.take_head(message["status"], headers)
        elif message["type"] == "http.response.body":
            if data := bytes(message.get("body", b"")):
                self._receiver.take_data(data)
            if not message.get("more_body", False):
                self._end(is_complete=True)

    def _end(self, *, is_complete: bool) -> None:
        receiver, self._receiver = self._receiver, None
        self._has_ended.set()
        if receiver is not None:
            receiver.take_end(is_complete=is_complete)

    def _scope(self, state: dict[str, Any]) -> dict[str, Any]:
        url = urlsplit(self.request.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        headers = {"host": url.netloc, **self.request.headers}
        if self.request.body:
            headers["content-length"] = str(len(self.request.body))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "2",
            "scheme": url.scheme,
            "method": self.request.method,
            "path": unquote(url.path) or "/",
            "raw_path": url.path.encode() or b"/",
            "root_path": "",
            "query_string": url.query.encode(),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()],
            "server": (url.hostname, port),
            "client": ("127.0.0.1", 1),
            "state": dict(state),
        }


class Server:
    """The server of one application, for all pages of a test that are open on it.

    Args:
        app: The application.
        clock: The time of the test.
    """

    def __init__(self, app: App, clock: Clock) -> None:
        self.is_up: bool = False
        """Whether it answers; a browser cannot connect to one that does not."""
        self.navigations: dict[Callable[[], Awaitable[None]], None] = {}
        """Let each open page load the address that it goes to."""
        self._app = app
        self._clock = clock
        self._exchanges: set[Exchange] = set()
        self._state: dict[str, Any] = {}
        self._lifespan: _Lifespan | None = None
        self._users = 0

    @asynccontextmanager
    async def used(self) -> AsyncGenerator[None]:
        """Answer requests inside the block."""
        self._users += 1
        if not self.is_up:
            await self.start()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users and self.is_up:
                await self._end()

    @property
    def is_used(self) -> bool:
        """Whether a page is open on it."""
        return self._users > 0

    async def start(self) -> None:
        """Start the server, again if it was stopped."""
        shutdown.resume()
        self._state = {}
        self._lifespan = _Lifespan(self._app, self._state)
        await self._lifespan.start()
        self.is_up = True

    async def stop(self) -> None:
        """Stop the server as a signal does: every stream ends, then the application."""
        shutdown.stop()
        await self.settled()
        await self._end()

    async def crash(self) -> None:
        """Lose every connection at once, as if the process was killed, and stay away."""
        self.is_up = False
        for exchange in list(self._exchanges):
            exchange.cut()
        await self.settled()

    def send(self, request: Request, receiver: Receiver) -> Exchange:
        """Begin an exchange."""
        exchange = Exchange(request, receiver)
        exchange.task = asyncio.create_task(exchange.run(self._app, self._state))
        self._exchanges.add(exchange)
        return exchange

    async def settled(self) -> None:
        """Wait until the application has done everything that it can do now.

        Raises:
            StepError: A handler did not answer in time.
            Exception: As a handler raised it.
        """
        begun_at = time.monotonic()
        while True:
            await self._clock.turn()
            pending = [each for each in self._exchanges if each.is_pending]
            if self._clock.is_idle:
                if not pending and not self._clock.has_threads:
                    break
                await self._clock.wait()
            if time.monotonic() - begun_at > LIMIT_SECONDS:
                raise _late_error(pending)
        self._raise_errors()

    def _raise_errors(self) -> None:
        done = {each for each in self._exchanges if each.task is not None and each.task.done()}
        self._exchanges -= done
        for exchange in done:
            if exchange.error is not None:
                raise exchange.error

    async def _end(self) -> None:
        self.is_up = False
        for exchange in list(self._exchanges):
            exchange.leave()
        try:
            await self.settled()
        finally:
            for exchange in self._exchanges:
                if exchange.task is not None:
                    exchange.task.cancel()
            if self._lifespan is not None:
                await self._lifespan.end()


class _Lifespan:
    """The start and the end of an application.

    Args:
        app: The application.
        state: Filled by the application, and copied for each request.
    """

    def __init__(self, app: App, state: dict[str, Any]) -> None:
        self._app = app
        self._state = state
        self._received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application; one that knows no lifespan needs none."""
        self._task = asyncio.create_task(self._run())
        await self._ask("startup")

    async def end(self) -> None:
        """End the application."""
        if self._task is not None and not self._task.done():
            await self._ask("shutdown")
            await self._task

    async def _ask(self, what: str) -> None:
        self._received.put_nowait({"type": f"lifespan.{what}"})
        answer = await self._answers.get()
        if answer.startswith("failed"):
            raise StepError(
                f"cannot run the application: its {what} failed",
                where="open_page(app, path)",
                why=answer.partition(" ")[2] or "it sent no message",
                fix=f"lifespan=…  (the application's own, which runs at its {what})",
            )

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
        try:
            await self._app(scope, self._received.get, self._send)
        except Exception:  # noqa: BLE001 - an application without a lifespan raises anything here
            logger.debug("the application has no lifespan")
        finally:
            self._answers.put_nowait("ended")

    async def _send(self, message: Any) -> None:  # Any: ASGI's own definition
        answer = message["type"].rpartition(".")[2]
        self._answers.put_nowait(f"{answer} {message.get('message', '')}".strip())


def _late_error(pending: list[Exchange]) -> StepError:
    requests = [f"{each.request.method} {urlsplit(each.request.url).path}" for each in pending]
    return StepError(
        f"waited {LIMIT_SECONDS:g} s for {', '.join(requests) or 'the event loop'}",
        where="page.settled()",
        why="the handler has neither answered nor begun to wait for changes",
        fix="async for _ in w.alive(changes): …  (in a handler that waits)",
    )
