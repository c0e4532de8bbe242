"""Quoting of text that a client may have sent: it stays on its line and moves no cursor."""

import pytest
from hypothesis import given, strategies as st

from fatmorph.errors import one_line, quoted

# All line ends that a reader of logs may know: https://docs.python.org/3/library/stdtypes.html#str.splitlines
LINE_BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_line_break_of_any_kind_is_written_as_its_escape(line_break: str) -> None:
    text = quoted(f"a{line_break}ERROR: b")

    assert text == f"a{line_break.encode('unicode_escape').decode()}ERROR: b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J\x07\x08\x7f\0", r"\x9b2J\x07\x08\x7f\x00"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("a\ufeffb\u200bc", r"a\ufeffb\u200bc"),
        ("half \ud83d", r"half \ud83d"),
    ],
    ids=["colours", "controls", "directions", "without width", "half a character"],
)
def test_a_terminal_s_control_character_is_written_as_its_escape(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize("text", ["", "plain", "räume, 部屋, غرف, 🙂", r"C:\new"])
def test_text_of_every_script_stays_as_it_is(text: str) -> None:
    assert quoted(text) == text


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_becomes_one_line_that_can_be_encoded(text: str) -> None:
    line = quoted(text)

    assert line.isprintable()
    assert line.encode().decode() == line


def test_a_message_of_four_parts_becomes_one_line() -> None:
    message = "what\n  where: here\n  why:   because\n  fix:   code()"

    assert one_line(message) == "what; where: here; why: because; fix: code()"
