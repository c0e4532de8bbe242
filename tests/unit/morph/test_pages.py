"""Ten pages as people write them: nothing is found in them, and what is broken is."""

from importlib import import_module

import pytest

from fatmorph.markup.parse import parse_document
from fatmorph.morph.checks import check

NAMES = (
    *("article", "chart", "chat", "dashboard", "drag_list", "form", "modal", "table", "tabs"),
    "upload",
)
# What only our own trees know, a parser cannot: which elements came out of a list.
OURS_ALONE = {"generated-without-id", "signals-can-reset"}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_good_habits_has_no_findings(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(page) == ()


@pytest.mark.parametrize("name", NAMES)
def test_neither_has_its_html(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(parse_document(str(page))) == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_broken_is_found(name):
    module = import_module(f"unit.morph.pages.{name}")

    assert [finding.code for finding in check(module.broken())] == module.FOUND


@pytest.mark.parametrize("name", NAMES)
def test_a_page_follows_itself_without_findings(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(page, page) == ()
