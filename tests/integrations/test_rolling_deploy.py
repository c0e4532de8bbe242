"""Two releases side by side, with a broker in between: no page misses a change."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from brokers import BROKERS, broker
from clients import Events, request
from servers import Server, running

SECONDS = 60
PAGE = {"fatmorph-state": "1-2-3-4"}
LINES = "fatmorph-state: 1-2-3-4\r\nfatmorph-signals: include=\r\n"


@pytest.fixture(params=BROKERS)
def releases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Run the old release and the new one."""
    (tmp_path / "state").write_text("0", encoding="utf-8")
    command = [sys.executable, "relay_deploy_app.py", "{port}"]
    folder = Path(__file__).parent
    with broker(request.param, tmp_path) as own:
        env = {"RELAY": own.url, "STATE": str(tmp_path / "state")}
        with (
            running(command, folder, env | {"RELEASE": "old"}) as old,
            running(command, folder, env | {"RELEASE": "new"}) as new,
        ):
            yield old, new


async def send(server: Server, path: str) -> None:
    answer, _ = await asyncio.to_thread(request, server.port, path, "POST", b"", PAGE)
    assert answer.status == 204


async def test_a_rolling_deploy_loses_no_change_and_no_state(releases):
    old, new = releases
    async with asyncio.timeout(SECONDS), AsyncExitStack() as stack:
        page = await stack.enter_async_context(Events(old.port, "/subscribe", headers=LINES))
        await page.until(b"release old;number 0;query ;")
        news_of_old = await stack.enter_async_context(Events(old.port, "/news"))
        news_of_new = await stack.enter_async_context(Events(new.port, "/news"))
        for server, news in ((new, news_of_new), (old, news_of_old)):
            await news.until(b"listening;")
            await send(server, "/save?number=1")
            await news.until(b"saved 1 ")  # from here on, it hears of every message

        await send(old, "/save?number=2")
        await news_of_new.until(b"saved 2 by unknown;")
        await send(new, "/save?number=3")
        await news_of_old.until(b"saved 3 ;")
        await send(new, "/search?query=tea")
        await page.until(b"release old;number 3;query tea;")
        moved = await stack.enter_async_context(Events(new.port, "/subscribe", headers=LINES))
        await moved.until(b"release new;number 3;query tea;order by name;")
        old.process.send_signal(signal.SIGTERM)
        ended = await page.end()
        await news_of_old.end()
        await send(new, "/save?number=4")
        page_of_new = await moved.until(b"number 4;")

    assert b"release old;number 3;query tea;" in ended
    assert b"release new;number 4;query tea;order by name;" in page_of_new
