"""The states of pages among several processes, which share a relay.

Here, a process is a `Pages` of its own.
"""

import asyncio
import copy
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from fatmorph import Context, Pages, Relay, Writer, counters
from fatmorph.adapters._collected_response import collect_response_in_thread
from fatmorph.errors import MomentError, PageAwayError, PageError, SettingsError
from fatmorph.pages import PageMessage, _moves, _neighbours
from fatmorph.pages._page import Visitor

ONE = "1-2-3-4"
MINUTES = 5 * 60 * 1_000_000_000


@dataclass
class Tab:
    query: str = ""
    seen: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test hang rather than end by a timeout."""
    monkeypatch.setattr(_neighbours, "ANSWER_SECONDS", 30)
    monkeypatch.setattr(_neighbours, "SETTLE_SECONDS", 30)
    monkeypatch.setattr(_moves, "SETTLE_SECONDS", 30)


@contextmanager
def short_waits() -> Iterator[None]:
    """Let waits inside be short, because they end by a timeout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_neighbours, "ANSWER_SECONDS", 0.05)
        patch.setattr(_neighbours, "SETTLE_SECONDS", 0.05)
        patch.setattr(_moves, "SETTLE_SECONDS", 0.01)
        yield


def processes(count: int = 2, **options: Any) -> list[Pages[Tab]]:
    relay = Relay[PageMessage].connect("memory://")
    # A copy is another relay with the same messages, as another process has it.
    return [Pages(Tab, relay=copy.copy(relay), **options) for _ in range(count)]


def stream(session: str | None = None, **signals: object) -> Context:
    """Return the request of a subscription that includes these signals."""
    headers = [("fatmorph-state", ONE), ("fatmorph-signals", "include=" + "." * bool(signals))]
    query = "datastar=" + json.dumps(signals)
    return request("GET", headers, session, query_string=query)


def action(session: str | None = None) -> Context:
    """Return the request of a form."""
    headers = [("fatmorph-state", ONE), ("content-type", "application/x-www-form-urlencoded")]
    return request("POST", headers, session)


def request(
    method: str, headers: list[tuple[str, str]], session: str | None, **rest: Any
) -> Context:
    c = Context(method=method, path="/", headers=headers, **rest)
    c["session"] = session
    return c


def session_of(c: Context) -> str | None:
    return c["session"]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0)


async def test_an_action_elsewhere_changes_the_state_and_wakes_the_stream() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        changes = tab.changes

        async with elsewhere.of(action()) as borrowed:
            borrowed.state.query = "tea"

        assert (tab.state, changes.skip(), len(here), len(elsewhere)) == (Tab("tea"), 1, 1, 0)


async def test_an_action_asks_again_if_the_owner_has_not_heard_its_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        neighbours = here._neighbours
        assert neighbours is not None
        take = neighbours._calls._take
        questions: list[PageMessage] = []

        def take_second_question(message: PageMessage) -> None:
            questions.append(message)
            if len(questions) > 1:
                take(message)

        monkeypatch.setattr(neighbours._calls, "_take", take_second_question)
        async with elsewhere.of(action()) as borrowed:
            borrowed.state.query = "tea"

        assert (tab.state, [each.kind for each in questions]) == (Tab("tea"), ["take"] * 2)


async def test_two_loans_for_one_question_change_the_state_once() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        neighbours = elsewhere._neighbours
        assert neighbours is not None
        ask = neighbours._calls.ask

        def ask_twice(kind: Any, call: str, visitor: Any, **values: Any) -> None:
            ask(kind, call, visitor, **values)
            ask(kind, call, visitor, **values)

        neighbours._calls.ask = ask_twice  # type: ignore[method-assign]
        for word in ("tea", "coffee"):
            async with elsewhere.of(action()) as borrowed:
                borrowed.state.seen.append(word)

        async with here.of(action()):  # after the second loans
            assert (tab.state.seen, len(elsewhere)) == (["tea", "coffee"], 0)


