"""Findings that need the whole page: identity, state, subscriptions and stylesheets."""

from __future__ import annotations

import re
from collections import Counter
from typing import cast

from fatmorph.errors import short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._render import generated_range
from fatmorph.morph.checks._dead_expressions import report_dead_expressions
from fatmorph.morph.checks._nesting import IN_NAV, IN_TEMPLATE, UNKNOWN_TO_DATASTAR
from fatmorph.morph.checks._sent_signals import ANY_REQUEST, report_sent_signals
from fatmorph.morph.checks._signal_order import report_signal_order
from fatmorph.morph.checks._survey import Row, Spot, Survey, Tree
from fatmorph.morph.checks._vocabulary import CANCELS_BY_ELEMENT_BEFORE, MATCHED_BY_POSITION

__all__ = ("is_subscription", "report_page", "stylesheet_href")

REQUEST = re.compile(r"@(get|post|put|patch|delete|query)\(\s*(['\"`])([^'\"`$]*)\2")
# A write with a complete URL; of two reads, the later one is the one that is wanted.
WRITE = re.compile(r"@(post|put|patch|delete)\(\s*(['\"`])([^'\"`$]*)\2\s*[,)]")
CLIENT = re.compile(r"datastar@v?(\d+\.\d+\.\d+)")  # in a URL of the CDN
# With "cleanup", as with the default, a request ends others.
OWN_CANCELLATION = re.compile(r"requestCancellation(?!: 'cleanup')")
MANY_CELLS = 1_000  # fewer cost a client a few milliseconds per patch
STAYS = frozenset({"body", "head", "html"})  # matched by their tags


def report_page(survey: Survey) -> None:
    """Add the findings about ids, generated elements, state and subscriptions."""
    _report_duplicates(survey)
    _report_rows(survey)
    _report_states(survey)
    _report_subscriptions(survey)
    _report_ended_streams(survey)
    _report_actions(survey)
    _report_cells(survey)
    _report_stylesheets(survey)
    report_sent_signals(survey, is_subscription)
    report_signal_order(survey)
    report_dead_expressions(survey)
    _report_client(survey)
    for spot, _, _ in survey.signals:
        if spot.row is not None and not spot.row.is_covered:
            survey.report("signals-can-reset", spot)


def is_subscription(expression: str) -> bool:
    """Return whether a `data-init` keeps a stream open for as long as the page lives."""
    return "retry: 'always'" in expression and "@get(" in expression


def stylesheet_href(element: Tree) -> str | None:
    """Return the href of a stylesheet that only its position identifies."""
    if element.tag != "link" or "stylesheet" not in str(element.attributes.get("rel")).split():
        return None
    return None if element.attributes.get("id") else str(element.attributes.get("href"))


def _report_duplicates(survey: Survey) -> None:
    for value, spots in survey.ids.items():
        if len(spots) > 1:
            first = survey.path(spots[0])
            words = {"id": short_repr(value), "first": first, "count": len(spots)}
            survey.report("duplicate-id", spots[1], **words)


def _report_rows(survey: Survey) -> None:
    # Outer rows come first, so that rows inside a reported one are not reported as well.
    for group in survey.rows:
        by_tag: dict[str, list[Spot]] = {}
        totals: Counter[str] = Counter()
        for spot in group:
            row, tag = cast("Row", spot.row), spot.element.tag
            totals[tag] += 1
            row.is_covered = row.outer is not None and row.outer.is_covered
            is_row = tag not in MATCHED_BY_POSITION and not spot.flags & IN_NAV
            if not (row.is_covered or row.has_id) and (row.has_state or is_row):
                by_tag.setdefault(tag, []).append(spot)
                row.is_covered = True
        for tag, spots in by_tag.items():
            words = {"count": len(spots), "total": totals[tag]}
            survey.report("generated-without-id", spots[0], **words)


def _report_states(survey: Survey) -> None:
    counts: dict[int, Counter[str]] = {}
    for spot, state in survey.states.values():
        is_covered = spot.row is not None and spot.row.is_covered
        if is_covered or spot.element.attributes.get("id"):
            continue
        stray = _stray(spot, counts)
        if stray is not None:
            name = spot.element.attributes.get("name")
            words = {"state": state, "among": stray.element.tag}
            words["id"] = name if isinstance(name, str) and name else spot.element.tag
            survey.report("state-without-id", spot, **words)


def _stray(spot: Spot, counts: dict[int, Counter[str]]) -> Spot | None:
    """Return the first of an element and its ancestors that could be confused with a sibling.

    None if the browser can only find the element itself: an ancestor has an id, or each is the
    only one of its name among its siblings.
    """
    climbed: list[Spot] = []
    stray: Spot | None = spot
    while stray is not None and stray.is_anchored is None:
        if _is_known(stray):
            stray.is_anchored = True
        elif not _is_alone(stray, counts):
            stray.is_anchored = False
        else:
            climbed.append(stray)
            stray = stray.parent
    is_anchored = stray is None or stray.is_anchored is True
    for each in climbed:
        each.is_anchored = is_anchored
    while stray is not None and not is_anchored and _is_alone(stray, counts):
        stray = stray.parent
    return None if is_anchored else stray


