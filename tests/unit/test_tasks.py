"""`pending()` outside of a live page: a value that depends on its task alone."""

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import Any

import pytest

from fatmorph import Element, h, in_thread, pending
from fatmorph.errors import ChildError, MomentError
from fatmorph.morph import check

PLACEHOLDER = h.p("Counting …", id="report")


async def load_report() -> Element:
    return h.p("7", id="report")


def broken_report() -> Element:
    raise LookupError("no report")


def done(value: object) -> "concurrent.futures.Future[Any]":
    future: concurrent.futures.Future[Any] = concurrent.futures.Future()
    future.set_result(value)
    return future


def test_a_future_without_a_value_is_its_placeholder() -> None:
    assert pending(concurrent.futures.Future(), PLACEHOLDER) is PLACEHOLDER


def test_a_task_that_has_not_begun_is_its_placeholder() -> None:
    assert pending(None, PLACEHOLDER) is PLACEHOLDER


@pytest.mark.parametrize("value", [h.p("7", id="report"), "7", 7, None, [h.b("7"), "!"]])
def test_a_future_with_a_value_is_that_value(value: object) -> None:
    assert pending(done(value), PLACEHOLDER) is value


async def test_a_task_is_its_placeholder_until_it_has_ended() -> None:
    task = asyncio.create_task(load_report())
    before = pending(task, PLACEHOLDER)

    await task

    assert (before, pending(task, PLACEHOLDER)) == (PLACEHOLDER, h.p("7", id="report"))


def test_a_page_with_a_placeholder_can_be_checked_before_and_after() -> None:
    before = h.main(pending(None, PLACEHOLDER), id="main")
    after = h.main(pending(done(h.p("7", id="report")), PLACEHOLDER), id="main")

    assert check(before, after) == ()


def test_a_value_that_cannot_be_a_child_is_refused_where_it_is_used() -> None:
    value = pending(done({"rows": 7}.keys), PLACEHOLDER)

    with pytest.raises(ChildError, match="cannot render"):
        h.main(value)


def test_an_error_is_raised_with_the_line_that_raised_it() -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        task = pool.submit(broken_report)
    concurrent.futures.wait([task])

    with pytest.raises(LookupError) as caught:
        pending(task, PLACEHOLDER)

    assert caught.traceback[-1].name == "broken_report"


def test_an_empty_fallback_replaces_an_error_too() -> None:
    failed: concurrent.futures.Future[Element] = concurrent.futures.Future()
    failed.set_exception(LookupError("no report"))

    assert pending(failed, PLACEHOLDER, fallback=None) is None


def test_a_cancelled_task_is_refused_or_shows_its_fallback() -> None:
    task: concurrent.futures.Future[Element] = concurrent.futures.Future()
    task.cancel()

    with pytest.raises(MomentError, match="was cancelled"):
        pending(task, PLACEHOLDER)
    assert pending(task, PLACEHOLDER, fallback="later") == "later"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (load_report, "the coroutine of load_report()"),
        (lambda: load_report, "the function load_report"),
        (lambda: in_thread(len, ""), "in_thread(len)"),
        (lambda: PLACEHOLDER, "Element"),
        (lambda: "7", "str"),
    ],
    ids=["coroutine", "function", "call in a thread", "element", "text"],
)
def test_anything_else_than_a_task_or_a_future_is_refused(
    make: Callable[[], Any], what: str
) -> None:
    with pytest.raises(ChildError) as caught:
        pending(make(), PLACEHOLDER)

    assert caught.value.what == f"cannot wait for {what} in a page"