async def settled(*pages: Pages[Tab]) -> None:
    """Let every process listen, and let the page's line free."""
    for each in pages:
        neighbours = each._neighbours
        assert neighbours is not None
        neighbours.listen()
        await asyncio.sleep(0)
        for opening in list(neighbours._openings.values()):
            neighbours._settle(opening)


async def begin(pages: Pages[Tab], query: str) -> None:
    """Let a page begin, change and lose its stream."""
    async with pages.open(stream()):
        await settled(pages)
        async with pages.of(action()) as acting:
            acting.state.query = query


async def test_actions_of_one_page_in_several_processes_lose_no_change() -> None:
    here, *others = processes(4)
    async with here.open(stream()) as tab:
        await settled(here, *others)

        async def add(pages: Pages[Tab], text: str) -> None:
            async with pages.of(action()) as page:
                seen = page.state.seen
                await asyncio.sleep(0)
                page.state.seen = [*seen, text]

        await asyncio.gather(
            *(add(pages, f"{i} {j}") for i in range(10) for j, pages in enumerate((here, *others)))
        )

        assert sorted(tab.state.seen) == sorted(f"{i} {j}" for i in range(10) for j in range(4))


async def test_a_stream_that_connects_again_elsewhere_finds_its_state() -> None:
    here, elsewhere = processes()
    with short_waits():
        async with here.open(stream()) as tab, here.of(action()) as acting:
            acting.state.query = "tea"

    async with elsewhere.open(stream()) as tab:
        await until(lambda: tab.state.query)

        assert (tab.state, len(here), len(elsewhere)) == (Tab("tea"), 0, 1)


async def test_the_first_action_after_a_move_waits_for_the_state() -> None:
    here, elsewhere = processes()
    await begin(here, "tea")

    async with elsewhere.open(stream()), elsewhere.of(action()) as again:
        again.state.seen.append(again.state.query)

    assert again.state == Tab("tea", ["tea"])


async def test_an_action_that_waits_while_the_state_moves_follows_it() -> None:
    here, elsewhere = processes()
    may_end = asyncio.Event()

    async def append(text: str, event: asyncio.Event | None = None) -> None:
        async with here.of(action()) as page:
            if event is not None:
                await event.wait()
            page.state.seen.append(text)

    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        first = asyncio.create_task(append("first", may_end))
        await until(lambda: tab.users == 2)
        async with elsewhere.open(stream()) as moved:
            await until(lambda: tab.users == 3)  # it waits for the action, in order to move
            second = asyncio.create_task(append("second"))
            await until(lambda: tab.users == 4)
            may_end.set()
            await asyncio.gather(first, second)

            assert (tab.is_moved, moved.state.seen) == (True, ["first", "second"])


async def test_a_stream_that_begins_during_an_action_waits_for_its_end_however_long_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_moves, "SETTLE_SECONDS", 0.01)  # after which an action may begin
    here, elsewhere, third = processes(3)
    may_end = asyncio.Event()

    async def append(pages: Pages[Tab], text: str, event: asyncio.Event | None = None) -> None:
        async with pages.of(action()) as page:
            if event is not None:
                await event.wait()
            page.state.seen = [*page.state.seen, text]

    async with here.open(stream()) as tab:
        await settled(here, elsewhere, third)
        first = asyncio.create_task(append(here, "first", may_end))
        await until(lambda: tab.users == 2)
        # A stream that has no answer yet, a second one there, and a later one in a third process.
        async with elsewhere.open(stream()) as early, elsewhere.open(stream()):
            follower = asyncio.create_task(append(elsewhere, "second"))
            await until(lambda: tab.claim is not None)
            async with third.open(stream()) as last:
                await until(lambda: early.is_moved)
                await until(lambda: has_waited(third))
                may_end.set()
                await asyncio.gather(first, follower)

                assert last.state.seen == ["first", "second"]
                assert [len(pages) for pages in (here, elsewhere, third)] == [0, 0, 1]


