"""Imports point down.

A module imports only public modules of a lower layer, or earlier modules of its own package; never
upwards, sideways, from a package's `__init__`, or inside a function. Imports under
`TYPE_CHECKING` obey too: a type is a dependency.
"""

import ast
import re
import sys
from dataclasses import dataclass

import pytest

from rules.source_tree import ROOT, SourceModule, source_modules

# Layer 0 is imported by all. The rooms of one layer do not know each other.
# `docs/explanation/design.md` draws them.
LAYERS = (
    ("errors", "types", "_servers", "_lazy_names", "_functions"),
    ("_log", "_histogram"),
    ("_prometheus",),
    ("markup", "http", "compression", "transport", "shutdown", "counters", "threads"),
    ("html", "svg", "mathml", "datastar", "morph", "settings", "forms", "_streaming"),
    ("_commands", "_thin_pages"),
    ("data", "at", "_catalogs", "context", "writer", "relay", "tasks"),
    ("adapters", "pages", "streams", "_converting"),
    ("server", "uvicorn_protocol", "testing", "_cli"),
)
DESIGN = ROOT / "docs" / "explanation" / "design.md"

# Modules that only their own room may import: the choice of an engine is made in one place.
INNER = {
    "markup": {
        *("_core", "_core_c", "_core_py", "_escaping_py", "_memo_py", "_regions_py"),
        *("_shortcuts_py", "_tree_py"),
    }
}

# The modules of each package, in the order in which they may know each other: a module imports
# only those on its left. A new module takes its place here.
PACKAGE_ORDER = {
    "markup": (
        "_compiled",
        "_summary",
        "_objects",
        "_template_parts",
        "_familiar_values",
        "_wording",
        "_spec_elements",
        "_spec_attributes",
        "_misspelling",
        "_css",
        "_url",
        "path",
        "_template_places",
        "_refusals",
        "_values",
        "_template_strings",
        "_escaping_py",
        "_attributes",
        "_foreign",
        "_content",
        "_suggestion",
        "_lines",
        "_call",
        "_comparing_py",
        "_memo_wording",
        "_memo_plan",
        "_tree_py",
        "_regions_py",
        "_shortcuts_py",
        "_memo_py",
        "_core_py",
        "_core_c",
        "_core",
        "_shortcuts",
        "escape",
        "_element",
        "_memo",
        "_render",
        "_pretty",
        "parse",
    ),
    "http": (
        "origin",
        "_cache_control",
        "_head",
        "_root_path",
        "_last_event_id",
        "_named_values",
        "_content_security_policy",
        "_page_id",
        "_signal_shapes",
        "_subscription",
        "_signal_limits",
        "_problems",
        "_signal_problems",
        "_signals",
        "_form_data",
        "_file_limits",
        "_form_fields",
        "_form_parser",
        "_progress",
    ),
    "datastar": (
        "_attributes.inherited_names",
        "_signal_classes",
        "_attributes.statements",
        "_attributes.expressions",
        "_attributes.sinks",
        "_attributes.modifiers",
        "_attributes.signals",
        "_attributes.appearance",
        "_attributes.triggers",
        "_attributes.pro",
        "_attributes.familiar_options",
        "_attributes.fetch",
        "_attributes.subscription",
        "_script",
        "_page_script",
        "_connection_state",
        "_live_links",
        "events._fields",
        "events._whole_response",
        "events._event",
        "events._signals_json",
        "events._signals",
        "events._regions",
        "events._elements",
        "events._scripts",
        "events._history",
        "_drawing",
        "_element_places",
    ),
    "_streaming": (
        "limits",
        "lingering",
        "running_handler",
        "lifetime",
        "eager_task",
        "end_of_turn",
        "content_coding",
        "slow_send",
        "outbox",
        "page_streams",
        "retries",
        "request_record",
        "stream",
        "recorded_stream",
        "alive",
        "changes",
        "shown_tasks",
        "shared_page",
        "slow_draws",
        "live",
        "whole_response",
        "event_response",
    ),
    "morph": (
        "ids",
        "finding",
        "difference._patch",
        "_matching.nodes",
        "_matching.chosen_options",
        "_matching.document",
        "_matching.owners",
        "_matching.morpher",
        "_matching.runs",
        "simulation._selectors",
        "simulation._serializer",
        "simulation._patch",
        "simulation._simulator",
        "checks._listeners",
        "checks._unread_attributes",
        "checks._misspelt",
        "checks._vocabulary",
        "checks._wording",
        "checks._nesting",
        "checks._misplaced",
        "checks._survey",
        "checks._outside_urls",
        "checks._sent_signals",
        "checks._signal_order",
        "checks._dead_expressions",
        "checks._page",
        "checks._browser_nodes",
        "checks._outcome",
        "checks._losses",
        "checks._change",
        "checks._checker",
        "_development",
        "difference._content",
        "difference._units",
        "difference._comparison",
        "difference._differ",
        "difference._advice",
    ),
    "_servers": (
        *("contract", "uvicorn", "gunicorn", "hypercorn", "twisted", "incomplete", "running"),
    ),
    "relay": (
        "_contract",
        "_mailbox",
        "_subscription",
        "_registry",
        "_address",
        "_codec",
        "_status",
        "_outbox",
        "_failure",
        "_broker",
        "_link",
        "_redis",
        "_nats",
        "_wire",
        "_relay",
        "_reader",
    ),
    "pages": (
        "_changes",
        "_line",
        "_messages",
        "_arguments",
        "_page",
        "_refill",
        "_room",
        "_states",
        "_calls",
        "_moves",
        "_neighbours",
        "_pages",
    ),
    "adapters": (
        "_drawer_element",
        "_drawer",
        "_handler_end",
        "_error_overlay",
        "_handled_writer",
        "_connections",
        "_respond",
        "_parsed_form",
        "_asgi_messages",
        "_asgi_request",
        "asgi",
        "guard",
        "_injection",
        "_hashed_files",
        "starlette",
        "fastapi",
        "litestar",
        "_departure",
        "_pulled_response",
        "quart",
        "_collected_response",
        "wsgi",
        "flask",
        "django",
        "sanic",
        "aiohttp",
    ),
    "testing": (
        "_client",
        "_expressions.tokens",
        "_expressions.values",
        "_expressions.syntax",
        "_expressions.methods",
        "_expressions.evaluator",
        "_clock",
        "_events",
        "_routes",
        "_server",
        "_signals",
        "_browser.attributes",
        "_browser.timing",
        "_browser.field_values",
        "_browser.fields",
        "_browser.validity",
        "_browser.shown",
        "_browser.roles",
        "_browser.names",
        "_browser.history",
        "_browser.tab",
        "_browser.host",
        "_browser.requests",
        "_browser.binding",
        "_browser.plugins",
        "_browser.network",
        "_browser.fetch",
        "_browser.handlers",
        "_browser.keys",
        "_losses",
        "_browser.engine",
        "_browser.keyboard",
        "_browser.user",
        "_familiar_names",
        "_query",
        "_response",
        "_page",
        "_stream_text",
        "_stale_files",
        "snapshots",
        "plugin",
    ),
    "_converting": (
        "strings",
        "layout",
        "javascript_literals",
        "values",
        "template_tags",
        "trees",
        "whitespace",
        "comparing",
        "serializing",
        "running",
        "datastar_calls",
        "attribute_types",
        "attributes",
        "program",
        "loops",
        "elements",
        "converter",
    ),
    "_cli": (
        *("samples", "check", "page_source", "convert"),
        *("blueprints", "project", "new_files", "client_file", "init", "main"),
    ),
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
    "pydantic_core": "http",
    "python_multipart": "http",
    "backports": "compression",
    "brotli": "compression",
    "zstandard": "compression",
}
RUN_TIME_DEPENDENCIES = {"datastar_py", "markupsafe", "msgspec"}


