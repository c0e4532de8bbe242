"""Errors in development: how a page shows a handler's error, and which log has it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from fatmorph import Context, Element, Writer, h
from fatmorph.adapters import respond
from fatmorph.adapters._error_overlay import error_overlay
from fatmorph.adapters._handler_end import note_request
from fatmorph.errors import ChildError
from fatmorph.testing import MemoryClient
from transports import turns

ACTION = [("datastar-request", "true")]
PAGE = [*ACTION, ("fatmorph-page", "k3j2")]
OVERLAY = b'data: mode append\ndata: elements <aside id="fatmorph-error"'
HALF = "\ud83d"

Handler = Callable[[Context, Writer], Awaitable[None]]


@pytest.fixture
def development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATMORPH_DEV", "1")


def broken_view() -> Element:
    raise ValueError("no <b>tiles</b> left")


async def broken_at_once(c: Context, w: Writer) -> None:
    w.headers["x-made-by"] = "a handler that failed"
    w.status = 404
    w.patch(broken_view())


async def broken_after_a_patch(c: Context, w: Writer) -> None:
    w.patch(h.p(id="a"))
    w.patch(broken_view())


async def broken_live_page(c: Context, w: Writer) -> None:
    await w.live(broken_view, max_rate=1)


async def broken_source(c: Context, w: Writer) -> None:
    async def changes() -> AsyncIterator[None]:
        yield
        broken_view()

    await w.live(lambda: h.p(id="a"), changes())


async def broken_whole_response(c: Context, w: Writer) -> None:
    w.html(h.p("complete"))
    broken_view()


def ask(
    handler: Handler, method: str = "GET", headers: list[tuple[str, str]] = PAGE
) -> tuple[MemoryClient, asyncio.Task[None]]:
    client = MemoryClient()
    context = Context(method=method, path="/tiles", headers=headers)
    return client, asyncio.create_task(respond(handler, context, client))


@pytest.mark.usefixtures("development")
@pytest.mark.parametrize(
    "handler", [broken_at_once, broken_after_a_patch, broken_live_page, broken_source]
)
async def test_a_page_whose_stream_fails_shows_the_error_and_stays_connected(
    handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    client, task = ask(handler)
    await turns(20)

    assert (client.status, client.body.count(OVERLAY), client.is_complete) == (200, 1, False)
    assert b"retry:" not in client.body
    assert not task.done()
    [record] = [record for record in caplog.records if record.name == "fatmorph.adapters"]
    assert record.getMessage() == "GET /tiles: the handler failed, and the page shows it"
    assert record.exc_info is not None
    client.leave()
    with pytest.raises(ValueError, match="tiles"):
        await task


@pytest.mark.usefixtures("development")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("handler", [broken_at_once, broken_after_a_patch])
async def test_an_action_that_fails_shows_the_error_and_is_complete(
    handler: Handler, method: str
) -> None:
    client, task = ask(handler, method, ACTION)

    with pytest.raises(ValueError, match="tiles"):
        await task

    assert (client.status, client.body.count(OVERLAY), client.is_complete) == (200, 1, True)
    assert "x-made-by" not in dict(client.headers)


@pytest.mark.usefixtures("development")
@pytest.mark.parametrize(
    ("handler", "method", "headers"),
    [
        (broken_at_once, "GET", []),
        (broken_at_once, "HEAD", ACTION),
        (broken_whole_response, "POST", ACTION),
    ],
    ids=["a document", "a HEAD", "a complete response"],
)
async def test_only_an_open_page_shows_an_error(
    handler: Handler, method: str, headers: list[tuple[str, str]]
) -> None:
    client, task = ask(handler, method, headers)

    with pytest.raises(ValueError, match="tiles"):
        await task

    assert OVERLAY not in client.body


@pytest.mark.usefixtures("development")
async def test_a_page_is_sent_again_after_an_error_though_the_browser_had_it() -> None:
    async def handler(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p(id="a"), max_rate=1)

    first, task = ask(handler)
    await turns()
    event_id = first.body.rpartition(b"id: ")[2].split(b"\n")[0].decode()
    first.leave()
    await task
    second, task = ask(handler, headers=[*PAGE, ("last-event-id", event_id)])
    await turns()
    second.leave()
    await task

    assert event_id
    assert second.body == first.body


@pytest.mark.parametrize(
    "variables",
    [{}, {"FATMORPH_DEV": "0"}, {"FATMORPH_DEV": "1", "FATMORPH_OVERLAY": "0"}],
    ids=["production", "switched off", "only checks"],
)
@pytest.mark.parametrize("handler", [broken_at_once, broken_after_a_patch, broken_live_page])
async def test_without_the_overlay_an_error_ends_the_stream(
    handler: Handler, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FATMORPH_DEV")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client, task = ask(handler)

    with pytest.raises(ValueError, match="tiles"):
        await task

    assert b"fatmorph-error" not in client.body
    assert b"tiles" not in client.body
    assert not client.is_complete


def raised(make: Callable[[], object]) -> Exception:
    try:
        make()
    except Exception as error:  # noqa: BLE001 - any error can be shown
        return error
    raise AssertionError("nothing was raised")


def texts(overlay: Element, tag: str) -> list[str]:
    found, pending = [], [overlay]
    while pending:
        node = pending.pop(0)
        children = [child for child in node.children if isinstance(child, Element)]
        pending = children + pending
        if node.tag == tag:
            found.append("".join(text_of(node)))
    return found


def text_of(node: Element) -> list[str]:
    return [child if isinstance(child, str) else "".join(text_of(child)) for child in node.children]


def test_the_text_of_an_error_is_escaped() -> None:
    overlay = error_overlay(raised(broken_view), "GET /<script>", is_stream=True)

    assert "<b>" not in str(overlay)
    assert "<script>" not in str(overlay)
    assert texts(overlay, "h2") == ["ValueError: no <b>tiles</b> left"]


def test_the_lines_of_the_program_come_first_and_the_raising_one_is_marked() -> None:
    line = broken_view.__code__.co_firstlineno + 1
    overlay = error_overlay(raised(lambda: h.ul(broken_view() for _ in "a")), "", is_stream=True)

    assert texts(overlay, "figcaption")[0] == f"{__file__}:{line} in broken_view"
    assert texts(overlay, "mark")[0] == f'{line:>5}      raise ValueError("no <b>tiles</b> left")\n'


def test_an_error_of_the_library_is_shown_with_its_fix_and_the_line_of_the_program() -> None:
    error = raised(lambda: h.p(object()))
    overlay = error_overlay(error, "", is_stream=True)

    assert isinstance(error, ChildError)
    assert texts(overlay, "h2") == [f"ChildError: {error.what}"]
    assert texts(overlay, "pre")[0] == error.fix
    assert texts(overlay, "figcaption")[1].startswith(f"{__file__}:")


def recursion() -> None:
    recursion()


def group() -> None:
    raise ExceptionGroup("two tasks failed", [raised(broken_view), KeyError("b")])


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def unprintable() -> None:
    raise SilentError


def unencodable() -> None:
    raise ValueError(f"half{HALF}\0" + "x" * 1_000_000)


class HostileError(Exception):
    @property
    def __notes__(self) -> list[str]:
        raise RuntimeError("not even this")


def hostile() -> None:
    raise HostileError


def hostile_note() -> None:
    error = ChildError("cannot render it", where="", why="", fix="")
    error.__notes__ = [5, SilentError()]  # type: ignore[list-item]  # Python allows anything
    raise error


@pytest.mark.parametrize(
    ("make", "heading"),
    [
        (hostile, "HostileError"),  # a newer Python names its module, and the note that failed
        (hostile_note, "ChildError: cannot render it"),
        (recursion, "RecursionError: "),
        (group, "ValueError: no <b>tiles"),
        (unprintable, f"{__name__}.SilentError: <exception str() failed>"),
        (unencodable, "ValueError: half\\ud83d\\x00x"),
        (lambda: compile("h.h1(", "main.py", "exec"), 'File "main.py", line 1'),
        (lambda: json.loads("{"), "JSONDecodeError: Expecting property name"),
    ],
)
def test_any_error_can_be_shown(make: Callable[[], object], heading: str) -> None:
    overlay = error_overlay(raised(make), "GET /", is_stream=False)

    assert len(str(overlay).encode()) < 100_000
    assert heading in texts(overlay, "h2")[0]


def test_the_note_with_the_request_is_in_the_traceback_alone() -> None:
    error = LookupError("no row is left")
    context = Context(method="GET", path="/subscribe", headers=[("x-request-id", "abc-1")])
    note_request(error, context, recursion)
    error.add_note("while drawing it")

    overlay = error_overlay(error, "GET /subscribe", is_stream=True)

    assert texts(overlay, "h2") == ["LookupError: no row is left\nwhile drawing it"]
    assert f"request abc-1: GET /subscribe ({__name__}.recursion)" in str(overlay)


@pytest.mark.parametrize("make", [hostile, hostile_note])
def test_an_error_with_broken_notes_stays_the_error(make: Callable[[], object]) -> None:
    error = raised(make)

    note_request(error, Context(method="GET", path="/"), make)

    assert type(error).__name__ in {"HostileError", "ChildError"}
