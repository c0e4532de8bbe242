"""The browser's side: pairs that the real Datastar client plays in a real Chromium."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

__all__ = ("Outcome", "Patch", "client_page", "play")

PLAYER = Path(__file__).with_name("client.js")
PATCHES_PER_CALL = 100  # a call to the page takes milliseconds, a patch less than one
READY = "window.ready = new Promise(r => document.addEventListener('datastar-ready', r))"


@dataclass(frozen=True)
class Patch:
    """A page, and a patch that is sent to it, or several in one turn."""

    before: str
    after: str
    mode: str = "outer"
    selector: str | None = None
    namespace: str = "html"
    is_document: bool = False
    setup: str = ""
    more: "tuple[Patch, ...]" = ()  # only what they send counts
    begins_turn: bool = False  # whether Datastar applies its attributes before this one of `more`
    focuses: bool = False  # whether a user has put the focus into a field
    empties_pantry: bool = False  # whether the client forgets the nodes that it leaves there


@dataclass(frozen=True)
class Outcome:
    """The page after a patch: its markup, its nodes by path, and the patch's other effects."""

    html: str
    nodes: list[tuple[str, str, str | None, bool]]
    removed: list[str]
    moved: list[str]
    parked: list[str]
    runs: list[tuple[str | None, str | None, str, int]]  # path, path before, attribute, times
    scripts: dict[str, int]  # text, times
    script_texts: dict[str, str]  # path, text
    fields: list[tuple[str, str, str | bool, str | bool]]  # path, property, the user's value, now
    focused: str | None  # path
    exception: str | None
    warnings: list[str]


@contextmanager
def client_page(browser: Browser, bundle: Path) -> Iterator[Page]:
    """Open an empty page with a running Datastar client."""
    page = browser.new_page()
    page.set_content(f"<!doctype html><title></title><script>{READY}</script>")
    page.add_script_tag(content=bundle.read_text(encoding="utf-8"), type="module")
    page.evaluate("ready")
    page.add_script_tag(path=PLAYER)
    yield page
    page.close()


def play(page: Page, patches: Sequence[Patch]) -> Iterator[Outcome]:
    """Show and patch the page of each patch, and yield the browser's outcome."""
    for start in range(0, len(patches), PATCHES_PER_CALL):
        chosen = patches[start : start + PATCHES_PER_CALL]
        # Passed as text, because Playwright's serialization of values is slower than the morphs.
        played = page.evaluate(
            "async text => JSON.stringify(await play(JSON.parse(text)))",
            json.dumps([asdict(patch) for patch in chosen]),
        )
        yield from (Outcome(**outcome) for outcome in json.loads(played))
