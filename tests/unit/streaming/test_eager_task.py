"""A task whose first step runs at once: it behaves like any task from then on."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from fatmorph._streaming.eager_task import eager_task

variable = ContextVar("variable", default="outside")


def begun(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    return eager_task(coroutine, loop=asyncio.get_running_loop(), name="a name")


async def test_a_coroutine_that_does_not_wait_ends_at_once() -> None:
    steps: list[str] = []

    async def coroutine() -> None:
        steps.append("step")

    assert (begun(coroutine()), steps) == (None, ["step"])


async def test_all_tasks_can_be_cancelled_after_a_coroutine_that_does_not_wait() -> None:
    async def coroutine() -> None: ...

    begun(coroutine())
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:  # Python 3.11 has one; asyncio.run() does the same at its end
        task.cancel()

    assert await asyncio.gather(*others) == [None] * len(others)


async def test_a_coroutine_that_waits_goes_on_in_a_task() -> None:
    steps: list[int] = []

    async def coroutine() -> None:
        for number in range(3):
            steps.append(number)
            await asyncio.sleep(0)

    task = begun(coroutine())
    before = list(steps)
    assert task is not None
    await task

    assert (before, steps, task.get_name()) == ([0], [0, 1, 2], "a name")


async def test_a_future_resumes_the_coroutine_with_its_result() -> None:
    future = asyncio.get_running_loop().create_future()
    results: list[str] = []

    async def coroutine() -> None:
        results.append(await future)

    task = begun(coroutine())
    assert task is not None
    future.set_result("ready")
    await task

    assert results == ["ready"]


async def test_the_first_step_runs_in_the_task_that_runs_the_rest() -> None:
    tasks: list[asyncio.Task[Any] | None] = []

    async def coroutine() -> None:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        tasks.append(asyncio.current_task())

    task = begun(coroutine())
    assert task is not None
    await task

    assert tasks == [task, task]


async def test_the_caller_is_the_current_task_again() -> None:
    async def coroutine() -> None:
        await asyncio.sleep(0)

    caller = asyncio.current_task()
    task = begun(coroutine())

    assert (asyncio.current_task(), task is caller) == (caller, False)


async def test_it_can_begin_where_no_task_is_current() -> None:
    loop = asyncio.get_running_loop()
    found: asyncio.Future[object] = loop.create_future()

    async def coroutine() -> None:
        await asyncio.sleep(0)

    def callback() -> None:
        task = begun(coroutine())
        found.set_result((task is not None, asyncio.current_task()))

    loop.call_soon(callback)

    assert await found == (True, None)


async def test_all_steps_share_one_context_that_is_not_the_callers() -> None:
    values: list[str] = []

    async def coroutine() -> None:
        token = variable.set("inside")
        await asyncio.sleep(0)
        values.append(variable.get())
        variable.reset(token)  # fails in another context

    task = begun(coroutine())
    values.append(variable.get())
    assert task is not None
    await task

    assert values == ["outside", "inside"]


async def test_a_timeout_around_the_first_wait_reaches_the_task() -> None:
    outcomes: list[str] = []

    async def coroutine() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            outcomes.append("timeout")

    task = begun(coroutine())
    assert task is not None
    await task

    assert outcomes == ["timeout"]


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_a_cancellation_is_raised_where_the_coroutine_waits(turns: int) -> None:
    event = asyncio.Event()
    outcomes: list[str] = []

    async def coroutine() -> None:
        try:
            await event.wait()
        except asyncio.CancelledError:
            outcomes.append("cancelled")
            await asyncio.sleep(0)
            outcomes.append("cleaned up")
            raise

    task = begun(coroutine())
    assert task is not None
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (outcomes, task.cancelled()) == (["cancelled", "cleaned up"], True)


async def test_an_error_of_a_later_step_is_an_error_of_the_task() -> None:
    async def coroutine() -> None:
        await asyncio.sleep(0)
        raise LookupError("lost")

    task = begun(coroutine())
    assert task is not None

    with pytest.raises(LookupError, match="lost"):
        await task
