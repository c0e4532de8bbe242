"""One voice: no prose has a habit that a pattern can find.

docs/decisions/voice.md shows each habit and its cure; its first table tests the patterns. A pattern
belongs here if it is nearly always right. It may miss sentences: a reader finds those.
"""

import re

import pytest

from rules.markdown import Page
from rules.prose import as_sentences, files_with_prose, sentences_of
from rules.source_tree import ROOT

PAGE = "docs/decisions/voice.md"

THERE = "".join(f"(?<!there {verb})" for verb in ("", "can ", "may ", "will ", "must ", "should "))
COMPARED = "longer|more|less|fewer|later|sooner|easier|better|worse|larger|smaller|faster|slower"
PROXY = r"(?:\w+ ){1,3}(?:proxy|proxies|balancer|firewall|middleware|scenes)\b"
CLAUSE = r"(?:^|[;:,] |\b(?:so|that|and|but|because|since|until|when|where|if|then|else) )"
VERB = "is|are|was|were|stays?|becomes?|gets?|goes|takes?|must|can|may|will|needs?|counts?|belongs?"
REST = rf"(?:(?!what|and|or|that|which|when|if|until|where|because)\S+ ){{0,5}}(?:{VERB})\b(?! be$)"

HABITS = {
    "`is no`": (
        rf"{THERE}\b(?:is|are|was|were|be|being|been|becomes?) (?:no|none|nobody|nothing)\b"
        rf"(?! (?:{COMPARED}|problem|use|match|help)\b)"
    ),
    "`behind`": (
        r"(?<!leave )(?<!leaves )(?<!leave nothing )(?<!leaves nothing )"
        r"(?<!left )(?<!fall )(?<!falls )(?<!fell )(?<!lag )(?<!lags )(?<!far )"
        rf"\bbehind\b(?! {PROXY})"
    ),
    "`nobody`": r"\b(?:nobody|somebody|anybody|everybody|whoever|whomever)\b",
    "`What …`": r"^(?:\w+: )?(?-i:What(?! to)|Who|Whatever)\b[^?]*$",
    "`what … is`": rf"{CLAUSE}what (?!to )(?:(?:{VERB}|comes|\w+ed)|\w+(?: \w+)? \w+) {REST}[^?]*$",
    "`stands`": r"\b(?:stands?|stood|standing)\b(?! (?:for|in for|out|still|by)\b)",
    "`anew`": r"\b(?:anew|once more)\b",
    "`tells what`": r"\btells (?:what|which|how|whether|when|where|why|that|of)\b",
    "`Be a`": r"^Be (?:a|an|one|the|what)\b",
    "`Of …`": r"^(?-i:Of) (?!course\b)",
}
PATTERNS = {habit: re.compile(pattern, re.IGNORECASE) for habit, pattern in HABITS.items()}

FILES = [name for name in files_with_prose() if name != PAGE]
ROWS = [line.strip("| ").split(" | ") for line in Page(ROOT / PAGE).lines if line[:2] == "| "]
SEARCHED = [row for row in ROWS if row[0] in PATTERNS]
CURES = [row[-1] for row in ROWS]

PLAIN = (
    "There is no such file, and there may be none.",
    "The stream is no longer open.",
    "A pause is no longer than a second, and is no easier to see.",
    "A slow reader falls behind and leaves nothing behind, and nothing is left behind.",
    "It runs behind a reverse proxy, or behind a middleware.",
    "`nobody` is an attribute here.",
    "What does it cost?",
    "view: What to render, and what to leave out.",
    "[What does it cost?](compression.md) has the figures.",
    "## What it costs",
    "`check()` reports what moved and what was lost.",
    "This page says what it costs, how it was measured, and what to do about it.",
    "`*` stands for one token, and the clock stood still.",
    "The client cannot tell which of them is newer.",
    "Of course it can.",
)


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_no_habit_that_a_pattern_finds(name: str) -> None:
    found = [
        f"{sentence.place}: {habit}: {sentence.text}"
        for sentence in sentences_of(name)
        for habit in habits_of(sentence.text)
    ]

    assert found == [], f"see {PAGE}"


def test_the_page_shows_every_habit() -> None:
    assert {row[0] for row in SEARCHED} == set(PATTERNS)


@pytest.mark.parametrize(("habit", "now"), [row[:2] for row in SEARCHED])
def test_a_pattern_finds_the_sentences_that_the_page_shows(habit: str, now: str) -> None:
    assert habit in {found for sentence in as_sentences(now) for found in habits_of(sentence)}


@pytest.mark.parametrize("plain", [*CURES, *PLAIN])
def test_no_pattern_finds_a_plain_sentence(plain: str) -> None:
    assert [habits_of(sentence) for sentence in as_sentences(plain) if habits_of(sentence)] == []


def test_the_page_itself_has_no_habit_outside_of_its_tables() -> None:
    sentences = [line for line in Page(ROOT / PAGE).lines if not line.startswith("|")]

    assert [line for line in sentences for said in as_sentences(line) if habits_of(said)] == []


def habits_of(sentence: str) -> list[str]:
    """Return the habits that a sentence has."""
    return [habit for habit, pattern in PATTERNS.items() if pattern.search(sentence)]
