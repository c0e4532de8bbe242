"""The surroundings of streams: warnings about connections, files and workers that do not fit.

A browser opens at most six connections to a host over HTTP/1.1, and a stream occupies one of them.
Behind a proxy, the address and the protocol of the browser are unknown, so nothing is counted for
requests that name a proxy.

nginx before 1.29.7 asks over HTTP/1.0 unless it is told otherwise. A response over HTTP/1.0 has no
length and no last chunk, so a stream that breaks off arrives as a complete one, and a page with
Datastar's `retry: 'auto'` never asks for it again.

Sources: https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes,
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version
"""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, cast

from fatmorph._log import Log
from fatmorph.context import Context
from fatmorph.counters import COUNTERS

if sys.platform != "win32":
    import resource

__all__ = ("Connections",)

logger = Log("fatmorph.adapters")

WORKERS = "FATMORPH_WORKERS"  # of `serve()`
# The other files are those of clients that load pages, of databases and of logs.
MAX_FILES_SHARE = 0.75

MAX_STREAMS = 4  # of six connections, which leaves two for everything else
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")

Browser = tuple[str, str]


class Connections:
    """The open streams of each browser in this process."""

    def __init__(self) -> None:
        self._streams: Counter[Browser] = Counter()
        self._is_logged = False
        self._is_old_version_logged = False
        self._is_limit_logged = False
        self._is_relay_logged = False
        self._max_streams = _file_limit() * MAX_FILES_SHARE

    def note_stream(self, request: object, sources: Iterable[object]) -> None:
        """Log what does not suit a stream that is kept open, each problem once.

        Args:
            request: The framework's own.
            sources: The sources that the stream waits for.
        """
        if COUNTERS.streams_open >= self._max_streams and not self._is_limit_logged:
            self._is_limit_logged = True
            logger.warning(
                "%d streams are open, and each needs one of the %d files that this process may "
                "open: further clients will wait without a response. Raise the limit: "
                "ulimit -n 65536 (systemd: LimitNOFILE=65536)",
                COUNTERS.streams_open,
                _file_limit(),
            )
        if not self._is_relay_logged and any(map(_is_of_one_worker, sources)):
            self._is_relay_logged = True
            logger.warning(
                "a stream waits for a Relay of this process, and serve() has started %s workers: "
                "changes that the other workers publish do not reach it. Use a broker, as in "
                "Relay.connect('redis://127.0.0.1'), or serve(app, workers=1)",
                os.environ[WORKERS],
            )
        if not self._is_old_version_logged and _peer(request)[1] == "1.0":
            self._is_old_version_logged = True
            logger.warning(
                "a stream is sent over HTTP/%s, where its client cannot see that it broke off, so "
                "a page with retry 'auto' does not come back after a restart. Let your proxy use "
                "HTTP/1.1, as nginx does with: proxy_http_version 1.1;",
                "1.0",
            )

    @contextmanager
    def counted(self, context: Context) -> Generator[None]:
        """Count a stream while it is open; log the first time that a browser has many."""
        browser = _browser(context)
        if browser is None:
            yield
            return
        self._streams[browser] += 1
        if self._streams[browser] > MAX_STREAMS and not self._is_logged:
            self._is_logged = True
            logger.warning(
                "a browser has %d streams over HTTP/1.1, where it opens at most six connections "
                "to a host: its next requests may wait until a tab is closed. Serve it over "
                "HTTP/2, from a proxy in front of the application",
                self._streams[browser],
            )
        try:
            yield
        finally:
            self._streams[browser] -= 1
            if not self._streams[browser]:
                del self._streams[browser]


def _file_limit() -> float:
    """Return how many files this process may open."""
    if sys.platform == "win32":
        return math.inf
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


def _is_of_one_worker(source: object) -> bool:
    """Return whether a source is a subscription without a broker, in one of several workers."""
    is_alone = getattr(source, "is_of_one_process", False)  # of the relay, a layer above
    return is_alone and os.environ.get(WORKERS, "1") != "1"


def _browser(context: Context) -> Browser | None:
    """Return the browser that asks over HTTP/1, as far as it can be told apart."""
    if any(name in context.headers for name in PROXY_HEADERS):
        return None
    address, version = _peer(context.request)
    is_known = bool(address) and version.startswith("1")
    return (address, context.headers.get("user-agent", "")) if is_known else None


def _peer(request: Any) -> tuple[str, str]:  # Any: as many types as there are frameworks
    """Return the address of a client and its version of HTTP; empty texts if unknown."""
    if hasattr(request, "ip"):  # Sanic, whose requests have a scope only under ASGI
        return request.ip, str(request.version)
    if hasattr(request, "remote"):  # aiohttp, whose requests are mappings too
        return request.remote or "", f"{request.version.major}.{request.version.minor}"
    scope: Any = getattr(request, "scope", request)
    if not isinstance(scope, Mapping):
        return "", ""
    scope = cast("Mapping[str, Any]", scope)
    client: tuple[str, int] | None = scope.get("client")
    version: str = scope.get("http_version", "")
    return (client[0] if client else ""), version
