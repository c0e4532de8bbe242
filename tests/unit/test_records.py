"""Records of the log have fields: of the request, of its handler, and of how it ended."""

import asyncio
import logging
import traceback

import pytest

from fatmorph import Context, Writer, h
from fatmorph.adapters import respond
from fatmorph.testing import MemoryClient
from transports import turns

REQUEST = {
    "method": "GET",
    "path": "/r%C3%A4ume%0Ax".replace("%C3%A4", "ä"),  # letters stay, line ends do not
    "route": "/{name}",
    "page": f"{__name__}.subscribe",
    "request_id": "abc-1",
}


def request(method: str = "GET", **headers: str) -> Context:
    named = {"datastar-request": "true", "x-request-id": "abc-1", **headers}
    return Context(
        method=method,
        path="/räume\nx",
        query_string="token=secret",
        headers=[(name.replace("_", "-"), value) for name, value in named.items()],
        route="/{name}",
    )


async def subscribe(c: Context, w: Writer) -> None:
    w.patch(h.p("a", id="a"))
    async with w.alive():
        await asyncio.Event().wait()


async def fail(c: Context, w: Writer) -> None:
    w.patch(h.p("a", id="a"))
    await w.drain()
    raise LookupError("gone")


def fields(record: logging.LogRecord, *names: str) -> dict[str, object]:
    return {name: vars(record)[name] for name in names}


async def test_the_end_of_a_stream_has_the_fields_of_its_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="fatmorph.stream")
    client = MemoryClient()
    task = asyncio.create_task(respond(subscribe, request(accept_encoding="gzip"), client))
    await turns()

    client.leave()
    await task

    [record] = caplog.records
    assert fields(record, *REQUEST) == REQUEST
    assert fields(record, "ending", "events", "coding") == {
        "ending": "client left",
        "events": 1,
        "coding": "gzip",
    }
    seconds = vars(record)["seconds"]
    assert seconds == round(seconds, 3)
    assert vars(record)["bytes_written"] > 0
    assert record.getMessage().startswith("stream ended: client left after ")
    assert record.getMessage().endswith(r": GET /räume%0Ax")
    assert "secret" not in str(vars(record))


async def test_a_failed_stream_and_its_traceback_have_one_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="fatmorph.stream")
    context = request(x_request_id="not an id: \r\n")

    with pytest.raises(LookupError) as raised:
        await respond(fail, context, MemoryClient())

    [record] = caplog.records
    request_id = vars(record)["request_id"]
    assert len(request_id) == 16
    note = f"request {request_id}: GET /räume%0Ax ({__name__}.fail)"
    assert traceback.format_exception(raised.value)[-1] == f"{note}\n"


async def test_an_error_that_many_streams_share_has_the_note_of_the_first() -> None:
    shared = LookupError("gone")

    async def raise_shared(c: Context, w: Writer) -> None:
        raise shared

    for _ in range(3):
        with pytest.raises(LookupError):
            await respond(raise_shared, request(), MemoryClient())

    assert len(shared.__notes__) == 1


async def test_a_method_begins_no_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"origin": "https://evil.example", "host": "board.example"}

    await respond(subscribe, request("PO\nST", **headers), MemoryClient())

    [record] = caplog.records
    assert fields(record, "method") == {"method": "PO\\nST"}


async def test_a_refusal_has_its_status_and_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"origin": "https://evil.example", "host": "board.example"}

    await respond(subscribe, request("POST", **headers), MemoryClient())

    [record] = caplog.records
    assert fields(record, *REQUEST) == {**REQUEST, "method": "POST"}
    assert fields(record, "status", "reason", "left_out") == {
        "status": 403,
        "reason": "origin",
        "left_out": 0,
    }


async def test_twenty_refusals_a_minute_are_logged_for_each_reason(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("fatmorph._log.time.monotonic", lambda: now)
    headers = {"origin": "https://evil.example", "host": "board.example"}

    for _ in range(25):
        await respond(subscribe, request("POST", **headers), MemoryClient())
    now += 61.0
    await respond(subscribe, request("POST", **headers), MemoryClient())

    assert len(caplog.records) == 21
    assert caplog.messages[-1].endswith(" (and 5 more in the last minute)")
