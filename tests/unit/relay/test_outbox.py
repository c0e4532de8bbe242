"""The outbox of a relay: its order, its bound, and the subjects of lost messages."""

import logging

import pytest

from fatmorph.relay import _outbox
from fatmorph.relay._outbox import Entry, Outbox

MESSAGES = [(f"a.{number}", b"x") for number in range(5)]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox("redis://127.0.0.1:6379")


@pytest.fixture
def room_for_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_outbox, "MAX_WAITING_BYTES", 3 * (1 + _outbox.ENTRY_BYTES))


def put(outbox: Outbox, entries: list[Entry]) -> None:
    for subject, payload in entries:
        outbox.put_message(subject, payload)


def test_messages_and_patterns_are_taken_in_order(outbox):
    outbox.put_message("a", b"1")
    outbox.put_pattern("b.*")
    outbox.put_message("c", b"2")

    assert outbox.waiting_patterns() == {"b.*"}
    assert outbox.take(2) == [("a", b"1"), ("b.*", None)]
    assert outbox.take(2) == [("c", b"2")]
    assert outbox.take(2) == []


def test_messages_wait_until_they_are_confirmed(outbox):
    put(outbox, MESSAGES)

    outbox.take(2)
    counts = [outbox.message_count]
    outbox.note_sent()
    counts.append(outbox.message_count)

    assert counts == [5, 3]


def test_a_full_outbox_drops_its_oldest_messages_and_no_pattern(outbox, room_for_three, caplog):
    caplog.set_level(logging.WARNING)
    outbox.put_pattern("b.*")

    put(outbox, MESSAGES)

    assert (outbox.message_count, outbox.dropped, len(caplog.records)) == (3, 2, 1)
    assert sorted(outbox.take(9)) == sorted([("b.*", None), *MESSAGES[2:]])
    assert outbox.take_lost_subjects() == ["a.0", "a.1"]


def test_a_message_that_is_larger_than_the_room_is_kept_alone(outbox, room_for_three):
    put(outbox, MESSAGES)

    outbox.put_message("large", b"x" * 1000)

    assert outbox.take(9) == [("large", b"x" * 1000)]


def test_messages_that_were_not_confirmed_are_counted_with_their_subjects(outbox):
    put(outbox, [*MESSAGES, *MESSAGES])

    outbox.note_lost([*outbox.take(10), ("b.*", None)])

    assert (outbox.dropped, outbox.message_count) == (10, 0)
    assert outbox.take_lost_subjects() == [subject for subject, _ in MESSAGES]
    assert outbox.take_lost_subjects() == []


def test_the_number_of_lost_subjects_has_a_limit(outbox, monkeypatch):
    monkeypatch.setattr(_outbox, "MAX_LOST_SUBJECTS", 2)

    outbox.note_lost(MESSAGES)

    assert (outbox.dropped, outbox.take_lost_subjects()) == (5, ["a.0", "a.1"])


def test_subjects_that_could_not_be_announced_are_kept(outbox):
    outbox.note_lost(MESSAGES[:1])
    lost = outbox.take_lost_subjects()

    outbox.keep_lost_subjects(lost)

    assert outbox.take_lost_subjects() == ["a.0"]
