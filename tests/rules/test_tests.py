"""Tests read like a specification: without branches, sleeps and issue numbers."""

import ast
from pathlib import Path

import pytest

from rules.source_tree import ROOT
from servers import ports_of_worker

TEST_FILES = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")
)
files = pytest.mark.parametrize("file", TEST_FILES)


@files
def test_a_test_does_not_branch(file: str) -> None:
    branches = [
        f"{file}:{node.lineno}"
        for test in _tests(file)
        for node in _own_nodes(test)
        if isinstance(node, ast.If | ast.Match)
    ]

    assert branches == []


@files
def test_a_test_waits_for_events_and_does_not_sleep(file: str) -> None:
    waits = [
        f"{file}:{node.lineno}"
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep", "page.wait_for_timeout"}
        and ast.unparse(node.args[0] if node.args else node) != "0"
    ]

    assert waits == []


@files
def test_a_test_asserts_or_expects_something(file: str) -> None:
    idle = [f"{file}:{test.lineno}" for test in _tests(file) if not _judges(test)]

    assert idle == []


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_servers_of_two_processes_never_take_the_same_port(count: int) -> None:
    ports = [port for number in range(count) for port in ports_of_worker(number, count)]

    assert len(set(ports)) == len(ports)


def _judges(test: ast.AST) -> bool:
    """Return whether a test can fail in other ways than by an exception."""
    words = ("expect", "assert", "raises", "view_snapshot", "check", "run")
    calls = (node for node in ast.walk(test) if isinstance(node, ast.Call))
    return any(isinstance(node, ast.Assert) for node in ast.walk(test)) or any(
        word in ast.unparse(call.func).lower() for call in calls for word in words
    )


def _tests(file: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def _tree(file: str) -> ast.Module:
    return ast.parse(Path(ROOT / file).read_text(encoding="utf-8"), file)


def _own_nodes(test: ast.AST) -> list[ast.AST]:
    """Return the nodes of a test, except those of functions and classes defined in it."""
    nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    nodes: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(test))
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting.extend([] if isinstance(node, nested) else ast.iter_child_nodes(node))
    return nodes
