"""How often a page asks for its stream again, for each way in which the stream fails."""

import time
from collections.abc import Callable, Iterable

from playwright.sync_api import Page

from servers import Server

__all__ = ("FAILURES", "let_pass", "request_times")

FAILURES = (
    *("raises", "raises-later", "source-fails", "returns"),
    *("unauthorized", "unavailable", "refused"),
)


def request_times(
    new_page: Callable[[], Page], server: Server, seconds: float, names: Iterable[str] = FAILURES
) -> dict[str, list[float]]:
    """Return when each of the pages asked, in seconds since its first request.

    Args:
        new_page: Opens a tab.
        server: Runs `programs/retries.py`.
        seconds: How long the requests are counted.
        names: Which of the program's pages are opened, all at once.
    """
    times: dict[str, list[float]] = {name: [] for name in names}
    pages = []
    for name, asked in times.items():
        page = new_page()
        page.on("request", lambda request, asked=asked: _note(request.url, asked))
        page.goto(f"{server.base_url}/{name}")
        pages.append(page)
    pages[0].wait_for_timeout(seconds * 1000)
    for page in pages:
        page.close()
    return {
        name: [at - asked[0] for at in asked if at - asked[0] <= seconds]
        for name, asked in times.items()
    }


def let_pass(page: Page, seconds: float) -> None:
    """Let the browser run for some seconds, to see what it does by itself, or that it does not."""
    page.wait_for_timeout(seconds * 1000)


def _note(url: str, asked: list[float]) -> None:
    if "/live" in url:
        asked.append(time.monotonic())
