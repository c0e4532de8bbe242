"""Imports point down.

A module imports only public modules of a lower layer, or earlier modules of its own package; never
upwards, sideways, from a package's `__init__`, or inside a function. Imports under
`TYPE_CHECKING` obey too: a type is a dependency.
"""

import ast
import sys
from dataclasses import dataclass

import pytest

from rules.source_tree import SourceModule, source_modules

# Layer 0 is imported by all. The units of one layer do not know each other.
LAYERS = (
    ("remedies", "quoting"),
    ("errors", "types", "log"),
    ("origin", "policy", "shapes", "signal_limits"),
    ("markup",),
    ("html", "svg", "mathml", "datastar", "compression", "morph"),
    ("settings", "catalogs"),
    ("shutdown", "counters", "content_coding", "transport", "_turn"),
    ("stream", "response", "decoding"),
    ("alive", "responder"),
    ("live",),
    ("context", "writer", "relay"),
    ("adapters",),
    ("uvicorn_protocol", "server", "testing", "cli"),
    ("__main__",),
)

# The modules of each package, in the order in which they may know each other: a module imports
# only those on its left. A new module takes its place here.
PACKAGE_ORDER = {
    "markup": (
        "spec",
        "css",
        "url",
        "values",
        "attributes",
        "content",
        "path",
        "suggestion",
        "lines",
        "building",
        "_escaping_py",
        "_comparing_py",
        "_core_py",
        "_core_c",
        "_core",
        "escape",
        "element",
        "render",
        "pretty",
        "parse",
    ),
    "datastar": (
        "caching",
        "statements",
        "expressions",
        "modifiers",
        "signals",
        "sinks",
        "appearance",
        "triggers",
        "pro",
        "attributes",
        "fetch",
        "actions",
        "script",
        "_fields",
        "_signals_json",
        "regions",
        "events",
        "answers",
        "shared",
    ),
    "morph": (
        "ids",
        "finding",
        "_matching.nodes",
        "_matching.document",
        "_matching.owners",
        "_matching.morpher",
        "_matching.runs",
        "simulation._selectors",
        "simulation._serializer",
        "simulation._patch",
        "simulation._simulator",
        "checks._vocabulary",
        "checks._wording",
        "checks._nesting",
        "checks._survey",
        "checks._page",
        "checks._browser_nodes",
        "checks._outcome",
        "checks._change",
        "checks._checker",
        "development",
        "diff",
    ),
    "relay": ("base", "_mailbox", "memory", "redis", "nats"),
    "adapters": (
        "_base",
        "_asgi_messages",
        "_asgi_request",
        "asgi",
        "guard",
        "_endpoint",
        "starlette",
        "fastapi",
        "litestar",
        "_apart",
        "_exchange",
        "quart",
        "_answer",
        "wsgi",
        "flask",
        "django",
        "sanic",
        "aiohttp",
    ),
    "testing": ("snapshots", "plugin"),
    "cli": ("check", "main"),
}

FRAMEWORKS = {"aiohttp", "django", "fastapi", "flask", "litestar", "quart", "sanic", "starlette"}

# Third-party packages that only these places may know, at module level or inside a function.
ONLY_IN = dict.fromkeys(FRAMEWORKS, "adapters") | {
    "uvicorn": "server uvicorn_protocol",
    "uvloop": "server",
    "redis": "relay",
    "nats": "relay",
    "pytest": "testing",
    "pytest_snapshot": "testing",
    "turbohtml": "markup",
    "cssselect2": "morph",
    "backports": "compression",
    "brotli": "compression",
    "zstandard": "compression",
}
RUN_TIME_DEPENDENCIES = {"datastar_py", "markupsafe", "msgspec"}


@dataclass(frozen=True)
class Import:
    """Be one imported module, as a dotted name, and where."""

    name: str
    line: int
    is_inside_function: bool


MODULES = source_modules()
names = pytest.mark.parametrize("name", sorted(MODULES))
plain_names = pytest.mark.parametrize(
    "name", [name for name, module in sorted(MODULES.items()) if not module.is_package]
)
package_names = pytest.mark.parametrize(
    "name", [name for name, module in sorted(MODULES.items()) if module.is_package]
)


@plain_names
def test_a_module_has_a_place_in_the_layers(name: str) -> None:
    unit, _, rest = MODULES[name].inner_name.partition(".")

    assert unit in {unit for layer in LAYERS for unit in layer}, (
        f"{name} is in no layer: add {unit!r} to LAYERS in {__file__}"
    )
    assert rest in PACKAGE_ORDER.get(unit, ("",)), (
        f"{name} has no place in its package: add {rest!r} to PACKAGE_ORDER[{unit!r}] in "
        f"{__file__}, right of every module that it imports"
    )


@plain_names
def test_a_module_imports_only_lower_layers_and_earlier_modules(name: str) -> None:
    module = MODULES[name]

    wrong = [
        f"{module.place(found.line)}: {reason}"
        for found in imports(module)
        if (reason := reason_against(module, found))
    ]

    assert wrong == []


@package_names
def test_a_package_only_re_exports_its_own_modules(name: str) -> None:
    module = MODULES[name]

    foreign = [
        f"{module.place(found.line)}: {found.name}"
        for found in imports(module)
        if is_ours(found.name) and not found.name.startswith(f"{name}.")
    ]

    assert foreign == []


