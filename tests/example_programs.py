"""The programs of `examples/`: how to start one, and how to import its views."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

__all__ = ("EXAMPLES", "example_command", "example_module")

EXAMPLES = Path(__file__).parents[1] / "examples"


def example_command(datastar_bundle: Path | None = None) -> list[str]:
    """Return the command that serves an example, for `servers.running()` in its folder."""
    client = [] if datastar_bundle is None else ["--datastar", str(datastar_bundle)]
    return [sys.executable, "main.py", "--port", "{port}", *client]


def example_module(name: str) -> ModuleType:
    """Import the `main.py` of an example as a new module."""
    module_name = f"example_{name}"
    spec = spec_from_file_location(module_name, EXAMPLES / name / "main.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses look up names here
    spec.loader.exec_module(module)
    return module
