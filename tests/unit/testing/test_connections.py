"""Streams that are driven by hand, and the clock of a test."""

import asyncio
import threading
import time

import pytest

from fatmorph import Context, Element, Pages, Relay, Writer, at, data, h, in_thread
from fatmorph.errors import StepError
from fatmorph.testing import Page, open_page


class News:
    """A page of news, and how many streams it has."""

    def __init__(self) -> None:
        self.text = "calm"
        self.readers = 0
        self.tabs = Pages(dict)
        self.changes = Relay[None]()
        self.app = {"/": self.home, "/live": self.live}

    def view(self) -> Element:
        return h.html(
            h.head(h.title("News")),
            h.body(
                data.page_id(), data.init(at.subscribe("/live")), h.p({"id": "news"}, self.text)
            ),
        )

    async def home(self, c: Context, w: Writer) -> None:
        w.html(self.view())

    async def live(self, c: Context, w: Writer) -> None:
        self.readers += 1
        async with self.tabs.open(c):
            await w.live(self.view, self.changes.subscribe("*"), max_rate=10, heartbeat=15)
        self.readers -= 1

    def publish(self, text: str) -> None:
        self.text = text
        self.changes.publish("news", None)


def publish_later(news: News) -> None:
    """Publish from a thread, as a relay in another process does."""
    threading.Event().wait(0.05)
    news.publish("storm")


def shown(page: Page) -> str:
    return page.get_by_id("news").text


async def test_a_page_that_is_closed_ends_its_stream() -> None:
    news = News()
    async with open_page(news.app) as page:
        assert (news.readers, page.stream_count) == (1, 1)

    assert news.readers == 0


async def test_a_page_finds_the_network_again_by_itself() -> None:
    news = News()
    async with open_page(news.app) as page:
        await page.disconnect()
        assert (news.readers, page.stream_count) == (0, 1)
        news.publish("storm")
        await page.advance(60)
        assert shown(page) == "calm"

        await page.connect()
        await page.advance(10)

        assert (shown(page), news.readers) == ("storm", 1)


async def test_a_hidden_page_has_no_stream_and_catches_up_when_it_is_shown() -> None:
    news = News()
    async with open_page(news.app) as page:
        await page.hide()
        assert news.readers == 0
        news.publish("storm")

        await page.show()

        assert (shown(page), news.readers) == ("storm", 1)


@pytest.mark.parametrize("way", ["stop", "crash"])
async def test_a_page_survives_the_end_of_its_server(way: str) -> None:
    news = News()
    async with open_page(news.app) as page:
        await getattr(page.server, way)()
        assert news.readers == 0
        news.text = "storm"
        await page.advance(5)
        assert shown(page) == "calm"

        await page.server.start()
        await page.advance(10)

        assert (shown(page), news.readers) == ("storm", 1)


async def test_the_next_event_is_the_first_that_was_not_returned_yet() -> None:
    news = News()
    async with open_page(news.app) as page:
        await page.advance(0.1)
        for text in ("rain", "storm"):
            news.publish(text)
            await page.advance(0.1)

        texts = [(await page.next_event()).elements for _ in range(3)]

        assert [text.partition('"news">')[2][:4] for text in texts if text] == [
            "calm",
            "rain",
            "stor",
        ]
        with pytest.raises(StepError, match="there is no further event"):
            await page.next_event()


async def test_an_event_from_elsewhere_is_waited_for_in_real_time() -> None:
    news = News()
    async with open_page(news.app) as page:
        await page.next_event()
        await page.advance(0.1)
        loop = asyncio.get_running_loop()
        publishing = loop.run_in_executor(
            None, lambda: (threading.Event().wait(0.05), news.publish("storm"))
        )

        event = await page.next_event(within_seconds=5)

        assert '"news">storm' in (event.elements or "")
        await publishing


async def test_two_changes_are_as_far_apart_as_max_rate_says() -> None:
    news = News()
    async with open_page(news.app) as page:
        await page.advance(1)
        news.publish("rain")
        await page.settled()
        news.publish("storm")
        await page.settled()
        assert shown(page) == "rain"

        await page.advance(0.09)
        assert shown(page) == "rain"
        await page.advance(0.01)
        assert shown(page) == "storm"


async def test_an_hour_of_heartbeats_takes_no_time() -> None:
    news = News()
    async with open_page(news.app) as page:
        begun_at = time.monotonic()

        await page.advance(3600)

        assert time.monotonic() - begun_at < 5
        assert (news.readers, len(page.events)) == (1, 1)


async def test_the_clock_goes_on_for_a_test_that_waits_for_something_else() -> None:
    async with open_page(News().app):
        async with asyncio.timeout(10):
            loop = asyncio.get_running_loop()
            due = loop.create_future()
            loop.call_later(0.01, due.set_result, "due")

            assert await due == "due"


async def test_the_event_loop_has_its_own_clock_again_afterwards() -> None:
    loop = asyncio.get_running_loop()
    async with open_page(News().app):
        assert "time" in vars(loop)

    assert {"time", "run_in_executor"} & vars(loop).keys() == set()


async def test_pages_that_settle_at_the_same_time_do_not_wait_for_each_other() -> None:
    news = News()
    async with open_page(news.app) as ada, open_page(news.app) as bob:
        await asyncio.gather(ada.settled(), bob.settled(), ada.advance(1))

        assert (shown(ada), shown(bob)) == ("calm", "calm")


async def test_a_handler_that_never_answers_is_an_error_with_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fatmorph.testing._server.LIMIT_SECONDS", 0.2)

    async def home(c: Context, w: Writer) -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StepError, match=r"waited 0\.2 s for GET /"):
        async with open_page(home):
            pass


async def test_a_page_that_is_drawn_in_a_thread_is_waited_for() -> None:
    news = News()

    def draw() -> Element:
        threading.Event().wait(0.05)
        return news.view()

    async def live(c: Context, w: Writer) -> None:
        await w.live(in_thread(draw), news.changes.subscribe("*"))

    async with open_page({"/": news.home, "/live": live}) as page:
        news.publish("storm")
        await page.settled()

        assert shown(page) == "storm"


async def test_the_log_says_that_an_action_was_refused(caplog: pytest.LogCaptureFixture) -> None:
    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.body(h.button(data.on("click", at.post("/missing?a=1")), "Save"))))

    async with open_page({"/": home}) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

    assert [each.getMessage() for each in caplog.records if each.name == "fatmorph.testing"] == [
        "POST http://localhost/missing?a=1: 404, and the client shows nothing"
    ]
