"""The programs of `examples/`: how to start one, and how to import its views."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from shutil import copy
from types import ModuleType

__all__ = ("EXAMPLES", "board_settings", "example_command", "example_module")

EXAMPLES = Path(__file__).parents[1] / "examples"


def example_command(datastar_bundle: Path | None = None) -> list[str]:
    """Return the command that serves an example, for `servers.running()` in its folder."""
    client = [] if datastar_bundle is None else ["--datastar", str(datastar_bundle)]
    return [sys.executable, "main.py", "--port", "{port}", *client]


def board_settings(folder: Path, datastar_bundle: Path | None = None) -> dict[str, str]:
    """Return the variables for Board, which keeps its data in the folder and has no options."""
    pictures = folder / "pictures"
    pictures.mkdir()
    if datastar_bundle:
        copy(datastar_bundle, pictures / "datastar.js")
    return {"BOARD_DATA": str(folder), "BOARD_CLIENT": "/files/datastar.js"}


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
