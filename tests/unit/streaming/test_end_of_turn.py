"""The end of an event loop's turn, at which all streams are flushed."""

import asyncio

from fatmorph._streaming.end_of_turn import turn_of


class Counting:
    """Counts how often it is flushed."""

    def __init__(self) -> None:
        self.flushes = 0

    def flush(self) -> None:
        self.flushes += 1


async def test_all_that_was_added_is_flushed_when_the_turn_ends() -> None:
    turn = turn_of(asyncio.get_running_loop())
    written = [Counting() for _ in range(3)]

    for each in written:
        turn.add(each)
    before = [each.flushes for each in written]
    await asyncio.sleep(0)

    assert (before, [each.flushes for each in written]) == ([0, 0, 0], [1, 1, 1])


async def test_each_turn_flushes_what_was_added_in_it() -> None:
    turn = turn_of(asyncio.get_running_loop())
    written = [Counting(), Counting()]

    for each in written:
        turn.add(each)
        await asyncio.sleep(0)

    assert [each.flushes for each in written] == [1, 1]


async def test_the_stream_that_was_added_last_can_be_left_out() -> None:
    turn = turn_of(asyncio.get_running_loop())
    first, last = Counting(), Counting()
    turn.add(first)
    turn.add(last)

    turn.leave_out(last)
    await asyncio.sleep(0)

    assert (first.flushes, last.flushes) == (1, 0)


async def test_one_event_loop_has_one_turn_at_a_time() -> None:
    loop = asyncio.get_running_loop()
    turn = turn_of(loop)

    assert turn_of(loop) is turn
