"""A page that is unsubscribed stays away: an id ends its stream, and comes back to a 204."""

import asyncio

import pytest

from fatmorph import Context, Writer, h, shutdown
from fatmorph.adapters import Handler, respond
from fatmorph.datastar import events
from fatmorph.errors import EventError, OriginError, ResponseEndedError, ResponseError
from fatmorph.testing import MemoryClient
from transports import Source, turns

ID = "fatmorph:unsubscribed"
LINE = b"id: fatmorph:unsubscribed\n\n"
PATCH = events.patch_elements(h.p("done", id="job"))
ACTION = [("datastar-request", "true")]


async def answer(
    handler: Handler, method: str = "GET", headers: list[tuple[str, str]] | None = None
) -> MemoryClient:
    client = MemoryClient()
    await respond(handler, Context(method=method, path="/job", headers=headers or []), client)
    return client


async def done(c: Context, w: Writer) -> None:
    w.patch(h.p("done", id="job"))
    w.unsubscribe()


async def only_unsubscribe(c: Context, w: Writer) -> None:
    w.unsubscribe()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", [[], ACTION], ids=["any client", "Datastar"])
async def test_an_id_follows_what_was_written_and_the_response_is_complete(
    method: str, headers: list[tuple[str, str]]
) -> None:
    client = await answer(done, method, headers)

    assert (client.body, client.is_complete) == (PATCH + LINE, True)


async def test_a_subscribed_page_is_told_that_it_is_unsubscribed() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.unsubscribe()

    client = MemoryClient()
    headers = [("datastar-request", "true"), ("fatmorph-page", "k3j2")]
    await respond(handler, Context(method="GET", path="/", headers=headers), client)

    opened, told = b"event: datastar-open\n\n", b"event: datastar-unsubscribe\n"
    assert (client.body, client.is_complete) == (opened + told + LINE, True)


async def test_a_page_can_be_unsubscribed_without_a_patch() -> None:
    client = await answer(only_unsubscribe)

    assert (client.status, client.body, client.is_complete) == (200, LINE, True)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_the_id_comes_back_to_a_204_before_the_handler(method: str) -> None:
    async def never(c: Context, w: Writer) -> None:
        raise AssertionError("the handler ran")

    client = await answer(never, method, [("last-event-id", ID)])

    assert (client.status, client.headers, client.body) == (
        204,
        [("cache-control", "no-store")],
        b"",
    )


@pytest.mark.parametrize("last_id", ["", "7", ID + "2", "FATMORPH:UNSUBSCRIBED"])
async def test_any_other_id_runs_the_handler(last_id: str) -> None:
    client = await answer(done, headers=[("last-event-id", last_id)])

    assert client.status == 200


async def test_a_page_of_another_site_is_refused_first() -> None:
    headers = [("last-event-id", ID), ("sec-fetch-site", "cross-site"), ("origin", "https://e.vil")]

    client = await answer(done, "POST", headers)

    assert client.status == OriginError.status


@pytest.mark.parametrize("event_id", [ID, f" {ID}", f"{ID} "])
def test_an_application_cannot_use_the_id_for_an_event(event_id: str) -> None:
    with pytest.raises(EventError, match="as an event id"):
        events.patch_signals({"a": 1}, event_id=event_id)


async def test_a_loop_ends_when_its_body_unsubscribes_the_page() -> None:
    source = Source("one", "two")
    ends: list[str] = []

    async def handler(c: Context, w: Writer) -> None:
        async for item in w.alive(source):
            w.patch(h.p(item, id="job"))
            w.unsubscribe()
        ends.append("cleaned up")

    client = await answer(handler)

    assert client.body == events.patch_elements(h.p("one", id="job")) + LINE
    assert (ends, source.is_closed, client.is_complete) == (["cleaned up"], True, True)


async def test_a_page_whose_source_has_ended_is_unsubscribed() -> None:
    async def steps():  # type: ignore[no-untyped-def]
        yield 1

    async def handler(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p("done", id="job"), steps())
        w.unsubscribe()

    client = await answer(handler)

    assert client.body.endswith(LINE)
    assert client.is_complete


async def test_a_page_stays_subscribed_when_the_server_stops() -> None:
    async def handler(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p("half", id="job"), Source())
        w.unsubscribe()

    client = MemoryClient()
    task = asyncio.create_task(respond(handler, Context(method="GET", path="/job"), client))
    await turns()
    shutdown.stop()
    await task

    assert (LINE in client.body, client.is_complete) == (False, False)


async def test_a_client_that_has_left_is_not_unsubscribed() -> None:
    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        w.unsubscribe()

    client = MemoryClient()
    task = asyncio.create_task(respond(handler, Context(method="GET", path="/job"), client))
    await turns()
    client.leave()
    await task

    assert (LINE in client.body, client.is_complete) == (False, False)


async def unsubscribe_after_a_page(c: Context, w: Writer) -> None:
    w.html(h.p("x"))
    w.unsubscribe()


async def unsubscribe_twice(c: Context, w: Writer) -> None:
    w.unsubscribe()
    w.unsubscribe()


async def patch_after(c: Context, w: Writer) -> None:
    w.unsubscribe()
    w.patch(h.p("late", id="job"))


async def live_after(c: Context, w: Writer) -> None:
    w.unsubscribe()
    await w.live(lambda: h.p("late", id="job"), Source())


async def within_a_view(c: Context, w: Writer) -> None:
    def view():  # type: ignore[no-untyped-def]
        w.unsubscribe()
        return h.p("late", id="job")

    await w.live(view, Source())


@pytest.mark.parametrize(
    "handler",
    [unsubscribe_after_a_page, unsubscribe_twice, patch_after, live_after, within_a_view],
)
async def test_the_wrong_order_raises(handler: Handler) -> None:
    with pytest.raises(ResponseEndedError, match="cannot write an event after"):
        await answer(handler)


async def test_another_status_than_200_raises() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.status = 404
        w.unsubscribe()

    with pytest.raises(ResponseError, match="with status 404"):
        await answer(handler)
