"""The project's files for the rules: parsed once, with their Python names."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = (
    "ROOT",
    "SOURCE",
    "SourceModule",
    "defined_names",
    "functions",
    "lines_without_docstring",
    "source_modules",
    "tracked_files",
)

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = "fatmorph"
# The files of new projects: no part of the library, and checked as projects.
TEMPLATES = SOURCE / PACKAGE / "_cli" / "templates"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceModule:
    """A file of `src/`: its dotted name, its text and its syntax tree."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Return whether the file is an `__init__.py`."""
        return self.path.name == "__init__.py"

    @property
    def is_public(self) -> bool:
        """Return whether no part of the dotted name starts with an underscore."""
        return not any(part.startswith("_") for part in self.name.split("."))

    @property
    def inner_name(self) -> str:
        """Return the dotted name within the library; the root package is the empty text."""
        return self.name.removeprefix(PACKAGE).removeprefix(".")

    def place(self, line: int) -> str:
        """Return `path:line`, a link that editors and terminals can open."""
        return f"{self.path.relative_to(ROOT)}:{line}"


@cache
def source_modules() -> dict[str, SourceModule]:
    """Return every module of `src/` by its dotted name."""
    paths = sorted((SOURCE / PACKAGE).rglob("*.py"))
    modules = [_parsed(path) for path in paths if not path.is_relative_to(TEMPLATES)]
    return {module.name: module for module in modules}


def _parsed(path: Path) -> SourceModule:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    text = path.read_text(encoding="utf-8")
    return SourceModule(path, name, text, ast.parse(text, str(path)))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the existing files that are tracked, or would be added by `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def functions(tree: ast.AST) -> list[Function]:
    """Return every function of a tree, including methods and nested ones."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def lines_without_docstring(function: Function) -> int:
    """Return the number of lines of a function from `def` to its end, without its docstring."""
    total = _length(function)
    if ast.get_docstring(function, clean=False) is not None:
        total -= _length(function.body[0])
    return total


def _length(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def defined_names(body: list[ast.stmt]) -> set[str]:
    """Return the names that top-level statements define; imports define none."""
    names: set[str] = set()
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(statement.name)
            case ast.Assign():
                names.update(_target_names(statement.targets))
            case ast.AnnAssign() if statement.value is not None:
                names.update(_target_names([statement.target]))
            case ast.If():
                names |= defined_names(statement.body) | defined_names(statement.orelse)
            case ast.Try():
                names |= defined_names(statement.body)
                for handler in statement.handlers:
                    names |= defined_names(handler.body)
            case ast.For() | ast.While() | ast.With():
                names |= defined_names(statement.body)
            case _:
                pass  # defines nothing
    return names


def _target_names(targets: list[ast.expr]) -> set[str]:
    nodes = (node for target in targets for node in ast.walk(target))
    return {node.id for node in nodes if isinstance(node, ast.Name)}
