"""A compressed stream in a browser: every event is shown when it is sent, not with a later one."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import running

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
@pytest.mark.parametrize("silent_seconds", ["10", "0.001"], ids=["held", "released"])
def test_every_event_is_shown_at_once(
    page: Page, datastar_bundle: Path, encoding: str, silent_seconds: str
) -> None:
    """The stream keeps its memory, or releases it between events."""
    env = {
        "DATASTAR": str(datastar_bundle),
        "ENCODING": encoding,
        "SILENT_SECONDS": silent_seconds,
    }
    with running([sys.executable, "compressed.py"], cwd=PROGRAMS, env=env) as server:
        with page.expect_response("**/subscribe*") as subscribed:
            loaded = page.goto(server.base_url)

        shown = []
        for count in range(1, 6):
            page.request.post(f"{server.base_url}/next")
            expect(page.locator("#count")).to_have_text(str(count))
            expect(page.locator("#list li").last).to_have_text(str(count + 99))
            shown.append(count)

    responses = [loaded, subscribed.value]
    assert [response.headers["content-encoding"] for response in responses] == [encoding] * 2
    assert shown == [1, 2, 3, 4, 5]
