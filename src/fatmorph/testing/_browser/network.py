"""A browser's profile: its cookies, and its way to the server.

Sources: https://www.rfc-editor.org/rfc/rfc6265 and https://fetch.spec.whatwg.org/#http-redirect-fetch
"""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urljoin, urlsplit

from fatmorph.testing._server import Exchange, Receiver, Request, Server

__all__ = ("Journey", "Profile")

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEP_METHOD = frozenset({307, 308})
MAX_REDIRECTS = 20
ACCEPT_PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
AGENT = "fatmorph.testing"


class Profile:
    """One user's browser: pages that share it share its cookies.

    Args:
        server: The server.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """Sent with every request."""
        self.is_online = True

    def send(self, request: Request, receiver: Receiver) -> Journey | None:
        """Begin an exchange and follow its redirects; None if there is no connection."""
        if not self.is_online or not self.server.is_up:
            return None
        return Journey(self, request, receiver)

    def begin(self, request: Request, receiver: Receiver) -> Exchange:
        """Begin one exchange, with the cookies and the headers of this browser."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        headers = {"user-agent": AGENT, "accept": ACCEPT_PAGE, "sec-fetch-site": "same-origin"}
        headers |= self.headers
        if request.method not in ("GET", "HEAD"):
            headers["origin"] = origin
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = Request(request.method, request.url, {**headers, **request.headers}, request.body)
        return self.server.send(sent, receiver)

    def take_cookies(self, headers: Iterable[tuple[str, str]]) -> None:
        """Keep the cookies of a response."""
        for name, value in headers:
            if name == "set-cookie":
                self._take_cookie(value)

    def _take_cookie(self, text: str) -> None:
        try:
            morsels = SimpleCookie(text)
        except CookieError:
            return  # as a browser, which ignores it
        for name, morsel in morsels.items():
            is_gone = morsel["max-age"] == "0" or "01 Jan 1970" in morsel["expires"]
            if is_gone:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.coded_value


class Journey:
    """An exchange and those that its redirects lead to."""

    def __init__(self, profile: Profile, request: Request, receiver: Receiver) -> None:
        self._profile = profile
        self._request = request
        self._receiver = receiver
        self._location: str | None = None
        self._status = 0
        self._count = 0
        self._exchange = profile.begin(request, self)

    @property
    def request(self) -> Request:
        """The last request, after all redirects."""
        return self._request

    @property
    def is_over(self) -> bool:
        """Whether nothing more will arrive before something changes."""
        return self._exchange.is_over

    def leave(self) -> None:
        """Close the connection."""
        self._exchange.leave()

    def take_head(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Take the head: a redirect is followed, anything else is passed on."""
        self._profile.take_cookies(headers)
        self._status = status
        location = dict(headers).get("location")
        is_followed = status in REDIRECTS and location is not None and self._count < MAX_REDIRECTS
        self._location = location if is_followed else None
        if self._location is None:
            self._receiver.take_head(status, headers)

    def take_data(self, data: bytes) -> None:
        """Take a part of the body."""
        if self._location is None:
            self._receiver.take_data(data)

    def take_end(self, *, is_complete: bool) -> None:
        """Take the end."""
        if self._location is None:
            self._receiver.take_end(is_complete=is_complete)
            return
        self._count += 1
        url = urljoin(self._request.url, self._location).partition("#")[0]
        is_kept = self._status in KEEP_METHOD or self._request.method in ("GET", "HEAD")
        headers = dict(self._request.headers)
        if not is_kept:
            headers.pop("content-type", None)
        self._request = Request(
            self._request.method if is_kept else "GET",
            url,
            headers,
            self._request.body if is_kept else b"",
        )
        self._location = None
        self._exchange = self._profile.begin(self._request, self)
