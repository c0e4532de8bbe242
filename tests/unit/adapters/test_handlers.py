"""Which functions can be handlers, the same on every adapter, and what becomes of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import closing
from functools import partial, wraps
from typing import Any
from unittest.mock import AsyncMock

import pytest

from fatmorph import Context, Writer, h
from fatmorph.adapters import (
    aiohttp,
    asgi,
    django,
    fastapi,
    flask,
    litestar,
    quart,
    respond,
    sanic,
    wsgi,
)
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters.starlette import route
from fatmorph.errors import HandlerError
from fatmorph.testing import MemoryClient

ADAPTERS: dict[str, Callable[..., object]] = {
    "aiohttp": aiohttp.endpoint,
    "asgi": asgi.application,
    "django": django.endpoint,
    "fastapi": fastapi.endpoint,
    "flask": flask.endpoint,
    "litestar": litestar.endpoint,
    "quart": quart.endpoint,
    "sanic": sanic.endpoint,
    "starlette": partial(route, "/"),
    "wsgi": wsgi.application,
}
adapters = pytest.mark.parametrize("register", ADAPTERS.values(), ids=ADAPTERS.keys())


def home(c: Context, w: Writer) -> None:
    w.html(h.p("Hello"))


@adapters
def test_a_handler_that_is_not_async_is_refused_when_it_is_registered(
    register: Callable[..., object],
) -> None:
    with pytest.raises(HandlerError) as raised:
        register(home)

    assert str(raised.value) == (
        "cannot register a handler that is not async: home\n"
        f"  where: {__name__}.home\n"
        "  why:   a handler runs in the event loop, where one that blocks would stop every other "
        "page, and responds through its Writer\n"
        "  fix:   async def home(c, w):  (in it, a query that blocks: await in_thread(query))"
    )


def yields(c: Context, w: Writer) -> Iterator[object]:
    yield h.p()


async def yields_later(c: Context, w: Writer) -> AsyncIterator[object]:
    yield h.p()


class Home:
    def __call__(self, c: Context, w: Writer) -> None: ...
    def show(self, c: Context, w: Writer, number: int) -> None: ...


@pytest.mark.parametrize(
    ("handler", "fix"),
    [
        (partial(home), "async def home(c, w):"),
        (Home(), "async def __call__(self, c, w):"),
        (Home().show, "async def show(c, w, number):"),
        (yields, "async def yields(c, w):"),
        (yields_later, "async def yields_later(c, w):"),
    ],
)
def test_other_functions_that_cannot_be_handlers_are_refused_too(
    handler: Callable[..., object], fix: str
) -> None:
    with pytest.raises(HandlerError) as raised:
        check_handler(handler)

    assert str(raised.value.fix).partition("  ")[0] == fix


async def of_another_library(request: object) -> None: ...


async def swapped(w: Writer, c: Context) -> None: ...


@pytest.mark.parametrize(
    ("handler", "parameters", "fix"),
    [
        (of_another_library, "(request)", "async def of_another_library(c, w):"),
        (swapped, "(w, c)", "async def swapped(c, w):"),
    ],
)
@adapters
def test_a_handler_of_other_parameters_is_refused_when_it_is_registered(
    register: Callable[..., object],
    handler: Callable[..., Awaitable[None]],
    parameters: str,
    fix: str,
) -> None:
    with pytest.raises(HandlerError, match="cannot register a handler that takes") as raised:
        register(handler)

    assert raised.value.what.endswith(parameters)
    assert raised.value.fix == fix


async def vote(c: Context, w: Writer, drink: str) -> None: ...


def test_a_handler_reads_the_parameters_of_its_path_from_its_context() -> None:
    with pytest.raises(HandlerError) as raised:
        route("/vote/{drink}", vote)  # type: ignore[arg-type]

    assert raised.value.fix == 'async def vote(c, w):  (and in it c.path_params["drink"])'


@pytest.mark.parametrize("register", [fastapi.endpoint, litestar.endpoint])
def test_a_framework_passes_further_parameters(register: Callable[..., object]) -> None:
    assert register(vote) is not None


async def forgets(c: Context, w: Writer) -> None:
    w.live(lambda: h.p(id="a"), max_rate=1)  # type: ignore[unused-coroutine]


async def test_a_live_page_that_no_handler_awaits_is_an_error() -> None:
    with pytest.raises(HandlerError, match="no handler waits for") as raised:
        await respond(forgets, Context(method="GET", path="/"), MemoryClient())

    assert raised.value.fix == "await w.live(…)"


async def writes_nothing(c: Context, w: Writer) -> None: ...


async def chooses_a_status(c: Context, w: Writer) -> None:
    w.status = 204


BROWSER = {"accept": "text/html,*/*;q=0.8"}


async def awaiting_a_page(c: Context, w: Writer) -> None:
    await w.html(h.p("Ada"))  # type: ignore[func-returns-value,misc]  # the mistake


async def reading_unread_signals(c: Context, w: Writer) -> None:
    signals: Any = c.signals()  # Any: the mistake
    with closing(signals):
        w.text(signals.name)


async def indexing_unread_signals(c: Context, w: Writer) -> None:
    signals: Any = c.signals()  # Any: the mistake
    with closing(signals):
        w.text(signals["name"])


async def with_another_type_error(c: Context, w: Writer) -> None:
    w.text("Ada" + 1)  # type: ignore[operator]  # the mistake


WITHOUT_AWAIT = "fix:   without await, as in w.html(view), if it is a method of the Writer"
WITH_AWAIT = "fix:   with await, as in (await c.signals()), which has the value"


@pytest.mark.parametrize(
    ("handler", "fixes"),
    [
        (awaiting_a_page, [WITHOUT_AWAIT]),
        (reading_unread_signals, [WITH_AWAIT]),
        (indexing_unread_signals, [WITH_AWAIT]),
        (with_another_type_error, []),
    ],
)
async def test_a_wrong_await_is_an_error_with_what_to_write(
    handler: Callable[[Context, Writer], Coroutine[Any, Any, None]], fixes: list[str]
) -> None:
    with pytest.raises((AttributeError, TypeError)) as found:
        await respond(handler, Context(method="GET", path="/"), MemoryClient())

    assert found.value.__notes__[:-1] == fixes  # the last one names the request


async def test_an_empty_response_to_a_browser_that_opens_a_page_is_an_error() -> None:
    with pytest.raises(HandlerError, match="cannot respond with nothing"):
        await respond(
            writes_nothing, Context(method="GET", path="/", headers=BROWSER.items()), MemoryClient()
        )


@pytest.mark.parametrize(
    ("handler", "method", "headers"),
    [
        (writes_nothing, "POST", BROWSER),
        (writes_nothing, "GET", {"accept": "*/*"}),
        (writes_nothing, "GET", BROWSER | {"datastar-request": "true"}),
        (chooses_a_status, "GET", BROWSER),
    ],
)
async def test_other_empty_responses_are_complete(
    handler: Callable[[Context, Writer], Awaitable[None]], method: str, headers: dict[str, str]
) -> None:
    client = MemoryClient()

    await respond(handler, Context(method=method, path="/", headers=headers.items()), client)

    assert client.status == 204


async def room(c: Context, w: Writer, number: int = 7) -> None:
    w.json(number)


def guarded(handler: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(handler)
    def guard(c: Context, w: Writer) -> Any:
        return handler(c, w)

    return guard


class Room:
    async def __call__(self, c: Context, w: Writer) -> None:
        w.json(8)

    async def show(self, c: Context, w: Writer) -> None:
        w.json(8)


def annotated(c: Context, w: Writer) -> Coroutine[Any, Any, None]:
    return room(c, w)


@pytest.mark.parametrize(
    "handler",
    [
        room,
        partial(room, number=8),
        guarded(room),
        Room(),
        Room().show,
        annotated,
        lambda c, w: room(c, w, 8),
        AsyncMock(),
    ],
)
@adapters
def test_every_function_that_returns_an_awaitable_is_accepted(
    register: Callable[..., object], handler: Callable[..., Awaitable[None]]
) -> None:
    assert register(handler) is not None


@pytest.mark.parametrize(
    "endpoint",
    [module.endpoint for module in (aiohttp, django, fastapi, flask, litestar, quart, sanic)],
    ids=lambda endpoint: endpoint.__module__,
)
async def test_a_decorated_handler_can_be_called_with_a_context_and_a_writer(
    endpoint: Callable[..., Callable[..., Awaitable[None]]],
) -> None:
    client = MemoryClient()

    await respond(endpoint(room), Context(method="GET", path="/"), client)

    assert client.body == b"7"


async def test_a_decorated_handler_takes_the_parameters_of_its_framework_by_name_or_place() -> None:
    shown = fastapi.endpoint(room)
    bodies: list[bytes] = []

    for handler in (partial(shown, number=8), lambda c, w: shown(c, w, 9)):
        client = MemoryClient()
        await respond(handler, Context(method="GET", path="/"), client)
        bodies.append(client.body)

    assert bodies == [b"8", b"9"]
