"""Ten typical pages without findings, and a broken version of each with the expected ones."""

from importlib import import_module

import pytest

from fatmorph.markup.parse import parse_document
from fatmorph.morph.checks import check

NAMES = (
    *("article", "chart", "chat", "dashboard", "drag_list", "form", "modal", "table", "tabs"),
    "upload",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_well_written_page_has_no_findings(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(page) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_html_of_a_well_written_page_has_no_findings(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(parse_document(str(page))) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_findings_of_a_broken_page_are_the_expected_ones(name):
    module = import_module(f"unit.morph.pages.{name}")

    assert [finding.code for finding in check(module.broken())] == module.FOUND


@pytest.mark.parametrize("name", NAMES)
def test_an_unchanged_page_has_no_findings(name):
    page = import_module(f"unit.morph.pages.{name}").page()

    assert check(page, page) == ()
