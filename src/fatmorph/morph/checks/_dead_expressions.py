"""Findings about expressions that fail in the browser, where only its console shows it.

Four slips are found: an address in the place of an action, an action whose `@` or name is wrong, a
bracket or quote without its partner, and the name of a signal without its `$`.

Source: https://data-star.dev/guide/datastar_expressions
"""

from __future__ import annotations

import re
from types import MappingProxyType

from fatmorph.errors import short_repr
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup._url import is_address
from fatmorph.morph.checks._nesting import IN_TEMPLATE, UNKNOWN_TO_DATASTAR
from fatmorph.morph.checks._signal_order import created_signals
from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("report_dead_expressions",)

REQUESTS = ("delete", "get", "patch", "post", "put")
# The ones of Datastar Pro included: https://data-star.dev/reference/actions
ACTIONS = (*REQUESTS, "clipboard", "fit", "intl", "peek", "query", "setAll", "toggleAll")
WITHOUT_AT = re.compile(rf"(?<![@.\w$])({'|'.join(REQUESTS)})\(\s*['\"`]((?:/|https?:)[^'\"`]*)")
ACTION = re.compile(r"@(\w+)\(")
NEAR = 0.7
MAX_CHARACTERS = 600  # longer ones are programs, whose slips are of other kinds
NUMBER = re.compile(r"\d+")

TEXT = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`"
REGULAR_EXPRESSION = r"(?<=[:(,=!&|?{}\[;+])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\[\n])+/\w*"
TEXTS = re.compile(rf"{TEXT}|{REGULAR_EXPRESSION}")
QUOTE = re.compile("['\"`]")
BRACKET = re.compile(r"[{}()\[\]]")
CLOSING = MappingProxyType({"{": "}", "[": "]", "(": ")"})
OPENING = MappingProxyType({closing: opening for opening, closing in CLOSING.items()})
# A key, a property, a call, a part of a regular expression or of a longer word is not a signal.
BARE = r"(?<![\w$.@-])({})(?!\w|\s*[:(]|\s*=>)"
DECLARED = r"\b(?:let|const|var|function|catch)\b[^;]*\b{0}\b|[(,]\s*{0}\s*[,)][^;]*=>|\b{0}\s*=>"
GIVEN = frozenset({"el", "evt", "patch"})  # the client gives these to an expression


def report_dead_expressions(survey: Survey) -> None:
    """Add a finding for the first of all expressions that fail and differ in their numbers only."""
    seen = set[str]()  # hot: tests/benchmarks/checking.py
    signals = _signals(survey)
    bare = re.compile(BARE.format("|".join(map(re.escape, sorted(signals))))) if signals else None
    for spot, name, text in survey.expressions:
        if len(text) > MAX_CHARACTERS:
            continue
        shape = NUMBER.sub("0", text)
        if shape in seen or spot.flags & (IN_TEMPLATE | UNKNOWN_TO_DATASTAR):
            continue
        seen.add(shape)
        if found := _slip(text):
            reason, fix = found
            survey.report("dead-expression", spot, name=name, reason=reason, fix=fix)
        elif bare is not None and bare.search(text):
            _report_bare(survey, spot, name, text, bare)


def _signals(survey: Survey) -> set[str]:
    created = (
        signal.partition(".")[0]
        for _, name, text in survey.applied
        for signal in created_signals(name, text)
    )
    return {name for name in created if name.isidentifier()} - GIVEN


def _slip(text: str) -> tuple[str, str] | None:
    """Return why an expression fails, and the code to write; None if it may work."""
    if is_address(text.strip()):
        why = "an address is not JavaScript; an action sends a request to it"
        return why, f'at.post("{text.strip()}")'
    code = TEXTS.sub(lambda found: found[0] if found[0][1:2] in ("/", "h") else "''", text)
    if found := WITHOUT_AT.search(code):
        return "the name of an action begins with @", f'at.{found[1]}("{found[2]}")'
    for action in ACTION.findall(code):
        if action not in ACTIONS and (meant := closest_name(action, ACTIONS, NEAR)):
            call = f"at.{meant}(…)" if meant in REQUESTS else f"@{meant}(…)"
            return f"no action is called {action}", f"{call}  (did you mean @{meant}?)"
    return _unclosed(TEXTS.sub("", code))


def _unclosed(code: str) -> tuple[str, str] | None:
    """Return what is wrong with the brackets and quotes of an expression without its texts."""
    if "/" in code:
        return None  # a regular expression may hold any of them
    if quote := QUOTE.search(code):
        return f"the text after {quote[0]} has no end", f"…{quote[0]}"
    opened: list[str] = []
    for bracket in BRACKET.findall(code):
        if bracket in CLOSING:
            opened.append(bracket)
        elif not opened or CLOSING[opened.pop()] != bracket:
            return f"{bracket} closes nothing", f"{OPENING[bracket]}…{bracket}"
    if opened:
        return f"{opened[-1]} is not closed", f"{opened[-1]}…{CLOSING[opened[-1]]}"
    return None


def _report_bare(survey: Survey, spot: Spot, name: str, text: str, bare: re.Pattern[str]) -> None:
    code = TEXTS.sub("''", text)
    for found in bare.finditer(code):
        signal = found[1]
        if not re.search(DECLARED.format(re.escape(signal)), code):
            words = {
                "name": name,
                "signal": short_repr(signal),
                "fix": f"${signal}  (a signal begins with $)",
            }
            survey.report("signal-without-dollar", spot, **words)
            return
