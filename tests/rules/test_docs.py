"""Examples stay correct because they run: every Python block and every docstring example.

The blocks of a page run in order, in one namespace, in an empty folder. A block with a title
(```python title="views.py"```) is also written to that file, so that later blocks can import it.
A block right below `<!-- not executed: reason -->` is only compiled. Top-level `await` works.
`if __name__ == "__main__":` does not run. `pycon` blocks are doctests.
"""

import ast
import asyncio
import doctest
import importlib
import inspect
import io
import logging
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import pytest

from fatmorph import counters
from rules.markdown import Block, Page, pages
from rules.source_tree import ROOT, source_modules

PAGES = {page.name: page for page in pages()}
page_names = pytest.mark.parametrize("name", sorted(PAGES))
TEST_LINK = re.compile(r".*/test_\w+\.py#.*")
TEST_NODES = (ast.FunctionDef, ast.AsyncFunctionDef)
EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.REPORT_NDIFF
WITH_EXAMPLES = [name for name, module in source_modules().items() if ">>> " in module.text]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, page in sorted(PAGES.items())
        if any(block.language in {"python", "pycon"} for block in page.blocks)
        and not name.startswith("docs/migrate/")  # tests/integrations/test_migrations.py
    ],
)
def test_every_python_block_of_a_page_runs(name: str, namespace: ModuleType) -> None:
    with asyncio.Runner() as runner:
        for block in PAGES[name].blocks:
            RUN.get(block.language, leave)(PAGES[name], block, namespace, runner)


@page_names
def test_a_page_writes_python_as_the_language_of_its_python_blocks(name: str) -> None:
    languages = {block.language for block in PAGES[name].blocks}

    assert languages & {"Python", "py", "py3", "python3", "doctest"} == set()


@page_names
def test_every_internal_link_of_a_page_resolves(name: str) -> None:
    internal = [link for link in PAGES[name].links if not EXTERNAL.match(link)]

    broken = [link for link in internal if not resolves(PAGES[name], link)]

    assert broken == []


@page_names
def test_every_test_that_a_page_names_exists(name: str) -> None:
    named = [link for link in PAGES[name].links if TEST_LINK.fullmatch(link)]

    missing = [link for link in named if not is_test(PAGES[name], link)]

    assert missing == []


def test_the_page_on_security_names_single_tests_and_no_files() -> None:
    page = PAGES["docs/explanation/security.md"]

    files = [link for link in page.links if "/tests/" in link and "#" not in link]

    assert files == []


@pytest.mark.parametrize(
    "link",
    ["test_docs.py#test_that_does_not_exist", "test_docs.py#is_test", "test_nothing.py#test_any"],
)
def test_a_link_to_anything_but_a_test_is_found(link: str) -> None:
    page = PAGES["docs/explanation/security.md"]

    assert not is_test(page, f"../../tests/rules/{link}")


def test_the_index_of_the_documentation_links_to_every_page() -> None:
    index = PAGES["docs/README.md"]
    linked = {(index.path.parent / link.partition("#")[0]).resolve() for link in index.links}

    unlinked = [
        name
        for name, page in sorted(PAGES.items())
        if name.startswith("docs/") and page is not index and page.path.resolve() not in linked
    ]

    assert unlinked == []


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_every_docstring_example_of_a_module_runs(name: str) -> None:
    module = importlib.import_module(name)

    for test in examples(module):
        run_examples(test)


@pytest.fixture(autouse=True)
def only_open_streams_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the streams that other tests of this process left open, some with a clock of their own.

    Examples list all open streams of the process.
    """
    monkeypatch.setattr(counters, "_open", set())


@pytest.fixture
def namespace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[ModuleType]:
    """Return the module that a page's blocks run in, which can import the page's own files."""
    module = module_from_spec(ModuleSpec("page", Loader()))  # tracebacks ask for the loader
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for block in PAGES[request.node.callspec.params["name"]].blocks:
        if block.title and block.title.endswith(".py"):
            # Another test of this process may have imported a module of the same name.
            monkeypatch.delitem(sys.modules, Path(block.title).stem, raising=False)
    before = set(sys.modules)
    sys.modules["page"] = module  # dataclasses and signal types look up names here
    yield module
    if engine := vars(module).get("engine"):
        engine.dispose()  # the connections of its pool would be open until they are collected
    logging.getLogger("fatmorph.stream").setLevel(logging.NOTSET)  # which a page sets
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if name == "page" or (file and Path(file).is_relative_to(tmp_path)):
            del sys.modules[name]


def run_python(page: Page, block: Block, namespace: ModuleType, runner: asyncio.Runner) -> None:
    """Run a block with the line numbers of the page's file."""
    code = compile(
        "\n" * (block.line - 1) + block.text,
        str(page.path),
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )
    if block.title:
        Path(block.title).parent.mkdir(parents=True, exist_ok=True)
        Path(block.title).write_text(block.text, encoding="utf-8")
    if block.is_not_executed:
        return
    result = eval(code, vars(namespace))
    if code.co_flags & inspect.CO_COROUTINE:
        runner.run(result)


def run_console(page: Page, block: Block, namespace: ModuleType, runner: asyncio.Runner) -> None:
    """Run a block of `>>>` lines and compare their output."""
    parsed = doctest.DocTestParser().get_doctest(
        block.text, vars(namespace), page.name, str(page.path), block.line - 1
    )
    parsed.globs = vars(namespace)
    run_examples(parsed)


def run_examples(test: doctest.DocTest) -> None:
    """Run `>>>` lines; an AssertionError shows every wrong output."""
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=DOCTEST_FLAGS)

    runner.run(test, out=report.write, clear_globs=False)

    assert runner.failures == 0, report.getvalue()


def leave(page: Page, block: Block, namespace: ModuleType, runner: asyncio.Runner) -> None:
    """Do nothing, because the block is in another language."""


RUN = {"python": run_python, "pycon": run_console}


def resolves(page: Page, link: str) -> bool:
    """Return whether a relative link leads to a file, and its fragment to a heading of it."""
    target, _, fragment = link.partition("#")
    path = (page.path.parent / target).resolve() if target else page.path
    if not path.is_relative_to(ROOT) or not path.exists():
        return False
    return not fragment or path.suffix != ".md" or fragment in Page(path).anchors


def is_test(page: Page, link: str) -> bool:
    """Return whether a link leads to a file of tests, and its fragment names one of them."""
    target, _, fragment = link.partition("#")
    path = (page.path.parent / target).resolve()
    return fragment.startswith("test_") and fragment in names_of_tests(path)


@cache
def names_of_tests(path: Path) -> set[str]:
    """Return the names of the functions and classes in a file of tests, if there is one."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ()
    return {node.name for node in nodes if isinstance(node, TEST_NODES)}


def examples(module: ModuleType) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for test in finder.find(module) if test.examples]
    assert found, f"{module.__name__} has `>>>` lines that no public docstring holds"
    return found
