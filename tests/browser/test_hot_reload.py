"""Hot reload: an open page shows a saved view after a mere restart of the server."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.watched_tiles import REFINED, SIMPLE, WatchedTiles, watched_tiles

# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "Failed to fetch", "Datastar failed to reach", "network error")
pytestmark = pytest.mark.console_errors(*AWAY)

TITLE = 'h.h1("Tiles")'
FOOTER = 'h.footer("Everybody with this page open paints on the same board."),'
# A page for a user at work: a field, a box that scrolls, and more height than the screen.
BUSY_PAGE = (
    FOOTER,
    FOOTER
    + """
            h.input({"id": "note", "aria-label": "Note"}),
            h.div(
                {"id": "log", "style": "height: 5rem; overflow: auto"},
                [h.p(line) for line in range(50)],
            ),
            h.div({"style": "height: 200vh"}),
""",
)

commands = pytest.mark.parametrize("options", [SIMPLE, REFINED], ids=["simple", "refined"])
Serve = Callable[..., WatchedTiles]


@pytest.fixture
def serve(tmp_path: Path, datastar_bundle: Path) -> Iterator[Serve]:
    with ExitStack() as stack:

        def serve(
            options: Sequence[str] = SIMPLE, *, edits: Sequence[tuple[str, str]] = ()
        ) -> WatchedTiles:
            folder = tmp_path / "tiles"
            return stack.enter_context(watched_tiles(folder, datastar_bundle, options, edits))

        yield serve


@commands
def test_a_saved_view_appears_in_the_open_page_without_a_navigation(
    serve: Serve, page: Page, options: Sequence[str]
) -> None:
    tiles = serve(options)
    navigations = open_page(page, tiles)

    tiles.save(TITLE, 'h.h1("Mosaic")')

    expect(page.locator("h1")).to_have_text("Mosaic")
    assert navigations == []
    assert page.evaluate("window.loaded") == "once"


@commands
def test_focus_typed_text_caret_and_scroll_position_are_kept(
    serve: Serve, page: Page, options: Sequence[str]
) -> None:
    tiles = serve(options, edits=[BUSY_PAGE])
    open_page(page, tiles)
    page.locator("#note").fill("half a sentence")
    page.locator("#note").evaluate("field => field.setSelectionRange(5, 8)")
    page.evaluate("() => { document.getElementById('log').scrollTop = 120; scrollTo(0, 150) }")
    before = page.evaluate(STATE)

    tiles.save(TITLE, 'h.h1("Mosaic")')

    expect(page.locator("h1")).to_have_text("Mosaic")
    assert page.evaluate(STATE) == before
    assert before == {
        "focus": "note",
        "text": "half a sentence",
        "caret": [5, 8],
        "page": 150,
        "box": 120,
    }


STATE = """() => {
    const field = document.getElementById('note');
    return {
        focus: document.activeElement.id,
        text: field.value,
        caret: [field.selectionStart, field.selectionEnd],
        page: scrollY,
        box: document.getElementById('log').scrollTop,
    };
}"""


def test_a_user_keeps_the_colour_and_can_continue_to_paint(serve: Serve, page: Page) -> None:
    tiles = serve()
    open_page(page, tiles)
    you = page.locator(".swatch.you").get_attribute("id")

    tiles.save(TITLE, 'h.h1("Mosaic")')

    expect(page.locator("h1")).to_have_text("Mosaic")
    expect(page.locator(".swatch.you")).to_have_id(str(you))
    page.locator("#tile-7").click()
    expect(page.locator(".tile.painted")).to_have_id("tile-7")


def test_every_open_page_shows_the_saved_view(serve: Serve, new_page: Callable[[], Page]) -> None:
    tiles = serve()
    pages = [new_page(), new_page()]
    for page in pages:
        open_page(page, tiles)

    tiles.save(TITLE, 'h.h1("Mosaic")')

    for page in pages:
        expect(page.locator("h1")).to_have_text("Mosaic")


def test_a_file_saved_by_renaming_appears_too(serve: Serve, page: Page) -> None:
    tiles = serve()
    open_page(page, tiles)

    tiles.save_by_renaming(TITLE, 'h.h1("Mosaic")')

    expect(page.locator("h1")).to_have_text("Mosaic")


@commands
def test_the_page_recovers_after_a_syntax_error_is_fixed(
    serve: Serve, page: Page, options: Sequence[str]
) -> None:
    tiles = serve(options)
    navigations = open_page(page, tiles)

    tiles.save(TITLE, 'h.h1("Mosaic"')
    tiles.wait_for_output("SyntaxError")
    expect(page.locator("h1")).to_have_text("Tiles")
    tiles.save('h.h1("Mosaic"', 'h.h1("Mended")')

    expect(page.locator("h1")).to_have_text("Mended")
    assert navigations == []


def test_the_page_recovers_after_a_raising_view_is_fixed(serve: Serve, page: Page) -> None:
    tiles = serve()
    navigations = open_page(page, tiles)

    tiles.save(TITLE, "h.h1(1 / 0)")
    tiles.wait_for_output("ZeroDivisionError")
    tiles.save("h.h1(1 / 0)", 'h.h1("Mended")')

    expect(page.locator("h1")).to_have_text("Mended")
    assert navigations == []


def test_the_last_of_three_simultaneous_saves_wins(serve: Serve, page: Page) -> None:
    tiles = serve()
    open_page(page, tiles)

    tiles.save(TITLE, 'h.h1("One")')
    tiles.save('h.h1("One")', 'h.h1("Two")')
    tiles.save('h.h1("Two")', 'h.h1("Three")')

    expect(page.locator("h1")).to_have_text("Three")


def test_the_last_of_three_saves_during_a_restart_wins(serve: Serve, page: Page) -> None:
    tiles = serve()
    navigations = open_page(page, tiles)

    tiles.save(TITLE, 'h.h1("One")')
    tiles.wait_for_output("detected", times=1)
    tiles.save('h.h1("One")', 'h.h1("Two")')
    tiles.wait_for_output("detected", times=2)
    tiles.save('h.h1("Two")', 'h.h1("Three")')

    expect(page.locator("h1")).to_have_text("Three")
    assert navigations == []


@commands
def test_an_interrupt_of_watchfiles_ends_all_processes_cleanly(
    serve: Serve, page: Page, options: Sequence[str]
) -> None:
    tiles = serve(options)
    open_page(page, tiles)

    exit_code = tiles.server.stop(within_seconds=5)

    assert exit_code == 0
    assert "Traceback" not in tiles.server.output()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", tiles.server.port), timeout=5)


def open_page(page: Page, tiles: WatchedTiles) -> list[str]:
    """Open Tiles, wait for its stream, and return the list of later navigations."""
    navigations: list[str] = []
    page.goto(tiles.server.base_url)
    expect(page.locator(".swatch.you")).to_have_count(1)
    page.evaluate("window.loaded = 'once'")
    page.on("framenavigated", lambda frame: navigations.append(frame.url))
    return navigations
