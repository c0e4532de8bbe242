"""Fuzz the C engine, guided by its coverage, and compare it with the Python engine.

Bytes are read as a call of a tag (see core/outcomes.py); both engines make it, and all
visible properties of the two results must be equal, sometimes in several threads at once.
Values of all kinds are then given to a memoised view, which must remember the same ones.
`.ci/fuzz SECONDS` builds the engine with coverage and sanitizers and runs this.
"""

import sys
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

from markupsafe import Markup

from core.liars import LAZIES, PROXIES, RECORDS, claims
from core.outcomes import (
    LASTS,
    LYING_NUMBERS,
    LYING_TEXTS,
    ODD_ITERATORS,
    STRANGE,
    TEMPLATE_TEXTS,
    attempt,
    html_answers,
    lies,
    make,
    outcome,
)
from core.shortened import SHORTENED
from core.threads import outcomes_of_threads, unclear_outcomes
from fatmorph.markup._memo_plan import memo_plan

PYTHON = import_module("fatmorph.markup._core_py")
C = import_module("fatmorph.markup._core_c")

MAX_DEPTH = 5
UNITS_PER_THREADS = 40  # threads take a hundred times as long as a call
CLAIMS = [*claims(PYTHON)]
MAPPING_LIES = [*lies(PYTHON, ())]
HTML_ANSWERS = [*html_answers(PYTHON, ("value", ""))]
TAGS = ["div", "p", "i", "x-y", "DIV", "pre", "textarea", "script", "style", "title", "br", "html"]
TAGS += ["noscript", "select", "template", "col", "xmp", "svg"]
FOREIGN = [
    "svg", "g", "foreignObject", "desc", "title", "style", "script", "a", "math", "mi", "mglyph",
    "annotation-xml", "textarea", "NOSCRIPT", "x-y",
]  # fmt: skip
NAMES = [
    "id", "class", "style", "href", "hidden", "aria-label", "draggable", "viewBox", "from",
    "data-x", "title", "class_", "data_on", "values", "on\u00e9", "nonce", "data-nonce",
    "data-preserve-attr", "srcdoc", "data-text", "label",
]  # fmt: skip
TEXTS = [
    "", "&<>\"'", "\n", "\r", "\r\n", "\n\r", "</script", "<!--", "--", "->", "</body>", "\ud800",
    "</noscript>", "</Style ", "</title>",
    "\U0001f600", "\u00e9" * 90, "x" * 300, "javascript:alert(1)", "&amp;\u2028",
]  # fmt: skip
OPTIONS = ["prevent", "delay", "debounce", "retry", "if_missing", "case", "include"]