@names
def test_only_optional_dependencies_are_imported_inside_functions(name: str) -> None:
    module = MODULES[name]

    inside = [
        f"{module.place(found.line)}: {found.name}"
        for found in imports(module)
        if found.is_inside_function and not is_optional(found.name)
    ]

    assert inside == []


@names
def test_frameworks_and_extras_are_imported_only_where_they_belong(name: str) -> None:
    module = MODULES[name]
    unit = module.inner_name.partition(".")[0]

    wrong = [
        f"{module.place(found.line)}: {found.name} belongs in {ONLY_IN[root(found.name)]}"
        for found in imports(module)
        if root(found.name) in ONLY_IN and unit not in ONLY_IN[root(found.name)].split()
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "statement", "reason"),
    [
        ("fatmorph.errors", "import fatmorph.types", "is not in a lower layer"),
        ("fatmorph.html", "from fatmorph.errors import ChildError", ""),
        ("fatmorph.html", "from fatmorph.datastar.events import patch", "is not in a lower layer"),
        ("fatmorph.html", "from fatmorph.writer import Writer", "is not in a lower layer"),
        ("fatmorph.html", "from fatmorph.markup._core import x", "is private to its package"),
        ("fatmorph.html", "from fatmorph.markup import Element", "is a package's __init__"),
        ("fatmorph.html", "from fatmorph import Element", "is a package's __init__"),
        ("fatmorph.html", "from fatmorph import errors", ""),
        ("fatmorph.html", "from .errors import ChildError", ""),
        ("fatmorph.markup.render", "from fatmorph.markup.element import Element", ""),
        ("fatmorph.markup.render", "from .element import Element", ""),
        ("fatmorph.markup.escape", "from ._core import x", ""),
        ("fatmorph.markup.element", "from .render import render", "comes later in its package"),
        (
            "fatmorph.html",
            "if TYPE_CHECKING:\n    from fatmorph.writer import Writer",
            "is not in a lower layer",
        ),
        (
            "fatmorph.html",
            "def f():\n    from fatmorph.writer import Writer",
            "is not in a lower layer",
        ),
    ],
)
def test_the_rule_tells_right_imports_from_wrong_ones(
    importer: str, statement: str, reason: str
) -> None:
    path = MODULES["fatmorph.errors"].path
    module = SourceModule(path, importer, statement, ast.parse(statement))

    reasons = [reason_against(module, found) for found in imports(module)]

    assert [text.partition(" ")[2] for text in reasons] == [reason]


def reason_against(module: SourceModule, found: Import) -> str:
    """Return why the import is wrong, or the empty text."""
    if not is_ours(found.name):
        return ""
    unit, _, rest = module.inner_name.partition(".")
    other_unit, _, other_rest = found.name.removeprefix("fatmorph").lstrip(".").partition(".")
    if other_unit == "" or (other_rest == "" and other_unit in PACKAGE_ORDER):
        return f"{found.name} is a package's __init__"
    if unit == other_unit:
        order = PACKAGE_ORDER.get(unit, ())
        is_earlier = other_rest in order[: order.index(rest)] if rest in order else True
        return "" if is_earlier else f"{found.name} comes later in its package"
    if layer(other_unit) >= layer(unit):
        return f"{found.name} is not in a lower layer"
    if other_rest.startswith("_"):
        return f"{found.name} is private to its package"
    return ""


def imports(module: SourceModule) -> list[Import]:
    """Return every module that a module imports, anywhere in its text."""
    found: dict[Import, None] = {}

    def collect(node: ast.AST, *, is_inside_function: bool) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in targets(module, node):
                found[Import(name, node.lineno, is_inside_function)] = None
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            collect(child, is_inside_function=is_inside_function or is_function)

    collect(module.tree, is_inside_function=False)
    return list(found)


def targets(module: SourceModule, node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the modules that one statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [imported_module(module, node, alias.name) for alias in node.names]


def imported_module(module: SourceModule, node: ast.ImportFrom, name: str) -> str:
    """Return the module that `from … import name` reads: the named one, or its submodule."""
    base = node.module or ""
    if node.level:
        depth = node.level - 1 if module.is_package and module.tree.body else node.level
        package = module.name.split(".")[: -depth or None]
        base = ".".join([*package, *filter(None, [node.module])])
    is_submodule = f"{base}.{name}" in MODULES and name not in re_exports(base)
    return f"{base}.{name}" if is_submodule else base


def re_exports(package: str) -> set[str]:
    """Return the names that a package's `__init__` takes from its modules."""
    body = MODULES[package].tree.body if package in MODULES else []
    from_modules = (
        node for node in body if isinstance(node, ast.ImportFrom) and node.module != package
    )
    return {alias.asname or alias.name for node in from_modules for alias in node.names}


def layer(unit: str) -> int:
    """Return the layer's number; a unit without one is above all."""
    return next((number for number, units in enumerate(LAYERS) if unit in units), len(LAYERS))


def is_ours(name: str) -> bool:
    return root(name) == "fatmorph"


def is_optional(name: str) -> bool:
    return not (
        is_ours(name)
        or root(name) in RUN_TIME_DEPENDENCIES
        or root(name) in sys.stdlib_module_names
    )


def root(name: str) -> str:
    return name.partition(".")[0]
