"""The request of a handler, in the same form on every framework.

Only `body()`, `signals()` and `form()` wait: they read through functions of the adapter.

Sources: https://www.rfc-editor.org/rfc/rfc9110 (HTTP), https://www.rfc-editor.org/rfc/rfc6265
(cookies).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from functools import cached_property
from secrets import token_hex
from typing import Any, Generic, TypeVar, cast, overload
from urllib.parse import quote, unquote, unquote_to_bytes

from fatmorph.errors import BodyError, FormError, MomentError, SignalsError, quoted
from fatmorph.forms import Form, FormData, read_form
from fatmorph.http._content_security_policy import NONCE_HEADER, is_nonce, new_nonce
from fatmorph.http._form_parser import (
    Pairs,
    checked_pairs,
    large_form_error,
    query_pairs,
    read_pairs,
)
from fatmorph.http._named_values import Headers, Query
from fatmorph.http._page_id import ID_HEADER, id_of_page
from fatmorph.http._progress import OnProgress, with_progress
from fatmorph.http._root_path import full_path, url_below, with_slash
from fatmorph.http._signals import decoded_signals, without_lone_surrogates
from fatmorph.http._subscription import SIGNALS_HEADER, check_sent
from fatmorph.settings import Settings
from fatmorph.types import RequestT

__all__ = (
    "MAX_BODY_BYTES",
    "MAX_SIGNAL_BYTES",
    "Context",
    "Headers",
    "ParsedForm",
    "Query",
    "ReadBody",
    "ReadParts",
    "request_line",
)

T = TypeVar("T")
ReadBody = Callable[[int], Awaitable["bytes | None"]]
"""Reads the whole body, or returns None if it has more bytes than the argument; a second call
returns the same. An OSError means that the client left before the end."""
ReadParts = Callable[[], "AsyncIterator[bytes]"]
"""Iterates over the parts of the body, without keeping them; it is called once. An OSError means
that the client left before the end."""
ParsedForm = Callable[[], "Pairs | None"]
"""Returns the fields of a form that the framework has parsed already, or None."""

MAX_BODY_BYTES = 16 * 1024 * 1024  # a photo; larger uploads belong in the framework's own form
MAX_SIGNAL_BYTES = 1024 * 1024  # signals are a page's small state; 1 MiB is a bug or an attack

MAX_DIGITS = 20  # of a length; more than any limit, and few enough for int()

REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def request_line(method: str, path: str) -> str:
    r"""Return the name of a request in logs and errors.

    The path is encoded again, except for letters, so that it is one word.

    Example:
        >>> request_line("POST", "/räume\r\nERROR: x")
        'POST /räume%0D%0AERROR:%20x'
    """
    encoded = "".join(
        c if c.isprintable() and c not in " %" else quote(c, errors="surrogatepass") for c in path
    )
    return f"{quoted(method)} {encoded}"


class Context(Generic[RequestT]):
    """The request of a handler.

    Handlers are `async def handler(c: Context, w: Writer) -> None`; adapters make the Context.
    `c["user"] = …` stores your own values for the duration of the request.

    Args:
        method: `GET`, `POST`, …
        path: The decoded path, without the query, with the prefix of the application.
        query_string: The text after the `?`, still encoded.
        headers: Names and values, in the order received.
        path_params: The parameters that the framework's router found in the path.
        read_body: Reads the whole body, up to a number of bytes.
        read_parts: Reads the body part by part; by default, forms are read as a whole.
        parsed_form: Returns the form if the framework has parsed it.
        settings: The limits of forms; an adapter sets those of the route.
        request: The framework's own request, for everything else; `Context[Request]` is its type.
        client: The address of the client, or of the proxy before the server; empty if unknown.
        root_path: The prefix under which the application is mounted, as `/app`; empty for none.
        route: The pattern of the framework's router, as `/rooms/{number}`; empty if unknown.
    """

    def __init__(
        self,
        *,
        method: str,
        path: str,
        query_string: str = "",
        headers: Iterable[tuple[str, str]] = (),
        path_params: Mapping[str, Any] | None = None,
        read_body: ReadBody | None = None,
        read_parts: ReadParts | None = None,
        parsed_form: ParsedForm | None = None,
        settings: Settings | None = None,
        request: RequestT | None = None,
        client: str | None = None,
        root_path: str = "",
        route: str = "",
    ) -> None:
        self.method = method
        self.root_path: str = with_slash(root_path)
        self.path: str = full_path(self.root_path, path)
        self.route: str = route
        self.path_params: Mapping[str, Any] = path_params or {}
        self.request = cast("RequestT", request)
        self.settings = settings
        self.client: str = client or ""
        self.headers: Headers = Headers(headers)
        self._query_string = query_string
        self._read_body = read_body
        self._read_parts = read_parts
        self._parsed_form = parsed_form
        self._body: bytes | None = None
        self._form: FormData | FormError | None = None
        self._refused_bytes = 0
        self._values: dict[str, Any] = {}

    @cached_property
    def query(self) -> Query:
        """The parameters of the URL, decoded."""
        return Query(self._query_string)

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """The cookies; a repeated name has its first value."""
        found: dict[str, str] = {}
        for pair in self.headers.get("cookie", "").split(";"):
            # Strip only these two: after other white space, `__Host-` is not a prefix for browsers.
            name, separator, value = pair.strip(" \t").partition("=")
            if separator:
                found.setdefault(name, unquote(value.strip('"')))
        return found

    @property
    def line(self) -> str:
        """The method and the path, as they are named in logs."""
        return request_line(self.method, self.path)

    @property
    def request_id(self) -> str:
        """The id of the request in the log: its `x-request-id`, or a new one.

        A proxy can send the one of its own log. A client can send any, of letters, digits, `-`,
        `_` and `.`, up to 64 of them, so an id proves nothing.
        """
        return self._request_id

    @cached_property
    def _request_id(self) -> str:
        sent = self.headers.get("x-request-id", "")
        return sent if REQUEST_ID.fullmatch(sent) else token_hex(8)

    def url(self, path: str) -> str:
        """Return the URL of a path of this application, with the prefix where it is mounted.

        Args:
            path: It begins with a slash, and may have a query: `/cart?saved=1`.

        Raises:
            ResponseError: The path is not text, or does not begin with exactly one slash.

        Example:
            data.init(at.subscribe(c.url("/subscribe")))
        """
        return url_below(self.root_path, path)

    @property
    def is_datastar(self) -> bool:
        """Whether a Datastar action made the request."""
        return self.headers.get("datastar-request") == "true"

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event that the browser received on this stream, if it had one."""
        return self.headers.get("last-event-id")

    @cached_property
    def nonce(self) -> str:
        """The nonce of the page, for elements that its Content-Security-Policy allows to run.

        A page that a browser loads gets a new nonce. A Datastar action has the nonce that its page
        sent (`at.get(url, send_nonce=True)`), or an empty one: an element with an empty nonce keeps
        its nonce from the page.
        """
        if not self.is_datastar:
            return new_nonce()
        sent = self.headers.get(NONCE_HEADER, "")
        return sent if is_nonce(sent) else ""

    async def body(self, *, max_bytes: int = MAX_BODY_BYTES) -> bytes:
        """Return the whole body.

        Args:
            max_bytes: The largest body that is accepted.

        Raises:
            BodyError: If the body is larger, or the client left before its end; unhandled, it
                becomes a 413.
        """
        body = await self._read(max_bytes)
        if body is None:
            # A body that was too large for the first reader was discarded, so the next one fails.
            self._refused_bytes = self._refused_bytes or max_bytes
            raise BodyError(
                f"cannot read a body of more than {self._refused_bytes} bytes",
                where=request_line(self.method, self.path),
                why="the whole body is held in memory; a larger one is discarded",
                fix=f"await c.body(max_bytes={2 * self._refused_bytes})  (as the first reader)",
            )
        return body

    @overload
    async def signals(self, /) -> dict[str, Any]: ...
    @overload
    async def signals(self, shape: type[T], /) -> T: ...
    async def signals(self, shape: type[Any] = dict, /) -> Any:
        """Return the signals that the page sent.

        They are in the `datastar` parameter of a GET or DELETE, otherwise in the JSON body. Without
        any, the result is `{}`.

        Args:
            shape: A class of `Signals`, dataclass, TypedDict, msgspec Struct or pydantic model to
                validate against; signals that it does not name are ignored. By default a plain
                dict.

        Raises:
            SignalsError: If they are invalid JSON, not an object, too deep, too many, too large, or
                of the wrong type; the message names the signal, never its value. Unhandled, it
                becomes a 400, or a 413 if they are too large.
            BodyError: If the client left before the end of the body.

        Example:
            @dataclass
            class CartSignals:
                quantity: int = 1

            async def add(c: Context, w: Writer) -> None:
                signals = await c.signals(CartSignals)

        Source: https://data-star.dev/guide/reactive_signals
        """
        raw = await self._raw_signals()
        if (included := self.headers.get(SIGNALS_HEADER)) is not None:
            check_sent(included, raw, shape, self.path)
        messages = self.settings.messages if self.settings else None
        return decoded_signals(raw or b"{}", shape, messages)

    async def page_id(self) -> str | None:
        """Return the id that `data.page_id()` made, a secret of the page; None without one.

        Raises:
            SignalsError, BodyError: As for `signals()`, among which it may be.
        """
        raw = b"" if ID_HEADER in self.headers else await self._raw_signals()
        return id_of_page(self.headers, without_lone_surrogates(raw))

    async def _raw_signals(self) -> bytes:
        is_in_url = self.method in ("GET", "DELETE", "HEAD")
        raw = self._signal_parameter() if is_in_url else await self._signal_body()
        if len(raw) > MAX_SIGNAL_BYTES:
            raise self._too_large()
        return raw

    def _signal_parameter(self) -> bytes:
        # Not from `query`, which replaces invalid UTF-8: invalid signals are refused, not changed.
        for pair in self._query_string.split("&"):
            name, _, value = pair.partition("=")
            if name == "datastar":
                return unquote_to_bytes(value.replace("+", " "))
        return b""

    async def _signal_body(self) -> bytes:
        content_type = self.headers.get("content-type", "application/json").split(";")[0]
        if content_type.strip().lower() in FORM_TYPES:
            return b""  # Datastar sends either a form or the signals
        body = await self._read(MAX_SIGNAL_BYTES)
        if body is None:
            self._refused_bytes = self._refused_bytes or MAX_SIGNAL_BYTES
            raise self._too_large()
        return body

    @overload
    async def form(self, /, *, on_progress: OnProgress | None = None) -> FormData: ...
    @overload
    async def form(
        self, shape: type[T], /, *, on_progress: OnProgress | None = None
    ) -> Form[T]: ...
    async def form(
        self, shape: type[Any] | None = None, /, *, on_progress: OnProgress | None = None
    ) -> Any:
        """Return the form that was sent, with the error of each field that is not valid.

        Its files are closed and removed when the handler ends. A GET or DELETE has the fields in
        its URL.

        Args:
            shape: A dataclass, TypedDict, msgspec Struct or pydantic model, with one field for
                each control; other controls are ignored. Without it, the texts and files.
            on_progress: Is called while the body arrives, at most five times per second and at its
                end, with the number of bytes that have arrived and of all bytes. The latter is not
                less than the former, and not 0. An error that it raises is raised here.

        Raises:
            FormError: If it is broken, larger than `Settings` allow, or not a form; unhandled, it
                becomes a 400, 413 or 415.
            FormShapeError: If a form cannot fill in the shape.
            BodyError: If the client left before the end.
            MissingExtraError: If it may contain files, and python-multipart is not installed.

        Example:
            @dataclass
            class Signup:
                email: str

            async def signup(c: Context, w: Writer) -> None:
                form = await c.form(Signup)
                if form.errors:
                    w.patch(signup_view(form))

        Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html
        """
        if self._form is None:
            try:
                self._form = FormData(await self._form_pairs(on_progress))
            except FormError as error:
                error.where = error.where or request_line(self.method, self.path)
                self._form = error
        if isinstance(self._form, FormError):
            raise self._form
        if shape is None:
            return self._form
        messages = self.settings.messages if self.settings else None
        return read_form(self._form, shape, messages)

    def close(self) -> None:
        """Close and remove the files of the form; adapters call it when the handler has ended."""
        if isinstance(self._form, FormData):
            self._form.close()

    async def _form_pairs(self, on_progress: OnProgress | None) -> Pairs:
        settings = self.settings or Settings()
        if self.method in ("GET", "DELETE", "HEAD"):
            return query_pairs(self._query_string, settings)
        pairs = None if self._parsed_form is None else self._parsed_form()
        if pairs is not None:
            return checked_pairs(pairs, settings)
        announced = self.headers.get("content-length", "")
        length = int(announced[:MAX_DIGITS]) if announced.isdecimal() else 0
        parts = self._parts(settings.max_form_bytes)
        if on_progress is not None:
            parts = with_progress(parts, length, on_progress)
        return await read_pairs(parts, self.headers.get("content-type", ""), length, settings)

    async def _parts(self, max_bytes: int) -> AsyncIterator[bytes]:
        if self._body is None and self._read_parts is not None:
            read_parts, self._read_parts = self._read_parts, None
            self._read_body = self._raise_read_before
            try:
                async with aclosing(cast("Any", read_parts())) as parts:  # the cast: a generator
                    async for part in parts:
                        yield part
            except OSError as error:
                raise self._incomplete_error() from error
            return
        body = await self._read(max_bytes)
        if body is None:
            raise large_form_error(max_bytes)
        yield body

    async def _raise_read_before(self, max_bytes: int) -> bytes | None:  # noqa: ARG002 - a ReadBody
        raise MomentError(
            "cannot read a body that was read as a form",
            where=request_line(self.method, self.path),
            why="a form is read part by part, and its body is not kept",
            fix="await c.form()  (it is kept), or await c.body() first",
        )

    async def _read(self, max_bytes: int) -> bytes | None:
        if self._read_body is None:
            return b""
        try:
            self._body = await self._read_body(max_bytes)
        except OSError as error:
            raise self._incomplete_error() from error
        return self._body

    def _incomplete_error(self) -> BodyError:
        return BodyError(
            "cannot read a body whose end was never sent",
            where=request_line(self.method, self.path),
            why="the client left before the end, and half a body is not usable",
            fix="except BodyError: return",
        )

    def _too_large(self) -> SignalsError:
        error = SignalsError(
            f"cannot read signals of more than {MAX_SIGNAL_BYTES} bytes",
            where=request_line(self.method, self.path),
            why="every request carries all signals of its page",
            fix="data.signals({'_draft': …})  (signals that begin with _ stay in the browser)",
        )
        error.status = 413
        return error

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: object) -> None:
        self._values[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __repr__(self) -> str:
        return f"<Context {request_line(self.method, self.path)}>"
