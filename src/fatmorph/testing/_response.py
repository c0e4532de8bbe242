"""One response of a handler or of an application, without a page."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from fatmorph.adapters._respond import Handler
from fatmorph.http._page_id import ID_HEADER, ID_SIGNAL
from fatmorph.testing._browser.fields import File, encoded_form
from fatmorph.testing._browser.network import Profile
from fatmorph.testing._browser.requests import ACCEPT, IN_URL, json_text
from fatmorph.testing._clock import clock_of_loop
from fatmorph.testing._events import Event, events_of
from fatmorph.testing._routes import App, Handlers, asgi_application
from fatmorph.testing._server import Request, Server

__all__ = ("BASE_URL", "Response", "call")

BASE_URL = "http://localhost"


class Response:
    """A response, as far as it has arrived."""

    def __init__(self) -> None:
        self.status: int = 0
        """The status; 0 if no response has begun."""
        self.headers: dict[str, str] = {}
        """The headers, with names in lower case; of a repeated one the last."""
        self.cookies: dict[str, str] = {}
        """The cookies that the browser has afterwards."""
        self.body: bytes = b""
        """The content."""
        self.is_complete: bool = False
        """Whether the response has ended; a stream that waits for changes has not."""

    @property
    def text(self) -> str:
        """The content as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of a stream."""
        return events_of(self.body) if self.is_stream else ()

    @property
    def is_stream(self) -> bool:
        """Whether the response is a stream of events, and not a whole answer."""
        return "text/event-stream" in self.headers.get("content-type", "")

    def json(self) -> Any:  # Any: JSON
        """Return the content, read as JSON."""
        return json.loads(self.body)

    def take_head(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Take the status and the headers; the server calls it."""
        self.status, self.headers = status, dict(headers)

    def take_data(self, data: bytes) -> None:
        """Take a part of the content; the server calls it."""
        self.body += data

    def take_end(self, *, is_complete: bool) -> None:
        """Take the end; the server calls it."""
        self.is_complete = is_complete


async def call(
    app: App | Handlers | Handler,
    path: str = "/",
    *,
    method: str | None = None,
    signals: Mapping[str, Any] | None = None,
    form: Mapping[str, str | File] | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
) -> Response:
    """Return the response to one request, without a server and without a page.

    A redirect is returned and not followed. A stream that waits for changes is left when nothing
    more is due, so its handler ends as if the page was closed. Each call has the id of a new
    page, as if `data.page_id()` had made it.

    Args:
        app: A handler; handlers by their paths; or an ASGI application.
        path: With a query, if there is one.
        method: By default POST with a form, else GET.
        signals: Sent as Datastar does.
        form: Sent as a form; as `multipart/form-data` if it has a `File`.
        headers: Others; `Fatmorph-State` is the id of a page, to make two calls of the same one.
        cookies: The cookies of the browser.

    Raises:
        StepError: The handler has neither answered nor begun to wait for changes.
        Exception: As the handler raised it.

    Example:
        >>> import asyncio
        >>> from fatmorph import Context, Writer
        >>> async def hello(c: Context, w: Writer) -> None:
        ...     w.text(f"Hello, {(await c.signals())['name']}")
        >>> asyncio.run(call(hello, signals={"name": "Ada"})).text
        'Hello, Ada'
    """
    clock = clock_of_loop()
    response = Response()
    with clock.used():
        server = clock.servers.get(id(app)) or Server(asgi_application(app), clock)
        profile = Profile(server)
        profile.cookies.update(cookies or {})
        if ID_SIGNAL not in (signals or {}):
            profile.headers[ID_HEADER.lower()] = _new_page_id()
        profile.headers.update({name.lower(): text for name, text in (headers or {}).items()})
        async with server.used():
            wanted = (method or ("POST" if form is not None else "GET")).upper()
            exchange = profile.begin(_request(path, wanted, signals, form), response)
            await server.settled()
            exchange.leave()
            await server.settled()
    if "set-cookie" in response.headers:
        profile.take_cookies(response.headers.items())
    response.cookies = profile.cookies
    return response


def _new_page_id() -> str:
    return "-".join(str(secrets.randbits(32)) for _ in range(4))


def _request(
    path: str,
    method: str,
    signals: Mapping[str, Any] | None,
    form: Mapping[str, str | File] | None,
) -> Request:
    url = urlsplit(f"{BASE_URL}{path}")
    headers: dict[str, str] = {}
    body = b""
    if form is not None:
        has_file = any(isinstance(value, File) for value in form.values())
        kind = "multipart/form-data" if has_file else ""
        headers["content-type"], body = encoded_form(list(form.items()), kind)
    if signals is not None:
        headers |= {"accept": ACCEPT, "datastar-request": "true"}
        text = json_text(signals)
        if method in IN_URL:
            query = "&".join(filter(None, [url.query, urlencode({"datastar": text})]))
            return Request(method, urlunsplit((*url[:3], query, "")), headers)
        if form is None:
            headers["content-type"], body = "application/json", text.encode()
    return Request(method, urlunsplit(url), headers, body)
