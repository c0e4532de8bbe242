"""A page is opened on the application of every ASGI framework."""

import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.test import override_settings
from django.urls import clear_url_caches, path
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from flask import Flask
from litestar import Litestar, get as litestar_get, post as litestar_post
from quart import Quart
from starlette.applications import Starlette

import django_settings
from fatmorph import Context, Element, Relay, Writer, at, data, h
from fatmorph.adapters import django, fastapi, litestar, quart, starlette
from fatmorph.errors import StepError
from fatmorph.testing import call, open_page


class Counter:
    """A page that counts clicks, as handlers."""

    def __init__(self) -> None:
        self.count = 0
        self.changes = Relay[None]()

    def view(self) -> Element:
        return h.html(
            h.head(h.title("Counter")),
            h.body(
                data.init(at.subscribe("/live")),
                h.p({"id": "count"}, self.count),
                h.button(data.on("click", at.post("/add")), "Add"),
            ),
        )

    async def home(self, c: Context, w: Writer) -> None:
        w.cookie("visited", "yes")
        w.html(self.view())

    async def live(self, c: Context, w: Writer) -> None:
        await w.live(self.view, self.changes.subscribe("*"))

    async def add(self, c: Context, w: Writer) -> None:
        self.count += c.cookies["visited"] == "yes"
        self.changes.publish("count", None)


def starlette_app(counter: Counter) -> Any:
    return Starlette(
        routes=[
            starlette.route("/", counter.home),
            starlette.route("/live", counter.live),
            starlette.route("/add", counter.add, methods=["POST"]),
        ]
    )


def fastapi_app(counter: Counter) -> Any:
    app = FastAPI()
    app.get("/")(fastapi.endpoint(counter.home))
    app.get("/live")(fastapi.endpoint(counter.live))
    app.post("/add")(fastapi.endpoint(counter.add))
    return app


def litestar_app(counter: Counter) -> Any:
    return Litestar(
        [
            litestar_get("/")(litestar.endpoint(counter.home)),
            litestar_get("/live")(litestar.endpoint(counter.live)),
            litestar_post("/add")(litestar.endpoint(counter.add)),
        ],
        logging_config=None,  # or it sets the level of the root logger, for all other tests
    )


def quart_app(counter: Counter) -> Any:
    app = Quart("counter")
    app.get("/")(quart.endpoint(counter.home))
    app.get("/live")(quart.endpoint(counter.live))
    app.post("/add")(quart.endpoint(counter.add))
    return app


def django_app(counter: Counter) -> Any:
    urls = [
        path("", django.endpoint(counter.home)),
        path("live", django.endpoint(counter.live)),
        path("add", django.endpoint(counter.add)),
    ]
    django_settings.urlpatterns = urls  # type: ignore[attr-defined]  # Django looks there
    return ASGIHandler()


def handlers(counter: Counter) -> Any:
    return {"/": counter.home, "/live": counter.live, "POST /add": counter.add}


@pytest.fixture
def urls() -> Iterator[None]:
    """Let Django find the paths that `django_app()` writes."""
    with override_settings(ROOT_URLCONF="django_settings"):
        yield
        clear_url_caches()


@pytest.mark.parametrize(
    "make", [starlette_app, fastapi_app, litestar_app, quart_app, django_app, handlers]
)
async def test_a_click_reaches_all_pages(make: Any, urls: None) -> None:
    app = make(Counter())
    async with open_page(app) as ada, open_page(app) as bob:
        await ada.click(ada.get_by_role("button", name="Add"))
        await ada.settled()

        assert (ada.get_by_id("count").text, bob.get_by_id("count").text) == ("1", "1")
        assert ada.cookies == {"visited": "yes"}


async def test_the_lifespan_of_an_application_runs_once_for_all_its_pages() -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[dict[str, str]]:
        steps.append("begin")
        yield {"database": "open"}
        steps.append("end")

    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.head(), h.body(h.p(c.request.state.database))))

    app = Starlette(routes=[starlette.route("/", home)], lifespan=lifespan)
    async with open_page(app) as first, open_page(app) as second:
        assert (first.get_by_role("paragraph").text, steps) == ("open", ["begin"])
        assert second.get_by_role("paragraph").text == "open"

    assert steps == ["begin", "end"]


async def test_an_application_that_cannot_start_is_an_error() -> None:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        raise ConnectionError("no database")
        yield

    with pytest.raises(StepError, match="cannot run the application: its startup failed"):
        async with open_page(Starlette(lifespan=lifespan)):
            pass


async def test_dependencies_of_fastapi_are_resolved_and_overridden() -> None:
    def user() -> str:
        return "anonymous"

    app = FastAPI()

    @app.get("/")
    @fastapi.endpoint
    async def home(c: Context, w: Writer, name: Annotated[str, Depends(user)]) -> None:
        w.html(h.html(h.head(), h.body(h.p(name))))

    app.dependency_overrides[user] = lambda: "Ada"
    async with open_page(app) as page:
        assert page.get_by_role("paragraph").text == "Ada"


async def test_a_slow_handler_in_a_thread_is_waited_for() -> None:
    app = FastAPI()

    @app.get("/")
    def home() -> HTMLResponse:
        threading.Event().wait(0.05)
        return HTMLResponse("<title>Slow</title>")

    async with open_page(app) as page:
        assert page.title == "Slow"


async def test_an_error_of_a_handler_is_raised_by_the_test() -> None:
    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.head(), h.body(h.button(data.on("click", at.post("/fail")), "Fail"))))

    async def fail(c: Context, w: Writer) -> None:
        raise LookupError("no such row")

    async with open_page({"/": home, "/fail": fail}) as page:
        await page.click(page.get_by_role("button"))
        with pytest.raises(LookupError, match="no such row"):
            await page.settled()


async def test_two_tabs_of_one_browser_share_their_cookies() -> None:
    async def home(c: Context, w: Writer) -> None:
        visits = int(c.cookies.get("visits", "0")) + 1
        w.cookie("visits", str(visits))
        w.html(h.html(h.head(), h.body(h.p(visits))))

    async with open_page(home) as page, page.another_tab("/") as tab, open_page(home) as other:
        shown = [each.get_by_role("paragraph").text for each in (page, tab, other)]

    assert shown == ["1", "2", "1"]


async def test_a_redirect_leads_to_the_page_with_its_address() -> None:
    async def old(c: Context, w: Writer) -> None:
        w.redirect("/new?a=1")

    async def new(c: Context, w: Writer) -> None:
        w.html(h.html(h.head(h.title("New")), h.body()))

    async with open_page({"/": old, "/new": new}) as page:
        assert (page.title, page.url, page.status) == ("New", "http://localhost/new?a=1", 200)


@pytest.mark.parametrize("app", [lambda environ, start_response: [], Flask("main")])
async def test_an_application_of_wsgi_is_refused(app: Any) -> None:
    with pytest.raises(StepError, match="it is not an ASGI application"):
        await call(app)
