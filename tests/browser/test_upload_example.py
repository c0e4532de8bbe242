"""The album in a real browser: progress, cancelling, and files that are refused."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running

MEGABYTE = 1_000_000
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63702959060002630134a1c69e930000000049454e44ae426082"
)


@pytest.fixture
def upload(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "upload") as server:
        yield server


@pytest.fixture
def pages(upload: Server, new_page: Callable[[], Page]) -> tuple[Page, Page]:
    opened = new_page(), new_page()
    for page in opened:
        page.goto(upload.base_url)
    return opened


@pytest.fixture
def png(tmp_path: Path) -> Callable[..., Path]:
    """Make a picture of one pixel, with bytes after its end up to a size."""

    def make(name: str, size: int = 0) -> Path:
        path = tmp_path / name
        path.write_bytes(PIXEL.ljust(size, b"\0"))
        return path

    return make


def send(page: Page, *files: Path) -> None:
    page.get_by_label("Photos").set_input_files(list(files))


def slow_down(page: Page, bytes_per_second: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send(
        "Network.emulateNetworkConditions", conditions | {"uploadThroughput": bytes_per_second}
    )


def test_photos_appear_on_all_pages_and_the_field_is_empty_again(
    pages: tuple[Page, Page], png: Callable[..., Path]
) -> None:
    first, second = pages
    send(first, png("sea.png"), png("hill.png"))

    for page in pages:
        for name in ("sea.png", "hill.png"):
            expect(page.get_by_alt_text(name)).to_have_js_property("naturalWidth", 1)
    expect(first.get_by_label("Photos")).to_have_value("")
    expect(second.get_by_text("Photos: 2")).to_be_visible()


def test_the_bar_shows_how_much_has_arrived_while_others_add_photos(
    pages: tuple[Page, Page], png: Callable[..., Path]
) -> None:
    first, second = pages
    slow_down(first, 3 * MEGABYTE)
    send(first, png("large.png", 12 * MEGABYTE))
    bar = first.get_by_role("progressbar", name="Sent")
    expect(bar).to_be_visible()

    send(second, png("sea.png"))

    expect(first.get_by_alt_text("sea.png")).to_be_visible()
    expect(bar).not_to_have_js_property("value", 0)
    expect(second.get_by_role("progressbar")).to_have_count(0)
    expect(second.get_by_alt_text("large.png")).to_be_visible(timeout=30_000)
    expect(bar).to_have_count(0)


@pytest.mark.console_errors(r"net::ERR_", "Failed to fetch", "Datastar failed to reach")
def test_a_cancelled_upload_is_told_and_another_one_can_be_sent(
    pages: tuple[Page, Page], png: Callable[..., Path]
) -> None:
    page = pages[0]
    slow_down(page, 3 * MEGABYTE)
    send(page, png("large.png", 18 * MEGABYTE))

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("The upload was cancelled.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    send(page, png("sea.png"))
    expect(page.get_by_alt_text("sea.png")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("The upload was cancelled.")).to_have_count(0)
    expect(page.get_by_text("Photos: 1")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("large.png", bytes(22 * MEGABYTE), "must not be larger than 20 MB"),
        ("a.png", b"text", "a.png is not a PNG or a JPEG"),
        ("a.txt", b"text", "must be a file of type PNG, JPEG"),
    ],
    ids=["size", "content", "type"],
)
def test_a_wrong_file_is_told_at_the_field(
    pages: tuple[Page, Page], tmp_path: Path, name: str, content: bytes, error: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    send(pages[0], file)

    field = pages[0].get_by_label("Photos")
    expect(field).to_have_accessible_description(error)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(pages[1].get_by_role("alert")).to_have_text("")
    expect(pages[0].get_by_text("No photos yet.")).to_be_visible()