def has_waited(pages: Pages[Tab]) -> bool:
    """Return whether the time is over in which a new page waits without a promise."""
    assert pages._neighbours is not None
    return all(not opening.timers for opening in pages._neighbours._openings.values())


async def test_an_action_without_a_page_anywhere_begins_a_state_which_its_stream_finds() -> None:
    here, elsewhere = processes()
    with short_waits():
        async with elsewhere.of(action()) as first:
            first.state.query = "tea"

    async with here.open(stream()) as tab:
        await until(lambda: tab.state.query)

    assert tab.state == Tab("tea")


async def test_an_action_of_another_session_is_refused_elsewhere_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, elsewhere = processes(owner=session_of)
    async with here.open(stream("ada")):
        await settled(here, elsewhere)

        monkeypatch.setattr(_neighbours, "SETTLE_SECONDS", 0.05)  # for an answer of the owner
        with pytest.raises(PageError, match="another session"):
            async with elsewhere.of(action("eve")):
                pass


async def test_a_stream_of_another_session_gets_a_state_of_its_own_elsewhere_too() -> None:
    here, elsewhere = processes(owner=session_of)
    async with here.open(stream("ada")) as tab:
        await settled(here, elsewhere)
        tab.state.query = "tea"

        async with elsewhere.open(stream("eve")) as other:
            await settled(here, elsewhere)

            assert (tab.state, other.state) == (Tab("tea"), Tab())


async def test_the_owners_action_finds_its_page_although_another_session_uses_the_id() -> None:
    here, elsewhere, third = processes(3, owner=session_of)
    async with here.open(stream("eve")), elsewhere.open(stream("ada")) as tab:
        await settled(here, elsewhere, third)

        async with third.of(action("ada")) as acting:
            acting.state.query = "tea"

        assert tab.state == Tab("tea")


async def test_the_last_of_two_streams_at_once_has_the_state() -> None:
    here, elsewhere = processes()
    await begin(here, "tea")

    async with elsewhere.open(stream()) as first, here.open(stream()) as last:
        await settled(here, elsewhere)
        await until(lambda: first.is_moved)

        assert (last.is_moved, last.state, len(elsewhere)) == (False, Tab("tea"), 0)


async def test_a_page_is_drawn_in_the_middle_of_an_action_elsewhere() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)

        async with elsewhere.of(action()) as borrowed:
            borrowed.state.query = "half"
            borrowed.changed()
            await until(lambda: tab.state.query == "half")
            borrowed.state.query = "whole"

        assert tab.state == Tab("whole")


async def test_a_borrowed_page_cannot_be_drawn_after_its_action() -> None:
    here, elsewhere = processes()
    async with here.open(stream()):
        await settled(here, elsewhere)
        async with elsewhere.of(action()) as borrowed:
            pass

        with pytest.raises(MomentError, match="after the end of the action"):
            borrowed.changed()


async def test_a_second_block_in_one_task_is_refused_elsewhere_too() -> None:
    here, elsewhere = processes()
    async with here.open(stream()):
        await settled(here, elsewhere)

        with pytest.raises(MomentError, match="twice in one task"):
            async with elsewhere.of(action()), elsewhere.of(action()):
                pass


async def test_an_action_that_fails_elsewhere_keeps_what_it_has_changed_as_it_does_here() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)

        with pytest.raises(ZeroDivisionError):
            async with elsewhere.of(action()) as borrowed:
                borrowed.state.query = "tea"
                raise ZeroDivisionError

        await until(lambda: tab.state.query)
        assert tab.state == Tab("tea")


async def test_a_late_answer_of_a_third_process_does_not_refuse_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, elsewhere = processes()
    assert elsewhere._neighbours is not None
    calls = elsewhere._neighbours._calls
    tell = calls.tell

    def tell_after_a_late_answer(to: str, message: PageMessage) -> None:
        if message.kind == "return":
            late = PageMessage(kind="wait", sender="third", call=message.call)
            calls._calls[message.call].put(late)
        tell(to, message)

    monkeypatch.setattr(calls, "tell", tell_after_a_late_answer)
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)

        async with elsewhere.of(action()) as borrowed:
            borrowed.state.query = "tea"

        assert tab.state == Tab("tea")


