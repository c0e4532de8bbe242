"""Static files with a hash of their content in their URLs."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from fatmorph.adapters.starlette import HashedFiles
from fatmorph.errors import StaticFileError
from fatmorph.testing import call

FOR_A_YEAR = "public, max-age=31536000, immutable"
STYLE = "/static/style.925e8741be69.css"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "icons").mkdir()
    (tmp_path / "style.css").write_text("body { color: red }", encoding="utf-8")
    (tmp_path / "icons" / "new card.min.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "LICENSE").write_text("MIT", encoding="utf-8")
    return tmp_path


async def response(files: HashedFiles, path: str, **headers: str) -> tuple[int, str | None, bytes]:
    """Return the status, the `cache-control` and the body of a file's response."""
    app = Starlette(routes=[Mount(files.path, files)])
    found = await call(app, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return found.status, found.headers.get("cache-control"), found.body


def test_a_url_has_the_hash_before_the_last_suffix(folder: Path) -> None:
    files = HashedFiles(folder)

    urls = [files.url(name) for name in ("style.css", "icons/new card.min.svg", "LICENSE")]

    assert urls == [
        STYLE,
        "/static/icons/new%20card.min.d4dc56669143.svg",
        "/static/LICENSE.e5dcffe836b6",
    ]


def test_a_changed_file_has_another_url(folder: Path) -> None:
    files = HashedFiles(folder)
    before = files.url("style.css")

    (folder / "style.css").write_text("body { color: blue }", encoding="utf-8")

    assert files.url("style.css") != before
    assert HashedFiles(folder).url("style.css") == files.url("style.css")


async def test_a_browser_keeps_a_file_with_its_current_hash_for_a_year(folder: Path) -> None:
    files = HashedFiles(folder)

    found = [await response(files, files.url(n)) for n in ("style.css", "icons/new card.min.svg")]

    assert found == [(200, FOR_A_YEAR, b"body { color: red }"), (200, FOR_A_YEAR, b"<svg/>")]


async def test_a_browser_asks_again_for_a_file_without_a_hash_or_with_an_old_one(
    folder: Path,
) -> None:
    files = HashedFiles(folder)

    found = [
        await response(files, "/static/style.css"),
        await response(files, "/static/style.000000000000.css"),
    ]

    assert found == [(200, "no-cache", b"body { color: red }")] * 2


async def test_a_file_that_has_not_changed_is_not_sent_again(folder: Path) -> None:
    files = HashedFiles(folder)
    app = Starlette(routes=[Mount(files.path, files)])
    etag = (await call(app, files.url("style.css"))).headers["etag"]

    assert await response(files, STYLE, if_none_match=etag) == (304, FOR_A_YEAR, b"")


async def test_a_file_whose_own_name_looks_like_a_hash_is_served_as_it_is(folder: Path) -> None:
    (folder / "app.0123456789ab.js").write_text("1", encoding="utf-8")

    found = await response(HashedFiles(folder), "/static/app.0123456789ab.js")

    assert found == (200, "no-cache", b"1")


@pytest.mark.parametrize(
    "path",
    ["/static/none.css", "/static/none.925e8741be69.css", "/static/icons", "/static/..%2fmain.py"],
)
async def test_a_path_of_anything_but_a_file_of_the_folder_is_not_found(
    folder: Path, path: str
) -> None:
    (folder.parent / "main.py").write_text("", encoding="utf-8")

    assert (await response(HashedFiles(folder), path))[0] == 404


@pytest.mark.parametrize("name", ["styles.css", "../main.py", "/etc/passwd", "icons", ""])
def test_the_url_of_anything_but_a_file_of_the_folder_raises(folder: Path, name: str) -> None:
    (folder.parent / "main.py").write_text("", encoding="utf-8")

    with pytest.raises(StaticFileError, match="no static file is called"):
        HashedFiles(folder).url(name)


def test_the_files_can_be_mounted_elsewhere(folder: Path) -> None:
    assert HashedFiles(folder, path="/assets/").url("style.css") == STYLE.replace(
        "/static", "/assets"
    )
