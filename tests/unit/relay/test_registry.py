"""Messages of a broker, which reach the mailboxes in runs: in order, and none too early."""

import pytest

from fatmorph import counters
from fatmorph.relay._mailbox import LatestQueue, Mailbox, Queue
from fatmorph.relay._registry import Registry, Run
from garbage import MANY_PAIRS, frequent_collections


@pytest.fixture
def registry() -> Registry[int]:
    return Registry[int]()


def mailbox(registry: Registry[int], *patterns: str, limit: int = 10) -> Mailbox[int]:
    return Mailbox(patterns, Queue[int](limit), registry.awaited)


def run(registry: Registry[int], pattern: str, *messages: tuple[str, int]) -> Run[int]:
    found = Run[int](pattern, registry.next_number)
    found.messages.extend(messages)
    return found


async def read(box: Mailbox[int], count: int) -> list[tuple[str, int]]:
    return [await box.receive() for _ in range(count)]


async def test_runs_of_several_patterns_arrive_in_their_order(registry: Registry[int]) -> None:
    box = mailbox(registry, "a", "b.*")
    registry.add(box)

    registry.receive(
        [
            run(registry, "a", ("a", 1), ("a", 2)),
            run(registry, "b.*", ("b.x", 3)),
            run(registry, "a", ("a", 4)),
        ]
    )

    assert await read(box, 4) == [("a", 1), ("a", 2), ("b.x", 3), ("a", 4)]


async def test_a_mailbox_gets_nothing_that_has_arrived_before_it_was_made(
    registry: Registry[int],
) -> None:
    older, younger = mailbox(registry, "a"), mailbox(registry, "a")
    registry.add(older)
    before = run(registry, "a", ("a", 1))
    registry.add(younger)

    registry.receive([before, run(registry, "a", ("a", 2))])

    assert await read(older, 2) == [("a", 1), ("a", 2)]
    assert await read(younger, 1) == [("a", 2)]
    assert younger.skip() == 0


async def test_a_run_that_does_not_fit_drops_the_oldest_messages_and_counts_them(
    registry: Registry[int],
) -> None:
    box = mailbox(registry, "a", limit=3)
    registry.add(box)
    counted = counters.COUNTERS.dropped

    registry.receive([run(registry, "a", *(("a", number) for number in range(5)))])

    assert (box.dropped, counters.COUNTERS.dropped - counted) == (2, 2)
    assert await read(box, 3) == [("a", 2), ("a", 3), ("a", 4)]


async def test_the_newest_message_of_each_subject_of_a_run_is_kept(
    registry: Registry[int],
) -> None:
    box = Mailbox(("*",), LatestQueue[int](10), registry.awaited)
    registry.add(box)

    registry.receive([run(registry, "*", ("a", 1), ("b", 2), ("a", 3))])

    assert (await read(box, 2), box.dropped) == ([("b", 2), ("a", 3)], 0)


class Closer:
    """Data whose finaliser closes a subscription, as that of a user may."""

    def __init__(self, registry: Registry[object], number: int) -> None:
        self.registry = registry
        self.number = number

    def __del__(self) -> None:
        self.registry.remove(self.number)


def test_a_finaliser_may_close_a_subscription_while_messages_arrive() -> None:
    registry = Registry[object]()
    boxes = [Mailbox(("a",), LatestQueue[object](1), registry.awaited) for _ in range(3)]
    numbers = [registry.add(box) for box in boxes]
    first, second = (Run[object]("a", registry.next_number) for _ in range(2))
    first.messages.append(("a", Closer(registry, numbers[1])))
    second.messages.append(("a", None))
    registry.receive([first])
    del first

    registry.receive([second])

    assert registry.count == 2


def test_a_garbage_collection_may_close_subscriptions_while_messages_arrive() -> None:
    registry = Registry[int]()
    boxes = [mailbox(registry, "a") for _ in range(MANY_PAIRS)]
    numbers = [registry.add(box) for box in boxes]

    with frequent_collections(lambda: registry.remove(numbers.pop())):
        registry.receive([run(registry, "a", ("a", 1))])

    assert [box.skip() for box in boxes[:10]] == [1] * 10
