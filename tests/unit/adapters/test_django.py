"""Django: handlers as views, with Django's own request, middleware and errors."""

import asyncio
import gc
import json
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import Http404
from django.test import AsyncRequestFactory, RequestFactory
from django.test.client import AsyncClientHandler, ClientHandler
from django.urls import path

import django_settings  # noqa: F401 - it configures Django
from bodies import EndlessInput
from fatmorph import Context, Writer
from fatmorph.adapters.django import endpoint
from fatmorph.errors import BodyError, HandlerError, MomentError
from transports import Source, turns

settings.ROOT_URLCONF = __name__

steps: list[str] = []
sources: list[Source] = []


async def room(c: Context, w: Writer) -> None:
    w.headers["x-trace"] = "7"
    w.cookie("a", "1")
    w.cookie("b", "é")
    w.json([c.path_params["number"], c.request.GET["tag"], (await c.body()).decode()])


async def missing(c: Context, w: Writer) -> None:
    raise Http404


async def nothing(c: Context, w: Writer) -> None:
    w.empty()


async def subscribe(c: Context, w: Writer) -> None:
    w.patch_signals({"joined": True})
    async for text in w.alive(sources[0]):
        w.patch_signals({"news": text})
    steps.append("cleaned up")


async def fail_late(c: Context, w: Writer) -> None:
    w.patch_signals({"half": True})
    await w.drain()
    raise LookupError("its own")


async def fail_by_type(c: Context, w: Writer) -> None:
    w.patch_signals({"half": True})
    await w.drain()
    raise TypeError("its own type")


async def slow(c: Context, w: Writer) -> None:
    async with asyncio.timeout(30):
        await sources[0].queue.get()
    steps.append("stored")
    w.empty()


async def upload(c: Context, w: Writer) -> None:
    """Read the body twice, and through both."""
    outcomes: list[object] = []
    for max_bytes in (4, 1_000_000):
        try:
            outcomes.append((await c.body(max_bytes=max_bytes)).decode())
        except BodyError:
            outcomes.append(None)
    is_read = outcomes[1] is not None
    w.json([*outcomes, is_read and c.request.POST.get("a"), is_read and c.request.body.decode()])


async def too_large(c: Context, w: Writer) -> None:
    await c.body(max_bytes=4)


async def read_before(c: Context, w: Writer) -> None:
    w.json([c.request.body.decode(), (await c.body()).decode()])


urlpatterns = [
    path("rooms/<int:number>", endpoint(room)),
    *(
        path(view.__name__, endpoint(view))
        for view in (
            *(missing, nothing, subscribe, fail_late, fail_by_type),
            *(slow, upload, too_large, read_before),
        )
    ),
]


FORM = "application/x-www-form-urlencoded"
UPLOADS = [
    (b"a=bc", True, ["a=bc", "a=bc", "bc", "a=bc"]),
    (b"a=bcd", True, [None, "a=bcd", "bcd", "a=bcd"]),
    (b"a=bc", False, ["a=bc", "a=bc", "bc", "a=bc"]),
    (b"a=bcd", False, [None, None, False, False]),
]
uploads = pytest.mark.parametrize(
    ("body", "has_length", "expected"),
    UPLOADS,
    ids=["length", "too long", "chunks", "too many chunks"],
)


@pytest.fixture(autouse=True)
def _new() -> None:
    steps.clear()
    sources[:] = [Source()]


async def response_to(target: str, body: bytes = b"", method: str = "POST") -> Any:
    """Return the response of all of Django on ASGI, including middleware."""
    handler = AsyncClientHandler()
    handler.load_middleware(is_async=True)
    request = AsyncRequestFactory().generic(method, target, body, "application/json")
    return await handler.get_response_async(request)


async def test_a_page_is_a_whole_django_response() -> None:
    response = await response_to("/rooms/7?tag=a", b"text")

    assert (response.status_code, response.content) == (200, b'[7,"a","text"]')
    assert dict(response.items()) == {
        "content-type": "application/json",
        "content-length": "14",
        "cache-control": "max-age=0, private, must-revalidate",
        "x-trace": "7",
    }
    assert [cookie.OutputString() for cookie in response.cookies.values()] == [
        "a=1; Path=/; HttpOnly; SameSite=Lax",
        "b=%C3%A9; Path=/; HttpOnly; SameSite=Lax",
    ]


@uploads
async def test_a_body_is_read_as_far_as_it_goes_and_is_djangos_as_well(
    body: bytes, expected: list[object], *, has_length: bool
) -> None:
    handler = AsyncClientHandler()
    handler.load_middleware(is_async=True)
    request = AsyncRequestFactory().post("/upload", body, content_type=FORM)
    lengths = {"CONTENT_LENGTH": request.META["CONTENT_LENGTH"]} if has_length else {}
    request.META = {k: v for k, v in request.META.items() if k != "CONTENT_LENGTH"} | lengths

    response = await handler.get_response_async(request)

    assert json.loads(response.content) == expected


def wsgi_response(target: str, body: bytes = b"", **environ: Any) -> Any:
    """Return the response of the whole of Django by WSGI."""
    handler = ClientHandler()
    handler.load_middleware()
    request = RequestFactory().post(target, body, content_type=FORM, **environ)
    return handler.get_response(request)


@uploads
def test_by_wsgi_too(body: bytes, expected: list[object], *, has_length: bool) -> None:
    chunks = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    response = wsgi_response("/upload", body, **({} if has_length else chunks))

    assert json.loads(response.content) == expected