def _is_known(spot: Spot) -> bool:
    parent = spot.parent
    if parent is None or spot.element.tag in STAYS or spot.element.attributes.get("id"):
        return True
    is_row = spot.row is not None and spot.row is not parent.row
    return is_row and spot.row is not None and spot.row.has_id


def _is_alone(spot: Spot, counts: dict[int, Counter[str]]) -> bool:
    parent = spot.parent
    if parent is None:
        return True
    if parent.number not in counts:
        children = parent.element.children
        counts[parent.number] = Counter(c.tag for c in children if not isinstance(c, str))
    return counts[parent.number][spot.element.tag] == 1


def _report_subscriptions(survey: Survey) -> None:
    asked: dict[tuple[str, str], Spot] = {}
    for spot, _, expression in survey.inits:
        if is_subscription(expression) and spot.row is not None and not spot.row.is_covered:
            survey.report("subscription-can-move", spot)
        request = REQUEST.search(expression)
        if request is None or OWN_CANCELLATION.search(expression):
            continue
        method, _, url = request.groups()
        first = asked.setdefault((method, url), spot)
        if first is not spot:
            words = {"url": short_repr(url), "first": survey.path(first)}
            survey.report("same-subscription", spot, **words)


def _report_ended_streams(survey: Survey) -> None:
    for spot, _, expression in survey.inits:
        if not is_subscription(expression) or OWN_CANCELLATION.search(expression):
            continue
        requests = [
            request
            for name, text in spot.element.attributes.items()
            if name.startswith("data-") and not OWN_CANCELLATION.search(str(text))
            for request in ANY_REQUEST.findall(str(text))
        ]
        if len(requests) > 1 and not _has_newer_client(survey):
            survey.report("action-ends-stream", spot)


def _has_newer_client(survey: Survey) -> bool:
    scripts = (
        str(s.element.attributes.get("src")) for s in survey.spots if s.element.tag == "script"
    )
    versions = [found[1] for source in scripts if (found := CLIENT.search(source))]
    return any(_numbers(version) >= _numbers(CANCELS_BY_ELEMENT_BEFORE) for version in versions)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _report_actions(survey: Survey) -> None:
    asked: dict[tuple[str, str], Spot] = {}
    reported: set[tuple[str, str]] = set()
    sent = WRITE.findall("\n".join([str(text) for _, text in survey.actions]))
    if len(set(sent)) == len(sent):
        return  # hot: tests/benchmarks/checking.py
    for spot, value in survey.actions:
        text = str(value)
        if spot.flags & (IN_TEMPLATE | UNKNOWN_TO_DATASTAR) or OWN_CANCELLATION.search(text):
            continue
        for method, _, url in WRITE.findall(text):
            request = (method, url)
            first = asked.setdefault(request, spot)
            if first is not spot and request not in reported:
                reported.add(request)
                words = {"method": method, "url": short_repr(url), "first": survey.path(first)}
                survey.report("same-action", spot, **words)


def _report_cells(survey: Survey) -> None:
    if len(survey.ids) < MANY_CELLS:
        return
    spots = (spot for group in survey.ids.values() for spot in group)
    cells = [spot for spot in spots if spot.element.tag in ("td", "th") and _is_in_known_row(spot)]
    if len(cells) >= MANY_CELLS:
        survey.report("ids-on-cells", cells[0], count=len(cells))


def _is_in_known_row(cell: Spot) -> bool:
    row = cell.parent
    return row is not None and row.element.tag == "tr" and bool(row.element.attributes.get("id"))


def _report_client(survey: Survey) -> None:
    """Add a finding if a whole page has Datastar attributes, and nothing that could load Datastar.

    Scripts are not read: any that loads another one may load the client.
    """
    if survey.root.tag != "html" or survey.has_trusted_html:
        return
    scripts = (spot.element for spot in survey.spots if spot.element.tag == "script")
    if any("src" in script.attributes or script.children for script in scripts):
        return
    spots = [spot for spot, *_ in (*survey.applied, *survey.expressions)]
    needing = [spot for spot in spots if not spot.flags & (IN_TEMPLATE | UNKNOWN_TO_DATASTAR)]
    if needing:
        survey.report("client-missing", min(needing, key=lambda spot: spot.number))


def _report_stylesheets(survey: Survey) -> None:
    for spot in survey.heads:
        head = spot.element
        if not isinstance(head, Element):
            continue
        start, stop = generated_range(head)
        has_generated_link = False
        for index, child in enumerate(head.children):
            if isinstance(child, str) or child.tag != "link":
                continue
            href = stylesheet_href(child)
            if href is not None and has_generated_link:
                words = {"href": short_repr(href), "id": f"style-{index}"}
                survey.report("stylesheet-can-shift", spot, **words)
            has_generated_link |= start <= index < stop
