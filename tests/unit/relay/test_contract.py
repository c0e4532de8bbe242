"""Subjects, patterns, and matches between them."""

import pytest

from fatmorph.errors import SubjectError
from fatmorph.relay._contract import (
    checked_pattern,
    checked_subject,
    disjoint_patterns,
    is_match,
    prefixes_of,
)


@pytest.mark.parametrize(
    "subject", ["join", "room.1", "room.1.message", "räume.1", "a-b.c_d", "$x"]
)
def test_a_subject_is_tokens_joined_by_dots(subject):
    assert checked_subject(subject) == subject


@pytest.mark.parametrize("pattern", ["*", "join", "room.1", "room.*", "room.1.*"])
def test_a_pattern_is_a_subject_a_prefix_or_everything(pattern):
    assert checked_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("subject", "suggestion"),
    [
        ("", "room.1"),
        (".", "room.1"),
        ("*", "room.1"),
        ("room.*", "room"),
        ("room..1", "room.1"),
        (".room", "room"),
        ("room.", "room"),
        ("room.a b", "room.a-b"),
        ("room.a\u2028b", "room.a-b"),
        ("room\n", "room"),
        ("room\x00", "room"),
        ("room\ud800", "room"),
        ("room.[1]", "room.1"),
        ("room.a?b", "room.a-b"),
        ("room.a\\b", "room.a-b"),
        ("a" * 300, "a" * 255),
        ("room.>", "room"),
        (b"room", "room.1"),
        (None, "room.1"),
        (7, "room.1"),
    ],
)
def test_an_invalid_subject_is_refused_with_the_nearest_valid_one(subject, suggestion):
    with pytest.raises(SubjectError) as caught:
        checked_subject(subject)

    assert caught.value.fix == f"relay.publish({suggestion!r}, data)"
    assert checked_subject(suggestion) == suggestion


@pytest.mark.parametrize(
    ("pattern", "suggestion"),
    [
        ("", "room.1"),
        ("**", "*"),
        (".*", "*"),
        ("*.*", "*"),
        (">", "*"),
        ("room*", "room.*"),
        ("room.>", "room.*"),
        ("room.*.join", "room.*"),
        ("room..*", "room.*"),
        ("ro om.*", "ro-om.*"),
        ("room ", "room"),
        (None, "room.1"),
    ],
)
def test_an_invalid_pattern_is_refused_with_the_nearest_valid_one(pattern, suggestion):
    with pytest.raises(SubjectError) as caught:
        checked_pattern(pattern)

    assert caught.value.fix == f"relay.subscribe({suggestion!r})"
    assert checked_pattern(suggestion) == suggestion


def test_the_error_for_an_invalid_subject_has_all_four_parts():
    with pytest.raises(SubjectError) as caught:
        checked_subject("room.*")

    assert str(caught.value) == (
        "cannot publish on the subject 'room.*'\n"
        "  where: relay.publish()\n"
        "  why:   a subject is tokens joined by dots; `*` is for patterns\n"
        "  fix:   relay.publish('room', data)"
    )


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("*", "join", True),
        ("*", "room.1.join", True),
        ("join", "join", True),
        ("join", "joined", False),
        ("join", "join.1", False),
        ("room.1.*", "room.1.x", True),
        ("room.1.*", "room.1.x.y", True),
        ("room.1.*", "room.1", False),
        ("room.1.*", "room.11.x", False),
        ("room.1.*", "room", False),
        ("Room.*", "room.1", False),
    ],
)
def test_a_prefix_pattern_matches_only_subjects_below_the_prefix(pattern, subject, expected):
    assert is_match(pattern, subject) is expected


@pytest.mark.parametrize(
    ("subject", "prefixes"),
    [("join", []), ("room.1", ["room"]), ("a.b.c.d", ["a.b.c", "a.b", "a"])],
)
def test_the_prefixes_of_a_subject_start_with_the_longest(subject, prefixes):
    assert list(prefixes_of(subject)) == prefixes


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        (("join",), ("join",)),
        (("join", "join"), ("join",)),
        (("*", "join", "room.*"), ("*",)),
        (("join", "*"), ("*",)),
        (("room.*", "room"), ("room.*", "room")),
        (("room.1.x", "room.*", "room.1.*"), ("room.*",)),
        (("room.1.*", "room.2.*"), ("room.1.*", "room.2.*")),
        (("a.*", "ab.*"), ("a.*", "ab.*")),
    ],
)
def test_a_pattern_that_another_pattern_covers_is_omitted(patterns, kept):
    assert disjoint_patterns(patterns) == kept


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("room..1", "a subject is tokens joined by dots"),
        ("room.*", "a subject is tokens joined by dots; `*` is for patterns"),
        ("a?", "a subject is tokens joined by dots; in Redis, `?` is part of a pattern"),
        ("[a", "a subject is tokens joined by dots; in Redis, `[` is part of a pattern"),
        (
            "a.>",
            "a subject is tokens joined by dots; in NATS, `>` is a pattern for everything below",
        ),
        (
            "a b",
            (
                "a subject is tokens joined by dots; "
                "NATS reads white space and control characters as the end of a subject"
            ),
        ),
        ("\ud800", "a subject is tokens joined by dots; half a character cannot be sent"),
        ("a" * 256, "NATS takes no longer command: at most 255 characters"),
    ],
)
def test_the_reason_names_the_broker_that_would_misread_a_subject(subject, reason):
    with pytest.raises(SubjectError) as caught:
        checked_subject(subject)

    assert caught.value.why == reason


def test_the_longest_subject_is_accepted():
    assert checked_subject("a" * 255) == "a" * 255
    assert checked_pattern("a" * 253 + ".*") == "a" * 253 + ".*"
