"""Races between two threads that real threads cannot reproduce reliably."""

import asyncio

import pytest

from fatmorph.relay._mailbox import LatestQueue, Mailbox, Queue


@pytest.mark.parametrize("kind", [Queue, LatestQueue])
def test_a_queue_that_is_read_just_as_it_looks_full_accepts_the_message(kind):
    class SeenFull(kind):
        def __len__(self) -> int:
            return self.limit

    queue = SeenFull(1)

    lost = queue.put(("join", "ada"))

    assert (lost, queue.take()) == (None, ("join", "ada"))


@pytest.mark.parametrize("kind", [Queue, LatestQueue])
async def test_a_reader_whose_message_was_just_dropped_waits_for_the_next(kind):
    class SeenFilled(kind):
        lengths = iter([1])

        def __len__(self) -> int:
            return next(self.lengths, super().__len__())

    mailbox = Mailbox(("*",), SeenFilled(1), set())
    reader = asyncio.create_task(mailbox.receive())
    await asyncio.sleep(0)

    mailbox.deliver(("join", "ada"), 1, asyncio.get_running_loop())

    assert await reader == ("join", "ada")