class Reader:
    """A reader of calls in the bytes that libFuzzer generates."""

    def __init__(self, data: bytes) -> None:
        self.data = atheris.FuzzedDataProvider(data)

    def number(self, most: int) -> int:
        return self.data.ConsumeIntInRange(0, most)

    def text(self) -> str:
        if self.data.ConsumeBool():
            return TEXTS[self.number(len(TEXTS) - 1)]
        return self.data.ConsumeUnicode(self.number(24))

    def one_of(self, words: Iterable[Any]) -> Any:
        words = list(words)
        return words[self.number(len(words) - 1)]

    def name(self) -> str:
        return NAMES[self.number(len(NAMES) - 1)] if self.number(30) else self.text()

    def foreign(self) -> tuple[str, str]:
        return FOREIGN[self.number(len(FOREIGN) - 1)], ("svg", "mathml")[self.number(1)]

    def items(self, depth: int) -> tuple:
        return tuple(self.call(depth + 1) for _ in range(self.number(4)))

    def pairs(self, depth: int) -> tuple:
        keys = (("value", self.name()) for _ in range(self.number(4)))
        kinds = (key if self.number(10) else self.key(depth, key[1]) for key in keys)
        return tuple((key, self.attribute(depth)) for key in kinds)

    def key(self, depth: int, name: str) -> tuple:
        keys = [("broken text", name), ("lying text", self.one_of(LYING_TEXTS), name)]
        return self.one_of([*keys, ("proxy", "", ("value", name))])

    def attribute(self, depth: int) -> tuple:
        if self.number(3):
            return ("value", self.text())
        values = [("value", True), ("value", None), ("value", False), ("value", 7)]
        return values[self.number(3)] if self.number(2) else self.call(depth + 1)

    def leaf(self) -> tuple:
        if self.number(3):
            return ("value", self.text())
        values = [None, True, False, 0, -7, 10**30, 1.5, float("inf"), b"x", 1j, Markup("<b>&\n")]
        leaves = [
            ("value", self.text()),
            ("value", Markup(self.text())),
            ("value", values[self.number(len(values) - 1)]),
            ("broken text", self.text()),
            ("broken number", self.number(99)),
            ("broken html",),
            ("tag", "div"),
            ("claiming", self.one_of(CLAIMS), self.one_of(["", "items", "text"])),
            ("lying text", self.one_of(LYING_TEXTS), self.text()),
            ("lying number", self.one_of(LYING_NUMBERS), self.number(99)),
            ("strange", self.one_of(STRANGE)),
            ("lazy", self.one_of(LAZIES), ("value", self.text())),
        ]
        return leaves[self.number(len(leaves) - 1)]

    def element(self, depth: int) -> tuple:
        keywords = {self.name(): self.attribute(depth) for _ in range(self.number(4))}
        keywords.pop("", None)
        name = TAGS[self.number(len(TAGS) - 1)]
        return ("element", name, self.items(depth), tuple(keywords.items()))

    def lying_keywords(self, depth: int) -> tuple:
        keywords = {self.name(): self.attribute(depth) for _ in range(self.number(2))}
        kind = self.one_of(LYING_TEXTS)
        return ("lying keywords", kind, tuple(keywords.items()), self.call(depth + 1))

    def shortened(self, depth: int) -> tuple:
        options = {self.one_of(OPTIONS): self.attribute(depth) for _ in range(self.number(2))}
        items = tuple(self.call(depth + 1) for _ in range(1 + self.number(1)))
        return ("shortened", self.one_of(SHORTENED), items, tuple(options.items()))

    def template_texts(self) -> tuple:
        return tuple(self.one_of(TEMPLATE_TEXTS) for _ in range(1 + self.number(3)))

    def call(self, depth: int) -> tuple:
        if depth >= MAX_DEPTH or self.data.remaining_bytes() == 0:
            return self.leaf()
        endings = ["", "fails", "interrupts", "nests", "uses itself", "spent"]
        calls = [
            *[self.leaf] * 8,
            *[lambda: self.element(depth)] * 8,
            *[lambda: self.shortened(depth)] * 3,
            lambda: ("list", self.items(depth)),
            lambda: ("tuple", self.items(depth)),
            lambda: ("map", self.items(depth)),
            lambda: ("generator", self.items(depth), endings[self.number(len(endings) - 1)]),
            lambda: ("changing list", self.items(depth), ["pop", "clear", "add"][self.number(2)]),
            lambda: ("list in itself", self.items(depth)),
            lambda: ("nested", self.number(102), self.call(depth + 1)),
            lambda: ("deep", self.number(70), self.call(depth + 1)),
            lambda: ("frozen", self.element(depth)),
            lambda: ("fragment", self.items(depth)),
            lambda: ("comment", self.items(depth)),
            lambda: ("foreign", *self.foreign(), self.items(depth)),
            lambda: ("foreign", *self.foreign(), (self.element(depth),)),
            lambda: ("html", self.call(depth + 1)),
            lambda: ("html of", self.element(depth)),
            lambda: ("dict", self.pairs(depth)),
            lambda: ("changing dict", self.pairs(depth)),
            lambda: ("attrs", self.pairs(depth)),
            lambda: ("mapping", self.pairs(depth), self.number(5) - 1),
            *[lambda: ("proxy", self.one_of(PROXIES), self.call(depth + 1))] * 3,
            lambda: ("lying dict", self.one_of(MAPPING_LIES), self.pairs(depth)),
            lambda: ("registered", self.one_of(MAPPING_LIES), self.pairs(depth)),
            lambda: ("html property", self.one_of(HTML_ANSWERS), self.call(depth + 1)),
            lambda: (
                "mutating",
                self.one_of(["dict", "list", "class"]),
                self.one_of(["fails", "clears", "grows"]),
                self.pairs(depth),
            ),
            lambda: ("odd iterable", self.items(depth), self.one_of(ODD_ITERATORS)),
            lambda: ("odd iterator", self.items(depth), self.one_of(LASTS)),
            lambda: self.lying_keywords(depth),
            *[lambda: ("lazy", self.one_of(LAZIES), self.call(depth + 1))] * 2,
            *[lambda: ("record", self.one_of(RECORDS), self.items(depth))] * 2,
            lambda: ("record", self.one_of(RECORDS), (self.element(depth),)),
            lambda: ("html mapping", self.pairs(depth), self.call(depth + 1)),
            lambda: ("template string", self.template_texts(), self.items(depth)),
        ]
        return calls[self.number(len(calls) - 1)]()


def check(data: bytes) -> None:
    reader = Reader(data)
    one, other = reader.element(0), reader.element(0)
    for call in (one, other):
        agree(call, outcome(PYTHON, call), outcome(C, call))
    agree(("==", one, other), compared(PYTHON, one, other), compared(C, one, other))
    calls = [one, *(reader.call(1) for _ in range(reader.number(4))), one]
    agree(("memo", calls), remembered(PYTHON, calls), remembered(C, calls))
    if reader.number(UNITS_PER_THREADS) == UNITS_PER_THREADS:
        check_threads(one)


def check_threads(call: tuple) -> None:
    expected = outcome(PYTHON, call)
    for actual in outcomes_of_threads(C, call):
        agree(("in threads", call), expected, actual)
    agree(("while it changes", call), [], unclear_outcomes(C, call))


def agree(call: tuple, expected: object, actual: object) -> None:
    if expected != actual:
        raise AssertionError(f"{call}\nPython: {expected}\nC:      {actual}")


def compared(core: ModuleType, one: tuple, other: tuple) -> tuple:
    return attempt(lambda: make(core, one) == make(core, other))


def remembered(core: ModuleType, calls: list[tuple]) -> tuple:
    """Return the number of the call whose element each call got, or its error; and the counts."""

    def view(value: object) -> object:
        return core.Tag("p")("x")

    memo = core.Memo(view, memo_plan(view, core.Element), 3, 1_000_000)
    elements: list[object] = []

    def number_of(call: tuple) -> int:
        elements.append(memo(make(core, call)))
        return next(at for at, each in enumerate(elements) if each is elements[-1])

    outcomes = [attempt(partial(number_of, call)) for call in calls]
    info = memo.cache_info()
    return outcomes, info.hits, info.misses, info.entries


if __name__ == "__main__":
    sys.setswitchinterval(1e-5)  # threads take turns within a call
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
