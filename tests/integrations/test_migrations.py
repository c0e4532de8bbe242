"""The pages on moving from another library: both sides of each comparison give the same HTML.

A comparison is `<div class="compare" markdown>` around the other library's block and ours. The
value of a side is that of its last expression: an element, or the path of a page of its `app`. A
template has the variables of the blocks before it; one with a title can be extended or included.
"""

import ast
import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from justhtml import JustHTML

from fatmorph.testing import call
from machine import missing
from rules.markdown import Block, Page
from rules.source_tree import ROOT

PAGES = {page.stem: Page(page) for page in sorted((ROOT / "docs" / "migrate").glob("*.md"))}
PACKAGES = {
    "from-django-templates": "django",
    "from-fasthtml": "fasthtml",
    "from-htpy": "htpy",
    "from-jinja2": "jinja2",
    "from-stario": "stario",
}
COMPARISON = re.compile(r'<div class="compare" markdown>')
SPACE = re.compile(r"\s+")

Names = dict[str, Any]
Nodes = list[Any]


def test_every_page_on_moving_has_a_package_that_runs_its_other_side() -> None:
    assert set(PAGES) == set(PACKAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the other libraries
async def test_both_sides_of_every_comparison_give_the_same_html(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(PACKAGES[name])
    monkeypatch.chdir(tmp_path)  # FastHTML writes the key of its sessions here

    shown = [sides async for sides in comparisons(PAGES[name])]

    assert [theirs for theirs, _ in shown] == [ours for _, ours in shown]
    assert len(shown) >= 3


async def comparisons(page: Page) -> AsyncIterator[tuple[Nodes, Nodes]]:
    """Run all blocks of a page, and yield the nodes of both sides of each comparison."""
    theirs: Names = {"__name__": "theirs"}
    ours: Names = {"__name__": "ours"}
    for blocks in steps(page):
        if len(blocks) == 1:  # both sides may use what it defines
            await value_of(blocks[0], page, theirs)
            await value_of(blocks[0], page, ours)
        else:
            html = await html_of(blocks[:-1], page, theirs)
            yield nodes(html), nodes(await html_of(blocks[-1:], page, ours))


def require(package: str) -> None:
    if find_spec(package) is None:
        missing(package, f"{package} is not installed: it needs another Python")


def steps(page: Page) -> Iterable[list[Block]]:
    """Yield the blocks of each comparison together, and every other Python block alone."""
    starts = [line for line, text in page.prose if COMPARISON.fullmatch(text)]
    ends = [next(n for n, text in page.prose if n > start and text == "</div>") for start in starts]
    ranges = list(zip(starts, ends, strict=True))
    groups: dict[int, list[Block]] = {}
    for block in page.blocks:
        inside = [start for start, end in ranges if start < block.line < end]
        groups.setdefault(inside[0] if inside else block.line, []).append(block)
    return (group for group in groups.values() if not group[0].is_not_executed)


async def html_of(blocks: list[Block], page: Page, names: Names) -> str:
    """Return the HTML that one side of a comparison writes."""
    *files, last = blocks
    if last.language in TEMPLATES:
        templates = {block.title: block.text for block in files}
        return TEMPLATES[last.language](last.text, templates, names)
    value = await value_of(last, page, names)
    if isinstance(value, str) and value.startswith("/"):
        return await response_of(names["app"], value)
    return html_of_element(value)


async def value_of(block: Block, page: Page, names: Names) -> Any:
    """Run a block and return the value of its last expression."""
    tree = ast.parse("\n" * (block.line - 1) + block.text, str(page.path))
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name("shown", ast.Store())], last.value)
        ast.fix_missing_locations(tree)
    code = compile(tree, str(page.path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if inspect.isawaitable(result):
        await result
    return names.get("shown")


async def response_of(app: Any, path: str) -> str:
    """Return the page that an application answers with."""
    if type(app).__module__.startswith("stario"):
        from stario.testing import TestClient

        async with TestClient(app) as client:
            return (await client.get(path)).content.decode()
    return (await call(app, path)).text


def html_of_element(value: Any) -> str:
    """Return the HTML of an element of any of the libraries."""
    module = type(value).__module__
    if module.startswith("stario") or isinstance(value, list | tuple):
        from stario.markup import render

        return str(render(value))
    if module.startswith(("fastcore", "fasthtml")):
        from fasthtml.common import to_xml

        return str(to_xml(value, indent=False))
    return str(value)


def jinja(text: str, files: dict[str, str], names: Names) -> str:
    from jinja2 import DictLoader, Environment

    loader = DictLoader({**files, "page.html": text})
    return Environment(autoescape=True, loader=loader).get_template("page.html").render(names)


def django(text: str, files: dict[str, str], names: Names) -> str:
    from django.apps import apps
    from django.conf import settings
    from django.template import Context, Engine

    if not settings.configured:
        settings.configure(SECRET_KEY="an example")
    apps.populate(())
    loader = "django.template.loaders.locmem.Loader"
    engine = Engine(loaders=[(loader, {**files, "page.html": text})])
    return engine.get_template("page.html").render(Context(names))


TEMPLATES: dict[str, Callable[[str, dict[str, str], Names], str]] = {
    "html+django": django,
    "html+jinja": jinja,
}


def nodes(html: str) -> Nodes:
    """Return the nodes that a browser reads, without white space at the edges of texts."""
    document = JustHTML(html, fragment="<html" not in html.lower(), sanitize=False)
    return [found for child in document.root.children if (found := node(child))]


def node(found: Any) -> Any:
    """Return an element as its name, attributes and children, and a text without its edges."""
    if found.name == "#text":
        return SPACE.sub(" ", found.data).strip()
    children = [child for each in found.children or () if (child := node(each))]
    return (found.name, dict(found.attrs or {}), children)
