"""Simulations of ninety morphs that were recorded in Chromium with the real client.

`morph_cases.json` is the record. Its elements are marked by an attribute `k`, which is removed
before the morph. A case with `setup_js` patches a page that a user or a script has changed.
`LIVE_PAGES` contains that page's HTML if the change affects the HTML.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fatmorph.markup.parse import ParsedElement, parse_document, parse_fragment
from fatmorph.morph.simulation import Simulation, simulate

CASES = json.loads(Path(__file__).with_name("morph_cases.json").read_text(encoding="utf-8"))
cases = pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])

# The changes of the page's HTML by `setup_js`. The other setups change properties (a value, a
# tick, a caret, the scroll position), which neither the markup nor a morph's decisions depend on.
LIVE_PAGES = {
    "details_opened_by_user": ("<details", "<details open"),
    "details_opened_preserve_attr": ('attr="open"', 'attr="open" open'),
    "details_closed_preserve_attr": (" open data-", " data-"),
    "dialog_showModal": ("<dialog", "<dialog open"),
    "class_added_by_js": ('class="a"', 'class="a js"'),
    "contenteditable_typed": (">a</div>", ">typed</div>"),
    "script_changed_in_place": ("></div>", '><script>(window.__ran||=[]).push("A")</script></div>'),
}


@cases
def test_the_simulated_markup_is_the_browsers(case: dict[str, Any]) -> None:
    simulation = simulated(case)

    assert simulation.html == case["expected_html_after"]


@cases
def test_every_node_has_the_same_origin_as_in_the_browser(case: dict[str, Any]) -> None:
    simulation = simulated(case)

    found = [(node.after, node.name, node.before, node.moved) for node in simulation.nodes]
    assert found == [
        (node["after"], node["node"], node["before"], node["moved"]) for node in case["nodes"]
    ]


@cases
def test_the_simulated_exceptions_and_warnings_are_the_browsers(case: dict[str, Any]) -> None:
    simulation = simulated(case)

    warnings = [f"Error: {warning.partition(':')[0]}" for warning in simulation.warnings]
    exception = simulation.exception and f"Uncaught {simulation.exception}"
    assert (exception, warnings) == (case["exception"], case["console_warnings"])


@cases
def test_the_same_elements_are_kept_moved_parked_and_removed(case: dict[str, Any]) -> None:
    simulation = simulated(case)

    old = markers(case, "before_html")
    found = {
        name: sorted(old[node.before] for node in getattr(simulation, name) if node.before in old)
        for name in ("kept", "moved", "parked", "removed")
    }
    assert found == {name: sorted(case[name]) for name in found}


@pytest.mark.parametrize(
    "case",
    # If the patch does not show the whole result, its elements have no counterparts to compare.
    [pytest.param(case, id=case["name"]) for case in CASES if case["reused_by"] is not None],
)
def test_every_new_element_reuses_the_same_node_as_in_the_browser(case: dict[str, Any]) -> None:
    simulation = simulated(case)

    old, new = markers(case, "before_html"), markers(case, "after_html")
    befores = {node.after: node.before for node in simulation.nodes}
    homes = {marker: old.get(befores.get(path)) for path, marker in new.items()}
    assert homes == case["reused_by"]
    assert [marker for marker, home in homes.items() if home is None] == case["created"]


def simulated(case: dict[str, Any]) -> Simulation:
    before = without_markers(case["before_html"]).replace(*LIVE_PAGES.get(case["name"], ("", "")))
    return simulate(
        before,
        without_markers(case["after_html"]),
        mode=case["mode"],
        selector=case["selector"] or None,
    )


def without_markers(html: str) -> str:
    return re.sub(r' k="[^"]*"', "", html)


def markers(case: dict[str, Any], field: str) -> dict[str, str]:
    """Return the markers of a case's HTML by the path of their elements."""
    if case["full_document"]:
        (html,) = parse_document(case[field]).children
        return dict(_marked(html, ""))
    return dict(_marked(parse_fragment(case[field]), ""))


def _marked(node: ParsedElement | str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ParsedElement):
        if "k" in node.attributes:
            yield path, node.attributes["k"]
        for index, child in enumerate(node.children):
            yield from _marked(child, f"{path}/{index}")
