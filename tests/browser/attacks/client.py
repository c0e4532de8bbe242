"""A tab in a real Chromium, and the server that sends it the batches of cases."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Error, Page

from browser.attacks.pages import Batch

__all__ = ("Client", "Outcome", "attacked_client")

WATCHER = Path(__file__).with_name("watcher.js")
# Blocked images and sounds cost no requests; to a script, their loading has failed.
POLICY = "img-src 'none'; media-src 'none'; font-src 'none'"
# A tab becomes several times slower after it has shown some dozens of attacked pages.
BATCHES_PER_TAB = 10


@dataclass
class Outcome:
    """The cases that did something in one state of a page, and whether Datastar still works."""

    state: str
    ran: list[int]
    injected: list[int]
    alive: bool
    left: bool = False


@dataclass
class Client:
    """A tab of a browser, and the answers of its server."""

    browser: Browser
    base_url: str
    served: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    page: Page | None = None
    shown: int = 0

    def close(self) -> None:
        """Close the tab, if there is one."""
        if self.page:
            self.page.close()

    def show(self, batch: Batch) -> list[Outcome]:
        """Show a batch in each of its states."""
        self.served["/load"] = ("text/html; charset=utf-8", batch.load())
        self.served["/morph"] = ("text/event-stream", batch.morph())
        self.served["/insert"] = ("text/event-stream", batch.insert())
        self._renew_page()
        self.page.goto(f"{self.base_url}/load", wait_until="domcontentloaded")
        return [
            self._outcome("loaded", "attacks.loaded('loaded')"),
            self._outcome("morphed", "attacks.patched('/morph', 'morphed')"),
            self._outcome("inserted", "attacks.patched('/insert', 'inserted')"),
        ]

    def _renew_page(self) -> None:
        if self.shown % BATCHES_PER_TAB == 0:
            self.close()
            self.page = self.browser.new_page()
        self.shown += 1

    def _outcome(self, state: str, script: str) -> Outcome:
        try:
            return Outcome(state, **self.page.evaluate(script))
        except Error:  # the page is another one
            return Outcome(state, [], [], alive=False, left=True)


@contextmanager
def attacked_client(browser: Browser, bundle: Path) -> Iterator[Client]:
    """Open a tab, and start a server on a free port."""
    served = {
        "/watcher.js": ("text/javascript", WATCHER.read_bytes()),
        "/datastar.js": ("text/javascript", bundle.read_bytes()),
    }

    class Handler(_Handler):
        answers = served

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    client = Client(browser, f"http://127.0.0.1:{server.server_port}", served)
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))  # the body of a form or a ping
        content_type, body = self.answers.get(self.path.partition("?")[0], ("", b""))
        # A frame with `src="#"` would load the page itself, again and again.
        if content_type.startswith("text/html") and self.headers["Sec-Fetch-Dest"] != "document":
            content_type, body = "", b""
        self.send_response(200 if content_type else 204)
        if content_type:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
        if content_type == "text/javascript":
            self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - their base's names

    def handle(self) -> None:
        with suppress(ConnectionError):  # from a frame that the page has removed
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's name
        """Print nothing."""