@pytest.mark.parametrize(
    ("environ", "read_bytes"),
    [
        ({"CONTENT_LENGTH": str(150 * 2**20)}, 0),
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 5),
    ],
    ids=["length", "chunks"],
)
def test_a_body_that_is_too_large_is_read_one_byte_past_the_limit_at_most(
    environ: dict[str, Any], read_bytes: int
) -> None:
    body = EndlessInput()

    response = wsgi_response("/too_large", **environ, **{"wsgi.input": body})

    assert (response.status_code, body.read_bytes) == (413, read_bytes)


def test_a_body_larger_than_djangos_limit_is_a_400(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 3)

    response = wsgi_response("/upload", b"four")

    assert response.status_code == 400


def test_a_body_that_django_has_read_is_there() -> None:
    assert wsgi_response("/read_before", b"abc").content == b'["abc","abc"]'


def test_a_page_is_the_same_on_wsgi() -> None:
    request = RequestFactory().post("/rooms/7?tag=a", b"text", content_type="application/json")

    handler = ClientHandler()
    handler.load_middleware()

    response = handler.get_response(request)

    assert (response.status_code, response.content) == (200, b'[7,"a","text"]')


def test_a_stream_on_wsgi_is_an_error() -> None:
    view = async_to_sync(endpoint(subscribe))

    with pytest.raises(MomentError, match="cannot keep a stream open"):
        view(RequestFactory().get("/subscribe"))

    assert steps == ["cleaned up"]


async def test_an_answer_without_a_body_has_none_of_djangos_headers() -> None:
    response = await response_to("/nothing")

    assert (response.status_code, dict(response.items())) == (204, {})


async def test_djangos_own_exceptions_work() -> None:
    assert (await response_to("/missing")).status_code == 404


async def test_events_arrive_one_by_one_until_the_response_is_closed() -> None:
    response = await response_to("/subscribe")
    parts = aiter(response)
    first = await anext(parts)
    sources[0].queue.put_nowait("hello")
    second = await anext(parts)

    response.close()
    await turns()

    assert first == b'event: datastar-patch-signals\ndata: signals {"joined":true}\n\n'
    assert second == b'event: datastar-patch-signals\ndata: signals {"news":"hello"}\n\n'
    assert (steps, sources[0].is_closed) == (["cleaned up"], True)


async def test_a_handler_cleans_up_when_django_cancels_it_after_a_disconnect() -> None:
    response = await response_to("/subscribe")
    parts = aiter(response)
    await anext(parts)
    waiting = asyncio.create_task(anext(parts))  # type: ignore[arg-type]
    await turns()

    waiting.cancel()
    await turns()

    assert (waiting.cancelled(), steps, sources[0].is_closed) == (True, ["cleaned up"], True)


async def test_a_handler_finishes_its_answer_after_a_disconnect() -> None:
    request = AsyncRequestFactory().get("/slow")
    waiting = asyncio.create_task(endpoint(slow)(request))
    await turns()

    waiting.cancel()
    await turns()
    sources[0].queue.put_nowait("go on")
    await turns()

    assert (waiting.cancelled(), steps) == (True, ["stored"])


async def test_an_error_in_a_stream_is_passed_to_django() -> None:
    response = await response_to("/fail_late", method="GET")

    with pytest.raises(LookupError, match="its own"):
        [part async for part in response]


@pytest.mark.filterwarnings("error")
async def test_a_type_error_in_a_stream_is_passed_to_django_as_it_is() -> None:
    response = await response_to("/fail_by_type", method="GET")

    with pytest.raises(TypeError, match="its own type"):
        [part async for part in response]


async def test_an_error_after_an_action_was_completed_is_passed_to_django_as_it_closes() -> None:
    response = await response_to("/fail_late")

    parts = [part async for part in response]

    assert parts == [b'event: datastar-patch-signals\ndata: signals {"half":true}\n\n', b""]
    with pytest.raises(LookupError, match="its own"):
        response.close()


async def collect() -> None:
    """Collect garbage until the handler has ended: a thread of Django may still hold a response."""
    async with asyncio.timeout(10):
        while not steps:
            gc.collect()
            await turns()


async def test_a_response_that_is_never_begun_ends_its_handler() -> None:
    response = await response_to("/subscribe")

    del response
    await collect()

    assert (steps, sources[0].is_closed) == (["cleaned up"], True)


async def test_a_response_whose_sending_fails_ends_its_handler() -> None:
    async def send(message: Any) -> None:
        raise RuntimeError("the handler is closed")

    with pytest.raises(RuntimeError, match="the handler is closed"):
        await ASGIHandler().send_response(await response_to("/subscribe"), send)
    await collect()

    assert steps == ["cleaned up"]


async def test_a_client_that_leaves_before_its_answer_begins_leaves_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    request = AsyncRequestFactory().get("/slow")
    waiting = asyncio.create_task(endpoint(slow)(request))
    await turns()

    waiting.cancel()
    await turns()
    sources[0].queue.put_nowait("go on")
    await turns()
    del waiting
    gc.collect()

    assert caplog.messages == []


async def test_an_unnamed_group_of_a_path_is_refused() -> None:
    request = AsyncRequestFactory().get("/rooms/7")

    with pytest.raises(HandlerError, match="cannot pass '7' of a path to a handler") as raised:
        await endpoint(nothing)(request, "7")

    assert raised.value.where == "GET /rooms/7"
