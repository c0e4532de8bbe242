"""The library's loggers: every record is one line, whatever its arguments are."""

import logging
from typing import NoReturn

import pytest

from fatmorph._log import Limit, Log, _Repeats
from fatmorph.errors import OriginError
from fatmorph.morph.finding import Finding

log = Log("fatmorph.tests")


def test_a_text_begins_no_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("behind: %s, %d of %.1f", "a\nERROR: b\x1b[2J", 3, 4.25)

    assert caplog.messages == [r"behind: a\nERROR: b\x1b[2J, 3 of 4.2"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (
            OriginError("cannot take\nPOST", where="x\nERROR: y", why="z", fix="f()"),
            r"cannot take\nPOST; where: x\nERROR: y; why: z; fix: f()",
        ),
        (
            Finding("error", "empty-id", "body > p#a\nERROR: b", "an empty id", "why", "fix"),
            r"error empty-id: an empty id; where: body > p#a\nERROR: b; why: why; fix: fix",
        ),
        (LookupError("a\r\nb"), r"a\r\nb"),
    ],
    ids=["an error", "a finding", "an error of others"],
)
def test_an_argument_of_several_lines_becomes_one_line(
    caplog: pytest.LogCaptureFixture, value: object, line: str
) -> None:
    log.error("%s", value)

    assert caplog.messages == [line]


def test_a_record_names_the_line_that_asked_for_it(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("here")

    assert [record.funcName for record in caplog.records] == [
        "test_a_record_names_the_line_that_asked_for_it"
    ]


def test_a_record_keeps_its_fields_and_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    error = LookupError("gone")

    log.error("failed", exc_info=error, extra={"seconds": 3})

    [record] = caplog.records
    assert (record.levelname, vars(record)["seconds"]) == ("ERROR", 3)
    assert record.exc_info == (LookupError, error, None)


def test_a_level_that_is_off_words_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="fatmorph.tests")

    class Unwordable:
        def __str__(self) -> str:
            raise AssertionError

    log.info("%s", Unwordable())

    assert caplog.messages == []


def fail(kind: type[Exception]) -> NoReturn:
    raise kind("down")


def fail_elsewhere(kind: type[Exception]) -> NoReturn:
    raise kind("down")


class Failures:
    """Errors of two classes and from several lines, logged at a time that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("fatmorph._log._repeats", _Repeats())
        monkeypatch.setattr("fatmorph._log.time.monotonic", lambda: self.now)

    def log(self, kind: type[Exception]) -> None:
        try:
            fail(kind)
        except kind:
            log.exception("failed")

    def log_elsewhere(self) -> None:
        try:
            fail_elsewhere(LookupError)
        except LookupError:
            log.exception("failed")


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    return Failures(monkeypatch)


def test_an_error_has_one_traceback_a_minute_and_then_a_count(
    failures: Failures, caplog: pytest.LogCaptureFixture
) -> None:
    for seconds in (0.0, 1.0, 58.0, 2.0, 60.0):
        failures.now += seconds
        failures.log(LookupError)

    assert caplog.messages == [
        "failed",
        "failed (and 2 more since the last traceback)",
        "failed",
    ]


def test_errors_of_another_class_or_line_have_tracebacks_of_their_own(
    failures: Failures, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        failures.log(LookupError)
        failures.log(ValueError)
        failures.log_elsewhere()

    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        LookupError,
        ValueError,
        LookupError,
    ]


def test_records_without_a_traceback_are_not_counted(
    failures: Failures, caplog: pytest.LogCaptureFixture
) -> None:
    log.error("failed")
    log.error("failed", exc_info=False)

    assert caplog.messages == ["failed", "failed"]


def test_a_thousand_errors_are_remembered_and_then_forgotten_together() -> None:
    repeats = _Repeats()
    errors = [type(f"Error{number}", (Exception,), {})() for number in range(1001)]

    first = [repeats.left_out({"exc_info": error}) for error in errors]

    again = [repeats.left_out({"exc_info": error}) for error in (errors[0], errors[1000])]
    assert (first, again) == ([0] * 1001, [0, None])


def test_a_kind_of_record_is_logged_so_often_a_minute_and_then_with_a_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("fatmorph._log.time.monotonic", lambda: now)
    limit = Limit(2)

    first = [limit.left_out("origin") for _ in range(4)]
    other = limit.left_out("signals")
    now += 60.0
    later = [limit.left_out("origin") for _ in range(3)]
    now += 61.0

    assert (first, other, later) == ([0, 0, None, None], 0, [2, 0, None])
    assert limit.left_out("origin") == 1