@dataclass(frozen=True)
class Import:
    """An imported module, as a dotted name, and its place."""

    name: str
    line: int
    is_inside_function: bool


MODULES = source_modules()
names = pytest.mark.parametrize("name", sorted(MODULES))
plain_names = pytest.mark.parametrize(
    "name",
    [
        name
        for name, module in sorted(MODULES.items())
        if not module.is_package and module.inner_name != "__main__"  # above all, as `__init__`
    ],
)
package_names = pytest.mark.parametrize(
    "name", [name for name, module in sorted(MODULES.items()) if module.is_package]
)


def test_the_documentation_draws_these_layers() -> None:
    drawing = re.findall(
        r"^(\d)   (\S+(?: · \S+)*)", DESIGN.read_text(encoding="utf-8"), re.MULTILINE
    )

    drawn = {int(number): names.split(" · ") for number, names in drawing}

    assert drawn == {number: list(units) for number, units in enumerate(LAYERS)}


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
        ("fatmorph.html", "from fatmorph.markup._core import x", "is for its own room"),
        ("fatmorph.html", "from fatmorph.markup import Element", "is a package's __init__"),
        ("fatmorph.html", "from fatmorph import Element", "is a package's __init__"),
        ("fatmorph.html", "from fatmorph import errors", ""),
        ("fatmorph.html", "from .errors import ChildError", ""),
        ("fatmorph.markup._render", "from fatmorph.markup._element import Element", ""),
        ("fatmorph.markup._render", "from ._element import Element", ""),
        ("fatmorph.markup.escape", "from ._core import x", ""),
        ("fatmorph.markup._element", "from .render import render", "comes later in its package"),
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
    if other_rest in INNER.get(other_unit, ()):
        return f"{found.name} is for its own room"
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
