"""Pages of others, converted: the code renders them again, and linters accept it."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fatmorph._converting.converter import Conversion, convert
from fatmorph._converting.running import rendered
from fatmorph.markup.parse import ParsedElement, parse_document, parse_fragment
from integrations.converted.real_pages import (
    PACKAGES,
    PagesUnavailableError,
    cases_of,
    pages_of,
    templates_of_django,
)
from machine import missing

PARSER = "justhtml==3.16.0"
THEMES = [name for name in PACKAGES if name != PARSER]
pytestmark = [pytest.mark.slow("converts hundreds of pages"), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Converted:
    """The pages, their conversions, and a folder with a module for each."""

    pages: dict[str, str]
    conversions: dict[str, Conversion]
    folder: Path


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """Convert all pages once."""
    folder = tmp_path_factory.mktemp("converted")
    pages = templates_of_django()
    try:
        for requirement in THEMES:
            pages |= pages_of(requirement)
    except PagesUnavailableError as error:
        missing("pages", str(error))
    conversions = {name: convert(text, view="home_view") for name, text in pages.items()}
    for name, conversion in conversions.items():
        module = re.sub(r"\W+", "_", name)
        (folder / f"page_{module}.py").write_text(conversion.code, encoding="utf-8")
    return Converted(pages, conversions, folder)


def test_there_are_more_than_sixty_pages_without_template_tags(converted: Converted) -> None:
    plain = [name for name, found in converted.conversions.items() if not found.template_tags]

    assert len(plain) > 60


def test_the_code_renders_the_same_page(converted: Converted) -> None:
    different = {
        name: conversion.difference
        for name, conversion in converted.conversions.items()
        if conversion.difference
    }

    assert different == {}


def test_the_code_renders_every_character_if_asked_to(converted: Converted) -> None:
    plain = {
        name: text
        for name, text in converted.pages.items()
        if not converted.conversions[name].template_tags and "<html" in text
    }

    different = [
        name
        for name, text in plain.items()
        if tree(rendered(convert(text, exact=True).code, "page")) != tree(text)
    ]

    assert different == []


def test_loops_render_the_same_page(converted: Converted) -> None:
    pages = list(converted.pages.items())

    different = [name for name, text in pages if convert(text, loops=True).difference is not None]

    assert different == []


def test_at_most_one_node_in_a_hundred_is_markup_and_each_says_why(converted: Converted) -> None:
    conversions = converted.conversions.values()

    nodes = sum(conversion.nodes for conversion in conversions)
    in_markup = sum(conversion.markup_nodes for conversion in conversions)
    reasons = [len(re.findall(r"# .*Markup", conversion.code)) for conversion in conversions]

    assert in_markup <= nodes / 100
    assert sum(reasons) >= sum(conversion.markup_nodes > 0 for conversion in conversions)


def test_ruff_finds_nothing_in_the_code(converted: Converted) -> None:
    assert ruff("check", converted.folder) == "All checks passed!"


def test_ruff_would_format_the_code_in_the_same_way(converted: Converted) -> None:
    count = len(converted.conversions)

    assert ruff("format", "--check", converted.folder) == f"{count} files already formatted"


def test_mypy_finds_nothing_in_the_code(converted: Converted) -> None:
    options = ("--strict", "--cache-dir", str(converted.folder / "cache"))

    finished = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *sorted(converted.folder.glob("*.py"))],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (finished.returncode, finished.stdout.partition(":")[0]) == (0, "Success")


def test_the_cases_of_a_parser_render_the_same_page_where_html_can_write_it() -> None:
    try:
        cases = cases_of(PARSER)
    except PagesUnavailableError as error:
        missing("pages", str(error))

    conversions = {name: convert(text) for name, text in cases.items()}

    different = {
        name: conversion.difference
        for name, conversion in conversions.items()
        if conversion.difference and conversion.is_written_by_html
    }
    assert len(cases) > 300
    assert different == {}


def ruff(*arguments: object) -> str:
    """Return what ruff prints, with its own rules and 100 columns."""
    finished = subprocess.run(
        [sys.executable, "-m", "ruff", *map(str, arguments), "--isolated", "--line-length", "100"],
        check=False,
        capture_output=True,
        text=True,
    )
    return finished.stdout.strip() + finished.stderr.strip()


def tree(html: str) -> object:
    """Return a page as nested tuples, read with scripting as when a browser loads it."""
    return _tuple(parse_document(html))


def _tuple(node: ParsedElement) -> object:
    children = node.content.children if node.content else node.children
    if node.tag == "noscript":  # text, which may be spelt in another way
        children = parse_fragment("".join(map(str, children)), scripting=False).children
    inner = [child if isinstance(child, str) else _tuple(child) for child in children]
    return node.tag, node.namespace, sorted(node.attributes.items()), inner
