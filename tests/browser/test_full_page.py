"""A full page as a patch: everything may change, and elements with ids stay the same elements."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
MARK = "document.querySelectorAll('html, head, body, [id]').forEach(node => { node.mark = 1 })"
MARKED = """[...document.querySelectorAll('html, head, body, [id]')]
    .filter(node => node.mark).map(node => node.id || node.localName)"""


@pytest.fixture
def opened(page: Page, datastar_bundle: Path) -> Iterator[Server]:
    """Serve the program, and open its page."""
    env = {"DATASTAR": str(datastar_bundle)}
    command = [sys.executable, "full_page.py"]
    with running(command, cwd=PROGRAMS, env=env) as server:
        with page.expect_response("**/subscribe*"):
            page.goto(server.base_url)
        yield server


def test_title_head_body_and_attributes_change(opened: Server, page: Page) -> None:
    publish_next(opened, page)

    expect(page.locator("#heading")).to_have_text("Edition 2")
    shown = page.evaluate(
        """() => ({
            title: document.title,
            description: document.getElementById('description').content,
            html: document.documentElement.cloneNode(false).outerHTML,
            body: {title: document.body.title, class: document.body.className},
            banner: document.getElementById('banner').textContent,
            list: [...document.getElementById('list').children].map(item => item.id),
        })"""
    )
    assert shown == {
        "title": "Edition 2",
        "description": "The edition 2",
        "html": '<html lang="de" data-theme="dark"></html>',
        "body": {"title": "", "class": "later"},
        "banner": "There is news.",
        "list": ["item-3", "item-4", "item-1"],
    }


def test_the_page_and_its_elements_with_ids_stay_the_same_nodes(opened: Server, page: Page) -> None:
    page.evaluate(MARK)

    publish_next(opened, page)

    expect(page.locator("#heading")).to_have_text("Edition 2")
    assert page.evaluate(MARKED) == [
        "html",
        "head",
        "description",
        "datastar",
        "body",
        "heading",
        "name",
        "list",
        "item-3",
        "item-1",
    ]


def test_typed_text_focus_and_caret_are_kept(opened: Server, page: Page) -> None:
    page.locator("#name").fill("Ada Lovelace")
    page.locator("#name").evaluate("field => field.setSelectionRange(2, 5)")

    publish_next(opened, page)

    expect(page.locator("#heading")).to_have_text("Edition 2")
    expect(page.locator("#name")).to_be_focused()
    expect(page.locator("#name")).to_have_value("Ada Lovelace")
    caret = "field => [field.selectionStart, field.selectionEnd]"
    assert page.locator("#name").evaluate(caret) == [2, 5]


def test_a_patch_does_not_reopen_the_stream_or_reload_the_client(
    opened: Server, page: Page
) -> None:
    paths: list[str] = []
    page.on("request", lambda request: paths.append(urlsplit(request.url).path))

    for edition in range(2, 12):
        page.evaluate("() => fetch('/next', {method: 'POST'})")
        expect(page.locator("#heading")).to_have_text(f"Edition {edition}")

    assert paths == ["/next"] * 10


def publish_next(server: Server, page: Page) -> None:
    # Requested by the test and not by the page, which only follows.
    page.request.post(f"{server.base_url}/next")