async def test_an_action_whose_lease_has_ended_says_that_its_change_was_not_kept(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        monkeypatch.setattr(_neighbours, "LEASE_SECONDS", 0.01)

        with pytest.raises(PageAwayError, match="cannot keep"):
            async with elsewhere.of(action()) as borrowed:
                borrowed.state.query = "tea"
                await until(lambda: "did not give back" in caplog.text)

        assert tab.state == Tab()


async def test_a_long_action_renews_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_neighbours, "RENEW_SECONDS", 0)
    monkeypatch.setattr(_neighbours, "LEASE_SECONDS", 30)
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        renewals = here._neighbours._calls  # type: ignore[union-attr]
        taken: list[str] = []
        put = _neighbours.Call.put
        monkeypatch.setattr(
            _neighbours.Call, "put", lambda call, m: (taken.append(m.kind), put(call, m))
        )

        async with elsewhere.of(action()) as borrowed:
            await until(lambda: taken.count("renew") > 2)
            borrowed.state.query = "tea"

        assert (tab.state, renewals.is_connected) == (Tab("tea"), True)


async def test_a_cancelled_action_frees_the_state_at_once() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)

        async with here.of(action()):
            waiting = asyncio.create_task(enter(elsewhere))
            await until(lambda: tab.users > 2)
            waiting.cancel()
        async with here.of(action()) as next_one:
            next_one.state.query = "tea"

        assert tab.state == Tab("tea")


async def enter(pages: Pages[Tab]) -> None:
    async with pages.of(action()):
        pass


async def test_an_owner_that_answers_too_late_keeps_the_state_and_the_other_one_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        await tab.line.enter()
        monkeypatch.setattr(_neighbours, "LATE_SECONDS", 0.05)
        async with elsewhere.of(action()) as orphan:
            orphan.state.query = "unseen"
        monkeypatch.setattr(_neighbours, "ANSWER_SECONDS", 30)
        monkeypatch.setattr(_neighbours, "LATE_SECONDS", 30)

        tab.line.leave()
        await until(lambda: len(elsewhere) == 0)
        async with elsewhere.of(action()) as borrowed:
            borrowed.state.query = "tea"

        assert tab.state == Tab("tea")


async def test_two_actions_at_once_without_a_page_anywhere_share_one_new_state() -> None:
    here, elsewhere = processes()
    with short_waits():
        await asyncio.gather(enter(here), enter(here))

    assert (len(here), len(elsewhere)) == (1, 0)


async def test_no_answer_from_a_broker_that_is_away_is_an_error() -> None:
    relay = Relay[PageMessage].connect("redis://127.0.0.1:1")
    pages = Pages(Tab, relay=relay)

    with short_waits(), pytest.raises(PageAwayError) as caught:
        async with pages.of(action()):
            pass

    assert (caught.value.status, len(pages)) == (503, 0)
    await relay.aclose(0)


async def test_a_state_that_began_on_wsgi_is_lent_after_its_request() -> None:
    here, elsewhere = processes()

    async def search(c: Context, w: Writer) -> None:
        async with here.of(c) as tab:
            tab.state.query += "tea"
        w.empty()

    with short_waits():
        await asyncio.to_thread(collect_response_in_thread, search, action(), None)
    async with elsewhere.of(action()) as borrowed:
        borrowed.state.query += " and milk"
    await asyncio.to_thread(collect_response_in_thread, search, action(), None)

    async with elsewhere.of(action()) as borrowed:
        assert borrowed.state.query == "tea and milktea"
    assert (len(here), len(elsewhere)) == (1, 0)


