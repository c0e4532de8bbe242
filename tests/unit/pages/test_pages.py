"""The state of open pages: whose it is, how long it lives, and who may change it when."""

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import pytest

from fatmorph import Context, Pages, counters
from fatmorph.errors import MomentError, PageError, SettingsError
from transports import turns

ONE, OTHER = "1-2-3-4", "5-6-7-8"


@dataclass
class Tab:
    query: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    is_admin: bool = False


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def no_states_counted() -> Iterator[None]:
    gc.collect()
    counters.COUNTERS.page_states = counters.COUNTERS.page_states_dropped = 0
    yield
    counters.COUNTERS.page_states = counters.COUNTERS.page_states_dropped = 0


def stream(
    page_id: str = ONE, *, session: str | None = None, client: str = "", **signals: object
) -> Context:
    """Return the request of a subscription that includes these signals."""
    included = "include=" + ("." if signals else "")
    headers = [("fatmorph-state", page_id), ("fatmorph-signals", included)]
    query = "datastar=" + json.dumps(signals)
    return request("GET", headers, session, query_string=query, client=client)


def form(page_id: str = ONE, *, session: str | None = None, client: str = "") -> Context:
    """Return the request of a form, which sends no signals."""
    headers = [
        ("fatmorph-state", page_id),
        ("content-type", "application/x-www-form-urlencoded"),
    ]
    return request("POST", headers, session, client=client)


def action(page_id: str = ONE, **signals: object) -> Context:
    """Return the request of an action that sends all signals."""
    body = json.dumps({"fatmorph_page": page_id, **signals}).encode()

    async def read_body(max_bytes: int) -> bytes:
        return body

    return request("POST", [], None, read_body=read_body)


def request(
    method: str, headers: list[tuple[str, str]], session: str | None, **rest: Any
) -> Context:
    c = Context(method=method, path="/", headers=headers, **rest)
    c["session"] = session
    return c


def session_of(c: Context) -> str | None:
    return c["session"]


async def test_an_action_finds_the_state_of_its_pages_stream() -> None:
    tabs = Pages(Tab)

    async with tabs.open(stream()) as tab, tabs.of(action(query="tea")) as same:
        same.state.query = "tea"

    assert (tab is same, tab.state, len(tabs)) == (True, Tab("tea"), 1)


async def test_each_page_has_a_state_of_its_own() -> None:
    tabs = Pages(Tab)

    async with tabs.open(stream(ONE)) as one, tabs.open(stream(OTHER)) as other:
        one.state.query = "tea"

    assert (one.state, other.state) == (Tab("tea"), Tab())


async def test_the_end_of_an_action_wakes_the_streams_of_its_page_only() -> None:
    tabs = Pages(Tab)
    async with tabs.open(stream(ONE)) as one, tabs.open(stream(OTHER)) as other:
        changes = [one.changes, one.changes, other.changes]

        async with tabs.of(form(ONE)):
            pass

        assert [source.skip() for source in changes] == [1, 1, 0]


async def test_an_action_that_fails_wakes_its_page_and_lets_the_next_one_in() -> None:
    tabs = Pages(Tab)
    async with tabs.open(stream()) as tab:
        changes = tab.changes

        with pytest.raises(LookupError):
            async with tabs.of(form()):
                raise LookupError

        async with tabs.of(form()):
            assert changes.skip() == 1


async def test_a_thread_may_say_that_a_page_changed() -> None:
    async with Pages(Tab).open(stream()) as tab:
        changes = tab.changes

        await asyncio.to_thread(tab.changed)

        assert changes.skip() == 1


async def test_actions_of_one_page_run_one_after_the_other_and_in_order() -> None:
    tabs = Pages(Tab)
    order: list[str] = []

    async def act(name: str, page_id: str) -> None:
        async with tabs.of(form(page_id)):
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(act("a", ONE), act("b", ONE), act("c", ONE), act("x", OTHER))

    assert [step for step in order if step[0] != "x"] == [
        f"{name} {step}" for name in "abc" for step in ("begins", "ends")
    ]
    assert order.index("x begins") < order.index("a ends")


async def test_an_action_that_is_cancelled_while_it_waits_leaves_the_line() -> None:
    tabs = Pages(Tab)

    async def act() -> None:
        async with tabs.of(form()):
            await asyncio.sleep(0)

    async with tabs.of(form()):
        waiting = [asyncio.create_task(act()) for _ in range(3)]
        await turns()
        waiting[1].cancel()
        await turns()
    waiting[0].cancel()  # when it has just got its turn
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(result) for result in results] == [
        asyncio.CancelledError,
        asyncio.CancelledError,
        type(None),
    ]


