"""Rules for every module of `src/` looks like: its size, its name, its `__all__`."""

import ast
import importlib
import re

import pytest

from rules.source_tree import (
    SourceModule,
    defined_names,
    functions,
    lines_without_docstring,
    source_modules,
)

MODULE_LINES = 450
PACKAGE_LINES = 40
ROOT_PACKAGE_LINES = 90
FUNCTION_LINES = 40
POSITIONAL_PARAMETERS = 5
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
TYPE_VARIABLES = {"TypeVar", "ParamSpec", "TypeVarTuple"}
CONDITIONAL_TODO = re.compile(r"TODO:? (when|once|if|after)\b")

MODULES = source_modules()
names = pytest.mark.parametrize("name", sorted(MODULES))
public_names = pytest.mark.parametrize(
    "name", [name for name, module in sorted(MODULES.items()) if module.is_public]
)


@names
def test_a_module_is_short_enough_to_read_in_one_sitting(name: str) -> None:
    module = MODULES[name]
    limit = PACKAGE_LINES if module.is_package else MODULE_LINES
    limit = {"fatmorph": ROOT_PACKAGE_LINES}.get(name, limit)

    assert len(module.text.splitlines()) <= limit


@names
def test_a_function_fits_on_a_screen(name: str) -> None:
    module = MODULES[name]

    long = {
        module.place(function.lineno): lines
        for function in functions(module.tree)
        if (lines := lines_without_docstring(function)) > FUNCTION_LINES
    }

    assert long == {}


@names
def test_a_function_takes_few_parameters_by_position(name: str) -> None:
    module = MODULES[name]

    many = [
        module.place(function.lineno)
        for function in functions(module.tree)
        if len(positional_parameters(function)) > POSITIONAL_PARAMETERS
    ]

    assert many == []


@names
def test_a_module_has_a_name_that_says_what_is_in_it(name: str) -> None:
    assert VAGUE_NAMES.isdisjoint(part.strip("_") for part in name.split("."))


@names
def test_a_module_raises_only_errors_that_say_what_was_wrong(name: str) -> None:
    module = MODULES[name]
    families = {"BaseException", "Exception", "FatmorphError", "ArgumentError"}

    vague = [
        module.place(node.lineno)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Raise) and raised_name(node) in families)
        or isinstance(node, ast.Assert)
    ]

    assert vague == []


@names
def test_a_module_logs_through_log_which_keeps_a_record_to_one_line(name: str) -> None:
    module = MODULES[name]

    own = [
        module.place(call.lineno)
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).endswith("getLogger")
        and name not in {"fatmorph._log", "fatmorph._servers.incomplete"}  # filters servers' logs
    ]

    assert own == []


@names
def test_a_todo_names_the_condition_that_ends_it(name: str) -> None:
    lines = enumerate(MODULES[name].text.splitlines(), start=1)

    wishes = [
        MODULES[name].place(number)
        for number, line in lines
        if "TODO" in line and not CONDITIONAL_TODO.search(line)
    ]

    assert wishes == []


@public_names
def test_all_is_a_literal_tuple(name: str) -> None:
    module = MODULES[name]
    listed = written_all(module)

    has_nothing_to_list = listed is None and not public_definitions(module)[0]

    # Its order is ruff's business (RUF022): constants, classes, functions.
    assert listed is not None or has_nothing_to_list, f"{name} needs a literal tuple as its __all__"
    assert len(set(listed or ())) == len(listed or ())


@public_names
def test_all_names_everything_public_and_nothing_else(name: str) -> None:
    module = MODULES[name]
    listed = set(written_all(module) or ())
    public, optional = public_definitions(module)

    missing, unknown = public - listed, listed - public - optional

    assert (missing, {entry for entry in unknown if not is_lazy(module, entry)}) == (set(), set())


def positional_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the parameters that a call can give by position; `self` and `cls` do not count."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    return [item.arg for item in parameters if item.arg not in {"self", "cls"}]


def raised_name(node: ast.Raise) -> str:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return raised.id if isinstance(raised, ast.Name) else ""


def written_all(module: SourceModule) -> tuple[str, ...] | None:
    """Return the literal tuple that a module assigns to `__all__`; None where there is none."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.Tuple() as value):
                return tuple(ast.literal_eval(value))
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.Tuple() as value):
                return tuple(ast.literal_eval(value))
            case _:
                continue
    return None


def public_definitions(module: SourceModule) -> tuple[set[str], set[str]]:
    """Return the names that `__all__` must have, and those that it may have.

    Constants, type variables and the logger are details unless a module chooses to promise them.
    A package promises the names that it takes from its own modules; others may pass names on.
    """
    public = {name for name in defined_names(module.tree.body) if not name.startswith("_")}
    details = {name for name in public if CONSTANT.fullmatch(name) or name == "logger"}
    details |= type_variables(module)
    if module.is_package:
        return public - details | without_private(re_exported(module)), details
    return public - details, details | without_private(imported(module.tree.body))


def without_private(found: set[str]) -> set[str]:
    return {name for name in found if not name.startswith("_")}


def imported(body: list[ast.stmt]) -> set[str]:
    """Return the names that top-level `from … import` statements bind."""
    statements = (statement for statement in body if isinstance(statement, ast.ImportFrom))
    return {alias.asname or alias.name for statement in statements for alias in statement.names}


def re_exported(module: SourceModule) -> set[str]:
    """Return the names that a package takes from the library's modules."""
    ours = [
        statement
        for statement in module.tree.body
        if isinstance(statement, ast.ImportFrom)
        and (statement.level > 0 or str(statement.module).partition(".")[0] == "fatmorph")
    ]
    return imported([*ours])


def type_variables(module: SourceModule) -> set[str]:
    return {
        node.targets[0].id
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in TYPE_VARIABLES
    }


def is_lazy(module: SourceModule, name: str) -> bool:
    """Return whether a package delivers a name through its `__getattr__` (PEP 562)."""
    has_getattr = "__getattr__" in defined_names(module.tree.body)
    return has_getattr and hasattr(importlib.import_module(module.name), name)
