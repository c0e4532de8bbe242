"""A real Chromium, driven by Playwright's synchronous API, and the real Datastar client.

Tests here are plain functions. Servers run in processes of their own (`servers.running`) or in a
thread, never in the test's thread: Playwright's synchronous API keeps an event loop running there.
One Chromium serves all tests of a process. Between the modules that use it, its loop is hidden,
because the asyncio tests in between must find a thread without a running loop.
"""

import asyncio
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

from browser.datastar_bundle import BundleUnavailableError, datastar_bundle_path
from machine import missing
from servers import Server

# Chromium without its window and menus, in which a page costs a sixth of the processor time.
SHELL_NAME = "chromium-headless-shell"
CHROMIUM_NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Long enough for a server that starts again on a busy machine; a test that passes does not wait.
DEFAULT_TIMEOUT_MS = 20_000
expect.set_options(timeout=DEFAULT_TIMEOUT_MS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Find Chromium: the variable CHROMIUM, else the shell, else the usual names on the PATH."""
    return _found(SHELL_NAME, *CHROMIUM_NAMES)


@pytest.fixture(scope="session")
def whole_chromium_path() -> str:
    """Find a Chromium with a window and menus, which has a back-forward cache."""
    return _found(*CHROMIUM_NAMES)


def _found(*names: str) -> str:
    named = os.environ.get("CHROMIUM")
    candidates = (named,) if named else names
    found = next(filter(None, map(shutil.which, candidates)), None)
    return found or missing("chromium", "no Chromium is installed: apt-get install chromium")


@pytest.fixture(scope="session")
def datastar_bundle() -> Path:
    """Return the real Datastar client, or the one that `FATMORPH_DATASTAR` names."""
    return _bundle()


@pytest.fixture(scope="session")
def official_bundle() -> Callable[[str], Path]:
    """Return the real Datastar client of a release, whatever `FATMORPH_DATASTAR` names."""
    return _bundle


def _bundle(version: str | None = None) -> Path:
    try:
        return datastar_bundle_path(version)
    except BundleUnavailableError as error:
        missing("datastar", str(error))


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Start Chromium and Playwright, and return the browser and Playwright's hidden loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, headless=True, args=CHROMIUM_ARGUMENTS
        )
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(chromium: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    browser, loop = chromium
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with closing(browser.new_context()) as context:
        context.set_default_timeout(DEFAULT_TIMEOUT_MS)
        yield context


@pytest.fixture
def new_page(
    context: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Page]]:
    """Open tabs of one browser profile; any error in their consoles fails the test.

    `@pytest.mark.console_errors("pattern")` lets those pass that the test brings about.
    """
    marker = request.node.get_closest_marker("console_errors")
    expected = [re.compile(pattern) for pattern in (marker.args if marker else ())]
    unexpected: list[str] = []

    def record(text: str) -> None:
        if not any(pattern.search(text) for pattern in expected):
            unexpected.append(text)

    def open_page() -> Page:
        page = context.new_page()
        page.on("console", lambda message: _record_console(message, record))
        page.on("pageerror", lambda error: record(_error_text(error)))
        return page

    yield open_page

    assert unexpected == [], "the browser's console has errors"


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    return new_page()


@pytest.fixture
def live_page(server: Server, page: Page) -> Page:
    """Return the page of the test's server, whose stream has begun."""
    with page.expect_response("**/subscribe*"):
        page.goto(server.base_url)
    return page


@pytest.fixture
def serve_responses() -> Iterator[Callable[[dict[str, tuple[str, bytes]]], str]]:
    """Serve fixed answers, path to content type and body, and return the base URL."""
    servers: list[ThreadingHTTPServer] = []

    def serve(responses: dict[str, tuple[str, bytes]]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_FixedResponses, responses))
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve

    for server in servers:
        server.shutdown()
        server.server_close()


class _FixedResponses(BaseHTTPRequestHandler):
    def __init__(self, responses: dict[str, tuple[str, bytes]], *arguments: object) -> None:
        self.answers = responses
        super().__init__(*arguments)  # type: ignore[arg-type]  # what socketserver passes on

    def do_GET(self) -> None:
        answer = self.answers.get(self.path.partition("?")[0])
        content_type, body = answer or ("text/plain", b"")
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's name
        """Print nothing: the test's own output is what matters."""


def _record_console(message: ConsoleMessage, record: Callable[[str], None]) -> None:
    # The browser asks for the icon by itself: no page of ours has anything to do with it.
    if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
        record(message.text)


def _error_text(error: Error) -> str:
    return error.stack or error.message
