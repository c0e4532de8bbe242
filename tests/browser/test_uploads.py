"""An upload in a live page: its progress is drawn, and refused files are told beside the field."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
FIFTY_MB = 50_000_000
# Records each value of the bar that is drawn.
RECORD = """() => {
    window.values = []
    new MutationObserver(() => {
        const value = document.querySelector('#bar')?.value
        if (value !== undefined && value !== window.values.at(-1)) window.values.push(value)
    }).observe(document.body, {subtree: true, childList: true, attributes: true})
}"""

# Counts the uploads. Playwright's own event would copy the body of each request.
COUNT = """() => {
    window.uploads = 0
    const send = window.fetch
    window.fetch = (url, ...rest) => {
        window.uploads += String(url).includes('/upload')
        return send(url, ...rest)
    }
}"""


@pytest.fixture(params=["1.0.1", "1.0.4"])
def server(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    env = {"DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, "uploads.py"], cwd=PROGRAMS, env=env) as server:
        yield server


def file_of(folder: Path, size: int, name: str = "a.png") -> Path:
    path = folder / name
    path.write_bytes(b"\x89PNG" * (size // 4))
    return path


def send(page: Page, *files: Path) -> None:
    page.get_by_label("Photos").set_input_files(files)
    page.locator("#send").click()


def slow_down(page: Page, bytes_per_second: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send(
        "Network.emulateNetworkConditions", conditions | {"uploadThroughput": bytes_per_second}
    )


def test_the_progress_of_50_mb_is_drawn_and_memory_stays_flat(
    server: Server, live_page: Page, tmp_path: Path
) -> None:
    send(live_page, file_of(tmp_path, 400_000, "first.png"))
    expect(live_page.locator("#uploads li")).to_have_text(["first.png 400000"])
    before = server.peak_memory_bytes()
    live_page.evaluate(RECORD)
    slow_down(live_page, 25_000_000)

    send(live_page, file_of(tmp_path, FIFTY_MB), file_of(tmp_path, 8, "b.png"))

    expect(live_page.locator("#bar")).to_be_visible()
    expect(live_page.locator("#send")).to_be_disabled()
    live_page.request.post(f"{server.base_url}/count")
    expect(live_page.locator("#count")).to_have_text("1")
    expect(live_page.locator("#bar")).to_be_visible()
    expect(live_page.locator("#uploads li").nth(1)).to_have_text(
        f"a.png {FIFTY_MB}, b.png 8", timeout=60_000
    )
    expect(live_page.locator("#bar")).to_have_count(0)
    expect(live_page.get_by_label("Photos")).to_have_value("")
    values = live_page.evaluate("values")
    assert values == sorted(values)
    assert len([value for value in values if 0 < value < 100]) >= 3
    assert server.peak_memory_bytes() - before < 2**24


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([("a.png", 4), ("a.txt", 4)], "must be a file of type PNG"),
        ([("a.png", 51 * 1024 * 1024 + 4)], "must not be larger than 51 MB"),
        ([(f"{number}.png", 4) for number in range(4)], "must have at most 3 items"),
        ([], "must have at least 1 item"),
    ],
    ids=["type", "size", "number", "none"],
)
def test_a_refused_file_is_told_beside_the_field(
    live_page: Page, tmp_path: Path, files: list[tuple[str, int]], message: str
) -> None:
    send(live_page, *[file_of(tmp_path, size, name) for name, size in files])

    field = live_page.get_by_label("Photos")
    expect(live_page.locator("#photos-error")).to_have_text(message)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(message)
    expect(live_page.locator("#bar")).to_have_count(0)
    expect(live_page.locator("#send")).to_be_enabled()
    assert field.evaluate("field => field.files.length") == len(files)


@pytest.mark.console_errors("413")
def test_a_form_that_is_too_large_is_a_413_and_told_beside_the_field(
    live_page: Page, tmp_path: Path
) -> None:
    file = file_of(tmp_path, 56 * 1024 * 1024)

    with live_page.expect_response("**/upload", timeout=60_000) as response:
        send(live_page, file)

    assert response.value.status == 413
    expect(live_page.locator("#photos-error")).to_have_text("must be smaller")
    expect(live_page.get_by_label("Photos")).to_have_accessible_description("must be smaller")
    send(live_page, file_of(tmp_path, 4, "small.png"))
    expect(live_page.locator("#uploads li")).to_have_text(["small.png 4"])
    expect(live_page.locator("#photos-error")).to_have_text("")


def test_a_file_that_the_page_refuses_is_not_sent(live_page: Page, tmp_path: Path) -> None:
    requests: list[str] = []
    live_page.on("request", lambda request: requests.append(request.url))
    file = tmp_path / "large.png"
    with file.open("wb") as large:
        large.truncate(61 * 1024 * 1024)

    send(live_page, file)

    message = live_page.get_by_label("Photos").evaluate("field => field.validationMessage")
    assert (message, requests) == ("too large", [])


@pytest.mark.console_errors(r"net::ERR_", "Failed to fetch", "Datastar failed to reach")
def test_a_user_cancels_an_upload_and_sends_another(live_page: Page, tmp_path: Path) -> None:
    live_page.evaluate(COUNT)
    slow_down(live_page, 5_000_000)
    send(live_page, file_of(tmp_path, FIFTY_MB))

    live_page.locator("#cancel").click()

    expect(live_page.locator("#photos-error")).to_have_text("was cancelled")
    expect(live_page.locator("#bar")).to_have_count(0)
    send(live_page, file_of(tmp_path, 4, "small.png"))
    expect(live_page.locator("#uploads li")).to_have_text(["small.png 4"])
    assert live_page.evaluate("uploads") == 2
