"""Tests of the album, without a server: `python -m pytest`."""

from pathlib import Path

import pytest
from main import Photo, Tab, app, folder, home_view, photos

from fatmorph import Element
from fatmorph.morph import check
from fatmorph.testing import File, Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

PNG = b"\x89PNG\r\n\x1a\n and the rest"
JPEG = b"\xff\xd8\xff and the rest"


@pytest.fixture(autouse=True)
def empty_album() -> None:
    photos.clear()


async def send(page: Page, *files: File) -> None:
    await page.upload(page.get_by_label("Photos"), *files)
    await page.advance(1)


def alts(page: Page) -> list[str]:
    return [image.attributes["alt"] for image in page.get_by_css("#photos img")]


def test_the_album_begins_empty(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab()))


def test_a_page_shows_the_progress_of_its_upload(view_snapshot: ViewSnapshot) -> None:
    photos.append(Photo("a.png", "The <sea>"))

    view_snapshot(home_view(Tab(percent=40)))


def test_an_error_is_told_next_to_the_field(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab(error="must be smaller", uploads=1)))


def samples() -> dict[str, tuple[Element, Element]]:
    photos.clear()
    empty = home_view(Tab())
    photos.append(Photo("a.png", "The sea"))
    return {
        "an upload begins": (empty, home_view(Tab(percent=40))),
        "a file is refused": (home_view(Tab(percent=40)), home_view(Tab(error="!", uploads=1))),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


async def test_photos_are_kept_and_shown_to_all_with_the_newest_first() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await send(ada, File("sea.png", PNG, "image/png"))
        await send(ada, File("hill.jpg", JPEG, "image/jpeg"), File("lake.png", PNG, "image/png"))

        assert alts(grace) == alts(ada) == ["lake.png", "hill.jpg", "sea.png"]
        assert (Path(folder.name) / photos[1].file).read_bytes() == JPEG
        assert ada.get_by_label("Photos").value == ""
        assert not ada.get_by_role("progressbar")


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (File("a.txt", b"text", "text/plain"), "must be a file of type PNG, JPEG"),
        (File("a.png", b"text", "image/png"), "a.png is not a PNG or a JPEG"),
    ],
    ids=["type", "content"],
)
async def test_a_wrong_file_is_told_to_its_user_alone(file: File, error: str) -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await send(ada, file)

        assert ada.get_by_id("error").text == error
        assert ada.get_by_label("Photos").attributes["aria-invalid"] == "true"
        assert (alts(ada), grace.get_by_id("error").text) == ([], "")


async def test_a_right_file_after_a_wrong_one_removes_the_error() -> None:
    async with open_page(app) as page:
        await send(page, File("a.png", b"text", "image/png"))
        await send(page, File("sea.png", PNG, "image/png"))

        assert page.get_by_id("error").text == ""
        assert alts(page) == ["sea.png"]
