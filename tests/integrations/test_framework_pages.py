"""The program of each framework's page: started as the page says, shared by two windows."""

import sys
from pathlib import Path

import pytest

from clients import Events, request
from rules.markdown import Page
from rules.source_tree import ROOT
from servers import running

PAGES = {page.stem: Page(page) for page in sorted((ROOT / "docs" / "frameworks").glob("*.md"))}
PROGRAMS = {
    name: block.text
    for name, page in PAGES.items()
    for block in page.blocks
    if block.title == "main.py"
}
ACTION = {"datastar-request": "true", "content-type": "application/json"}


def test_every_framework_that_can_stream_has_a_program() -> None:
    assert set(PAGES) - set(PROGRAMS) == {"asgi", "flask", "wsgi"}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
async def test_a_click_in_one_window_changes_both(name: str, tmp_path: Path) -> None:
    program = PROGRAMS[name].replace("serve(app)", "serve(app, port=8000)")
    assert program.count("port=8000") == 1
    (tmp_path / "main.py").write_text(
        program.replace("port=8000", 'port=int(__import__("os").environ["PORT"])'), "utf-8"
    )

    with running([sys.executable, "main.py"], cwd=tmp_path) as server:
        _, page = request(server.port, "/")
        async with Events(server.port, "/live") as one, Events(server.port, "/live") as other:
            await one.until("♥ 0".encode())
            await other.until("♥ 0".encode())
            response, _ = request(server.port, "/like", "POST", b"{}", ACTION)
            await one.until("♥ 1".encode())
            await other.until("♥ 1".encode())

    assert (response.status, "♥ 0" in page.decode()) == (204, True)
