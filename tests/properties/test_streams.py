"""In any order of events, the order of writes is kept, handlers end, and nothing is left."""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeAlias

from hypothesis import example, given, strategies as st

from fatmorph.adapters import respond
from fatmorph.context import Context
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer
from transports import Source, turns

Step: TypeAlias = Literal["publish", "turn", "stall", "read", "leave", "fail", "stop", "grace"]
STEPS: list[Step] = ["publish", "turn", "stall", "read", "leave", "fail", "stop", "grace"]

# How a handler lives; the last line of each is its clean-up.


async def loop(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async for item in w.alive(source):
        handle(item)


async def loop_with_a_body(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async for item in w.alive(source):
        handle(item)
        await turns(2)
        await w.drain()


async def block(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async with w.alive():
        async for item in source:
            handle(item)
            await w.drain()


async def loop_in_its_block(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async with w.alive(source) as items:
        async for item in items:
            handle(item)


async def loop_in_another_block(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async with asyncio.timeout(3600), w.alive():
        async for item in w.alive(source):
            handle(item)


async def two_tasks(w: Writer, source: Source, handle: Callable[[str], None]) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop(w, source, handle))
        tasks.create_task(loop(w, Source(), handle))


HANDLERS = [loop, loop_with_a_body, block, loop_in_its_block, loop_in_another_block, two_tasks]


class Run:
    """Run one handler through a list of steps."""

    def __init__(self, handler: Callable[..., object]) -> None:
        self.handler = handler
        self.transport = MemoryClient()
        self.source = Source()
        self.published = 0
        self.written = b""
        self.has_cleaned_up = False
        self.task = asyncio.create_task(
            respond(self._respond, Context(method="GET", path="/"), self.transport)
        )

    async def _respond(self, c: Context, w: Writer) -> None:
        self.writer = w
        await self.handler(w, self.source, self._write)  # type: ignore[misc]
        self.has_cleaned_up = True
        self._write("goodbye")

    def _write(self, text: str) -> None:
        self.written += (
            f'event: datastar-patch-signals\ndata: signals {{"text":"{text}"}}\n\n'.encode()
        )
        self.writer.patch_signals({"text": text})

    async def step(self, step: Step) -> None:
        match step:
            case "publish":
                self.published += 1
                self.source.queue.put_nowait(str(self.published))
            case "turn":
                await turns(1)
            case "stall":
                self.transport.stop_reading()
            case "read":
                self.transport.read_on()
            case "leave":
                self.transport.leave()
            case "fail":
                self.transport.fail(BrokenPipeError())
            case "stop":
                self.writer._stream.end()
            case "grace":
                self.writer._stream.end()
                await turns(20)
                self.writer._stream.cancel()


@given(handler=st.sampled_from(HANDLERS), steps=st.lists(st.sampled_from(STEPS), max_size=14))
@example(handler=loop, steps=["publish", "turn", "stall", "publish", "turn", "stop", "leave"])
@example(handler=two_tasks, steps=["publish", "stop", "grace", "grace"])
def test_a_stream_ends_in_order_and_leaves_nothing(
    handler: Callable[..., object], steps: list[Step]
) -> None:
    async def main() -> tuple[Run, set[object]]:
        run = Run(handler)
        await turns(1)
        for step in steps:
            await run.step(step)
        run.writer._stream.end()
        run.transport.read_on()
        await asyncio.wait_for(run.task, 10)
        await turns()
        return run, asyncio.all_tasks() - {asyncio.current_task()}

    run, tasks = asyncio.run(main())

    assert (run.has_cleaned_up, tasks, run.task.cancelling()) == (True, set(), 0)
    assert run.written.startswith(run.transport.body)
    assert run.transport.is_complete <= (run.transport.body == run.written)
    assert run.transport.is_complete or {"leave", "fail", "stall"} & set(steps)