def test_actions_of_one_page_in_several_threads_run_one_after_the_other() -> None:
    tabs = Pages(Tab)
    running: list[int] = []
    most: list[int] = []

    async def act() -> None:
        async with tabs.of(form()):
            running.append(1)
            await asyncio.to_thread(most.append, len(running))
            most.append(len(running))
            running.pop()

    threads = [threading.Thread(target=asyncio.run, args=(act(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert most == [1] * 16


async def test_a_block_inside_a_block_of_the_same_page_is_an_error() -> None:
    tabs = Pages(Tab)

    async with tabs.of(form()):
        with pytest.raises(MomentError, match="twice in one task"):
            async with tabs.of(form()):
                pass


async def test_a_state_outlives_a_reconnect(clock: Clock) -> None:
    tabs = Pages(Tab, keep_seconds=60, clock=clock)
    async with tabs.open(stream()) as tab:
        tab.state.query = "tea"

    clock.seconds = 59
    async with tabs.open(stream()) as again:
        pass

    assert again.state == Tab("tea")


async def test_a_state_is_forgotten_some_time_after_its_page_was_left(clock: Clock) -> None:
    tabs = Pages(Tab, keep_seconds=60, clock=clock)
    async with tabs.open(stream()):
        clock.seconds = 1000
        counted_open = (len(tabs), counters.snapshot().page_states)

    clock.seconds = 1060

    assert counted_open == (1, 1)
    assert (len(tabs), counters.snapshot().page_states) == (0, 0)


async def test_states_are_forgotten_in_time_without_any_further_request() -> None:
    tabs = Pages(Tab, keep_seconds=0.001)
    forgotten = asyncio.Event()

    for page_id in (ONE, OTHER):
        async with tabs.of(form(page_id)) as tab:
            tab.state.errors = Signalling(forgotten)  # type: ignore[assignment]
    del tab

    assert await asyncio.wait_for(forgotten.wait(), 10)


async def test_ten_thousand_pages_that_were_left_leave_nothing(clock: Clock) -> None:
    class Own(Tab):
        pass

    tabs = Pages(Own, keep_seconds=60, clock=clock)
    for number in range(10_000):
        async with tabs.open(stream(f"1-2-3-{number}")):
            pass
    kept = len(tabs)

    clock.seconds = 60

    assert (kept, len(tabs), counters.snapshot().page_states) == (10_000, 0, 0)
    gc.collect()
    assert sum(type(item) is Own for item in gc.get_objects()) == 0


async def test_open_pages_are_never_dropped_however_many_there_are(clock: Clock) -> None:
    tabs = Pages(Tab, max_left=2, clock=clock)

    async with tabs.open(stream(ONE)) as tab:
        tab.state.query = "tea"
        for number in range(10):
            async with tabs.of(form(f"1-1-1-{number}")):
                pass
        clock.seconds = 9999
        async with tabs.of(form(ONE)) as same:
            pass

    assert same.state == Tab("tea")
    assert counters.snapshot().page_states_dropped == 8


@pytest.mark.parametrize(
    "greedy",
    [
        lambda number: form(f"2-2-2-{number}", client="6.6.6.6"),
        lambda number: form(f"2-2-2-{number}", session="eve", client=f"6.6.6.{number}"),
    ],
    ids=["an address", "a session"],
)
async def test_one_client_cannot_push_out_the_pages_of_others(
    greedy: Callable[[int], Context],
) -> None:
    tabs = Pages(Tab, max_left=200, owner=session_of)
    for number in range(100):
        async with tabs.of(form(f"1-1-1-{number}", client=f"10.0.0.{number}")) as tab:
            tab.state.query = "tea"

    for number in range(1000):
        async with tabs.of(greedy(number)):
            pass

    found = set[str]()
    for number in range(100):
        async with tabs.of(form(f"1-1-1-{number}", client=f"10.0.0.{number}")) as tab:
            found.add(tab.state.query)
    assert (found, len(tabs)) == ({"tea"}, 200)


async def test_without_a_greedy_client_the_oldest_page_goes() -> None:
    tabs = Pages(Tab, max_left=200)

    for number in range(201):
        async with tabs.of(form(f"1-1-1-{number}", client=str(number))) as tab:
            tab.state.query = "tea"

    async with tabs.of(form("1-1-1-0")) as first, tabs.of(form("1-1-1-1")) as second:
        assert (first.state, second.state) == (Tab(), Tab("tea"))


async def test_an_action_with_the_id_of_another_sessions_page_is_refused() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with tabs.open(stream(session="ada")) as tab:
        for thief in ("eve", None):
            with pytest.raises(PageError, match="to another session") as caught:
                async with tabs.of(form(session=thief)):
                    pass

            assert (caught.value.status, tab.state) == (403, Tab())


async def test_a_stream_with_the_id_of_another_sessions_page_gets_a_state_of_its_own() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with tabs.open(stream(session="ada")) as tab:
        tab.state.query = "secret"

        async with tabs.open(stream(session="eve")) as other, tabs.of(form(session="eve")):
            assert other.state == Tab()
        async with tabs.of(form(session="ada")) as same:
            assert same is tab


async def test_a_page_that_began_without_a_session_belongs_to_the_first_one() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with tabs.open(stream()) as tab:
        async with tabs.of(form(session="ada")) as same:
            pass

        with pytest.raises(PageError):
            async with tabs.of(form(session="eve")):
                pass

        assert same is tab


async def test_a_page_that_another_address_began_without_a_session_is_not_taken_over() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with tabs.open(stream(client="6.6.6.6")) as spy:
        async with tabs.open(stream(session="ada", client="10.0.0.1")) as tab:
            tab.state.query = "secret"

            async with tabs.of(form(session="ada", client="10.0.0.2")) as same:
                pass

        assert (spy.state, same is tab) == (Tab(), True)


async def test_a_session_finds_its_own_page_before_one_without_a_session() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with (
        tabs.open(stream(client="6.6.6.6")),
        tabs.open(stream(session="ada", client="10.0.0.1")) as tab,
        tabs.of(form(session="ada", client="6.6.6.6")) as same,
    ):
        assert same is tab


@pytest.mark.parametrize("page_id", ["", "undefined", "1-2-3", "1-2-3-4-5", "1-2-3-4\n", "a-b-c-d"])
async def test_a_request_without_an_id_of_a_page_is_refused(page_id: str) -> None:
    with pytest.raises(PageError, match="no id of a page"):
        async with Pages(Tab).open(stream(page_id)):
            pass


async def test_a_new_state_is_refilled_from_the_signals_of_its_stream() -> None:
    tabs = Pages(Tab, refill=("query", "errors"))

    async with tabs.open(stream(query="tea", errors={"name": "Taken"}, is_admin=True)) as tab:
        assert tab.state == Tab("tea", {"name": "Taken"})


async def test_only_the_next_action_refills_a_field_that_the_stream_did_not_send() -> None:
    tabs = Pages(Tab, refill=("query",))
    async with tabs.open(stream()) as tab:
        async with tabs.of(action(query="tea")) as same:
            refilled = same.state.query

        async with tabs.of(action(query="coffee")):
            pass

        assert (refilled, tab.state.query) == ("tea", "tea")


async def test_a_known_state_is_not_refilled_by_a_reconnect() -> None:
    tabs = Pages(Tab, refill=("query",))
    async with tabs.open(stream(query="tea")) as tab:
        tab.state.query = "coffee"

    async with tabs.open(stream(query="tea")) as again:
        assert again.state.query == "coffee"


async def test_a_signal_of_another_type_leaves_its_field_as_it_is() -> None:
    tabs = Pages(Tab, refill=("query", "errors"))

    async with tabs.open(stream(query=7, errors={"name": "Taken"})) as tab:
        assert tab.state == Tab("", {"name": "Taken"})


@dataclass(frozen=True)
class Frozen:
    query: str = ""


class FrozenStruct(msgspec.Struct, frozen=True):
    query: str = ""


@pytest.mark.parametrize(
    "make", [Frozen, FrozenStruct, lambda: Tab("milk"), partial(Tab, query="milk")]
)
async def test_any_class_and_any_function_that_makes_a_state_can_be_refilled(
    make: Callable[[], Any],
) -> None:
    async with Pages(make, refill=("query",)).open(stream(query="tea")) as page:
        assert (type(page.state), page.state.query) == (type(make()), "tea")


async def test_a_page_whose_owner_is_empty_text_has_no_owner() -> None:
    tabs = Pages(Tab, owner=session_of)
    async with tabs.open(stream(session="")) as tab, tabs.of(form(session="ada")) as same:
        assert same is tab


async def test_an_owner_that_is_not_text_is_refused() -> None:
    tabs = Pages(Tab, owner=lambda c: 7)  # type: ignore[arg-type, return-value]

    with pytest.raises(SettingsError, match="cannot use int as the owner of a page"):
        async with tabs.open(stream()):
            pass


def test_only_declared_fields_can_be_refilled() -> None:
    with pytest.raises(SettingsError, match="cannot refill 'qery'"):
        Pages(Tab, refill=("qery",))


async def test_a_state_is_saved_after_each_action_and_loaded_in_another_process() -> None:
    saved: dict[str, str] = {}

    async def save(key: str, state: Tab) -> None:
        saved[key] = state.query

    async def load(key: str) -> Tab | None:
        return Tab(saved[key]) if key in saved else None

    async with Pages(Tab, load=load, save=save).of(form()) as tab:
        tab.state.query = "tea"
    other_process = Pages(Tab, refill=("query",), load=load, save=save)

    async with (
        other_process.open(stream(query="old")) as loaded,
        other_process.open(stream(OTHER)) as new,
    ):
        assert (loaded.state, new.state) == (Tab("tea"), Tab())
    assert len(saved) == 1


async def test_a_state_that_could_not_be_loaded_is_loaded_by_the_next_request(clock: Clock) -> None:
    attempts: list[str] = []

    async def load(key: str) -> Tab | None:
        attempts.append(key)
        return {3: Tab("tea")}[len(attempts)]

    tabs = Pages(Tab, load=load, keep_seconds=60, clock=clock)
    for block in (tabs.open(stream()), tabs.of(form())):
        with pytest.raises(KeyError):
            await block.__aenter__()

    async with tabs.open(stream()) as tab:
        pass
    clock.seconds = 60

    assert (tab.state, len(tabs)) == (Tab("tea"), 0)


class Signalling(dict[str, str]):
    """Sets an event when it is forgotten."""

    def __init__(self, forgotten: asyncio.Event) -> None:
        super().__init__()
        self.forgotten = forgotten

    def __del__(self) -> None:
        self.forgotten.set()