async def test_a_page_is_not_opened_on_wsgi_because_its_stream_is_elsewhere() -> None:
    here, elsewhere = processes()

    async def subscribe(c: Context, w: Writer) -> None:
        async with elsewhere.open(c):
            pass

    async with here.open(stream()):
        await settled(here, elsewhere)
        with pytest.raises(MomentError, match="cannot open a page for its stream on WSGI"):
            await asyncio.to_thread(collect_response_in_thread, subscribe, stream(), None)

    assert (len(here), len(elsewhere)) == (1, 0)


class Plain:
    """A class without declared fields."""


def test_a_state_that_cannot_be_encoded_is_refused_at_its_first_use() -> None:
    pages = Pages(Plain, relay=Relay[PageMessage]())

    with pytest.raises(SettingsError, match="cannot send the state Plain"):
        asyncio.run(pages.open(stream()).__aenter__())


@pytest.mark.parametrize("value", [object(), 2**70, "x" * 2**20, 7, None])
async def test_an_action_whose_state_cannot_be_encoded_any_more_says_so_in_every_process(
    value: Any,
) -> None:
    here, elsewhere = processes()
    async with here.open(stream()):
        await settled(here, elsewhere)

        for pages in (elsewhere, here):
            with pytest.raises(SettingsError, match="cannot send the state Tab"):
                async with pages.of(action()) as page:
                    page.state.query = value


async def test_the_error_of_an_action_is_not_hidden_by_that_of_its_state() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)

        with pytest.raises(KeyError, match="of the action"):
            async with elsewhere.of(action()) as page:
                page.state.query = object()  # type: ignore[assignment]  # what is tested
                raise KeyError("of the action")
        async with here.of(action()):  # the state came back
            pass

        assert tab.state == Tab()


async def test_an_action_elsewhere_is_told_that_the_owner_cannot_encode_the_state() -> None:
    here, elsewhere = processes()
    async with here.open(stream()) as tab:
        await settled(here, elsewhere)
        tab.state.query = object()  # type: ignore[assignment]  # what is tested

        with pytest.raises(PageAwayError, match="that process cannot encode it"):
            async with elsewhere.of(action()):
                pass


@pytest.mark.parametrize("relay", ["redis://127.0.0.1", 7])
def test_pages_are_connected_by_a_relay_and_nothing_else(relay: Any) -> None:
    with pytest.raises(SettingsError, match="cannot connect pages by"):
        Pages(Tab, relay=relay)


@pytest.mark.parametrize(
    "relay",
    [Relay[int].connect("memory://"), Relay.connect("redis://127.0.0.1"), Relay[dict[str, int]]()],
    ids=repr,
)
def test_a_relay_of_another_type_is_refused(relay: Any) -> None:
    with pytest.raises(SettingsError, match="cannot connect pages by Relay"):
        Pages(Tab, relay=relay)


@pytest.mark.parametrize(
    "relay", [Relay[PageMessage | int].connect("memory://"), Relay(), Relay[Any]()], ids=repr
)
def test_a_relay_that_also_carries_other_messages_is_accepted(relay: Any) -> None:
    assert len(Pages(Tab, relay=relay)) == 0


async def test_a_message_of_another_type_is_named_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    relay: Any = Relay()
    here = Pages(Tab, relay=relay)

    with short_waits():
        async with here.of(action()):
            relay.publish(f"{subject_of(here)}.all", 7)
            await until(lambda: "carries" in caplog.text)

    assert "a relay of pages carries int: write Relay[PageMessage].connect(url)" in caplog.text


def test_a_second_pages_of_a_class_over_one_relay_is_refused_where_it_is_written() -> None:
    relay = Relay[PageMessage].connect("memory://")
    first = Pages(Tab, relay=relay)

    with pytest.raises(SettingsError, match="cannot use a second Pages of Tab"):
        Pages(Tab, relay=relay)
    assert len(first) == 0


async def test_a_second_pages_over_another_relay_with_the_same_messages_is_refused() -> None:
    url = "redis://127.0.0.1:1"
    relays = [Relay[PageMessage].connect(url, prefix=prefix) for prefix in ("a", "a", "b")]
    one, same, other = (Pages(Tab, relay=relay) for relay in relays)
    async with one.open(stream()), other.open(stream()):
        with pytest.raises(SettingsError, match="cannot use a second Pages of Tab"):
            async with same.open(stream()):
                pass

    for relay in relays:
        await relay.aclose(0)


