"""Whole responses: a page, text, JSON or nothing, with its status, headers and cookies.

Writing a second response, or changing the head after the first byte, raises an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from fatmorph._streaming.stream import Stream
from fatmorph.errors import ResponseError
from fatmorph.http._cache_control import check_is_personal
from fatmorph.http._head import (
    STATUSES_WITHOUT_BODY,
    ResponseHeaders,
    SameSite,
    checked_status,
    cookie_header,
    started_error,
)
from fatmorph.markup._objects import json_target
from fatmorph.markup._wording import encoding_error

__all__ = ("Responder",)


class Responder:
    """The half of a Writer that responds with one whole response.

    Args:
        stream: The body of the response.
        is_head: Whether the request is a HEAD, which gets no body.
        cache_control: The `cache-control` of whole responses; None for no header.
        own_hosts: The hosts of this site, to which an absolute URL may lead.
        policy: The Content-Security-Policy of pages; None for none.
        nonce: The nonce of the page, for its policy and its scripts; empty for none.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "__weakref__",
        "_cache_control",
        "_cookies",
        "_headers",
        "_is_head",
        "_is_started",
        "_nonce",
        "_own_hosts",
        "_policy",
        "_status",
        "_stream",
    )

    def __init__(
        self,
        stream: Stream,
        *,
        is_head: bool,
        cache_control: str | None = None,
        own_hosts: Collection[str] = (),
        policy: str | None = None,
        nonce: str = "",
    ) -> None:
        self._stream = stream
        self._cache_control = cache_control
        self._own_hosts = own_hosts
        self._is_head = is_head
        self._policy = policy
        self._nonce = nonce
        self._headers = ResponseHeaders()
        self._cookies: list[str] = []
        self._status: int | None = None
        self._is_started = False

    @property
    def headers(self) -> ResponseHeaders:
        """The headers of the response, before its first byte."""
        return self._headers

    @property
    def status(self) -> int:
        """The status of the response, by default 200. A stream of events always has 200."""
        return 200 if self._status is None else self._status

    @status.setter
    def status(self, status: int) -> None:
        if self._is_started:
            raise started_error("change the status")
        self._status = checked_status(status)

    @property
    def is_started(self) -> bool:
        """Whether status and headers are fixed."""
        return self._is_started

    @property
    def is_closed(self) -> bool:
        """Whether the stream has ended, except by its handler; watching starts with this."""
        self._stream.watch()
        return self._stream.is_ended

    def cookie(
        self,
        name: str,
        value: str,
        *,
        max_age: int | None = None,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        http_only: bool = True,
        same_site: SameSite = "lax",
    ) -> None:
        """Set a cookie; `max_age=0` removes it.

        Args:
            name: A token: letters, digits, `-`, `_` and a few more.
            value: Any text; characters that a cookie cannot contain are percent-encoded, and
                `c.cookies` decodes them.
            max_age: Seconds to keep it; None until the browser closes.
            path: The browser sends it only for paths below this one.
            domain: None for this host only.
            secure: Whether it is sent only over HTTPS; required by `same_site="none"`.
            http_only: Whether it is hidden from JavaScript.
            same_site: Whether requests from other sites include it.

        Raises:
            ResponseError: If a part would start another attribute or header.
            ResponseStartedError: If the first byte was written.

        Source: https://www.rfc-editor.org/rfc/rfc6265#section-4.1
        """
        if self._is_started:
            raise started_error(f"set the cookie {name}")
        self._cookies.append(
            cookie_header(
                name,
                value,
                max_age=max_age,
                path=path,
                domain=domain,
                secure=secure,
                http_only=http_only,
                same_site=same_site,
            )
        )

    def text(self, text: str, status: int | None = None) -> None:
        """Respond with plain text.

        Raises:
            ResponseStartedError: If something was written before.
            EncodingError: If the text contains a lone surrogate.
        """
        try:
            body = text.encode()
        except UnicodeEncodeError:
            raise encoding_error("w.text(…)", text) from None
        self._whole(body, "text/plain; charset=utf-8", status)

    def json(self, value: Any, status: int | None = None) -> None:
        """Respond with JSON.

        Args:
            value: Anything that msgspec can encode, including dataclasses, Structs, dates and
                UUIDs, and lazy text.
            status: The status; by default `w.status`, which is 200 unless set.

        Raises:
            ResponseStartedError: If something was written before.
        """
        self._whole(msgspec.json.encode(value, enc_hook=json_target), "application/json", status)

    def empty(self, status: int = 204) -> None:
        """Respond without content.

        Raises:
            ResponseStartedError: If something was written before.
        """
        self._whole(b"", None, status)

    def _whole(
        self,
        body: bytes,
        content_type: str | None,
        status: int | None,
        more_headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._stream.check_loop()
        if self._is_started:
            raise started_error("write a whole response")
        status = self.status if status is None else checked_status(status)
        headers = [] if content_type is None else [("content-type", content_type)]
        if status not in STATUSES_WITHOUT_BODY:
            headers.append(("content-length", str(len(body))))
        elif body:
            raise ResponseError(
                f"cannot send content with status {status}",
                where="w.status",
                why="a 204 or a 304 ends with its headers",
                fix=f"w.empty({status})",
            )
        if content_type is not None and self._cache_control is not None:
            headers.append(("cache-control", self._cache_control))
        headers += more_headers
        if content_type is not None:
            check_is_personal(self._with_own(headers))
        self._start(status, headers)
        self._stream.complete(b"" if self._is_head else body)

    def _start(self, status: int, defaults: Iterable[tuple[str, str]]) -> None:
        self._fix_head()
        headers = self._with_own(defaults)
        headers.extend(("set-cookie", cookie) for cookie in self._cookies)
        self._stream.start(status, headers)

    def _with_own(self, defaults: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the headers of the handler, and the defaults that it has not replaced."""
        headers = [(name, value) for name, value in defaults if name not in self._headers]
        headers.extend(self._headers.items())
        return headers

    def _fix_head(self) -> None:
        self._is_started = True
        self._headers.fix()