def classes_of_one_name() -> list[type]:
    class Other:
        query: str = ""

    Other.__qualname__ = Tab.__qualname__
    Other.__module__ = "a.plugin"
    return [Tab, dataclass(Other)]


async def test_classes_of_one_name_in_two_modules_share_no_state() -> None:
    relay = Relay[PageMessage].connect("memory://")
    here, plugin = (Pages(kind, relay=relay) for kind in classes_of_one_name())
    async with here.open(stream()) as tab:
        await settled(here, plugin)

        with short_waits():
            async with plugin.of(action()) as other:
                other.state.query = "tea"

        assert (tab.state.query, len(here), len(plugin)) == ("", 1, 1)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Tab", "pages.app-views-Tab"),
        ("make.<locals>.Tab", "pages.app-views-make-locals-Tab"),
        ("Größe", "pages.app-views-Größe"),
        ("x" * 200, "pages." + "x" * 100),
    ],
)
def test_messages_about_pages_have_the_module_and_the_name_of_the_class(
    name: str, subject: str
) -> None:
    made = dataclass(type("Tab", (), {"__module__": "app.views"}))
    made.__qualname__ = name

    assert subject_of(Pages(made, relay=Relay[PageMessage]())) == subject


def subject_of(pages: Pages[Any]) -> str:
    assert pages._neighbours is not None
    return pages._neighbours._calls.subject


async def test_a_state_moves_to_a_new_process_whose_clock_is_minutes_slow() -> None:
    old, new = processes()
    assert old._neighbours is not None
    old._neighbours._clock.hear(time.time_ns() + MINUTES)
    async with old.open(stream()):
        await settled(old)
        async with old.of(action()) as tab:
            tab.state.query = "tea"

        async with new.open(stream()) as moved:
            await until(lambda: moved.state.query)

            assert (moved.state, len(old), len(new)) == (Tab("tea"), 0, 1)


async def test_a_stream_whose_message_was_late_does_not_take_the_state_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_moves, "SETTLE_SECONDS", 0.01)  # after which an action may begin
    here, elsewhere = processes()
    async with here.open(stream()), elsewhere.open(stream()) as later:
        await until(lambda: len(here) == 0)
        assert here._neighbours is not None
        calls = here._neighbours._calls
        with calls.call() as call:
            calls.ask("opened", call.name, Visitor(ONE, None, ""), opened_at=1)
            answer = await call.next(30)
        assert answer is not None
        here._neighbours._take(answer)
        async with elsewhere.of(action()) as tab:
            tab.state.query = "tea"

        assert (answer.kind, later.state, len(elsewhere)) == ("later", Tab("tea"), 1)


async def test_a_state_of_another_release_that_does_not_fit_is_counted_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @dataclass
    class New:
        query: int = 0

    New.__module__, New.__qualname__ = Tab.__module__, Tab.__qualname__
    relay = Relay[PageMessage].connect("memory://")
    old, new = Pages(Tab, relay=relay), Pages(New, relay=copy.copy(relay))
    before = counters.snapshot().page_states_dropped
    async with old.open(stream()):
        await settled(old, new)
        async with old.of(action()) as tab:
            tab.state.query = "tea"

        async with new.open(stream()) as moved:
            async with new.of(action()) as page:
                page.state.query += 1
            assert (moved.state, len(old), len(new)) == (New(1), 0, 1)

    assert counters.snapshot().page_states_dropped == before + 1
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        "the state of a page is lost: cannot read the state New of another process"
    ]


def test_a_stream_that_begins_after_another_one_was_heard_of_is_later_by_any_clock() -> None:
    clock = _moves.Clock()
    ahead = clock.now() + 3_600_000_000_000

    clock.hear(ahead)

    assert clock.now() > ahead
    assert clock.now() > ahead + 1
