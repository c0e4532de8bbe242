"""Every error's exact text, one file per code in `errors/`.

A file holds cases, separated by a blank line. Each is a message, as `str(error)` gives it, above
the lines of code that raise it, which are marked with `>>> ` and `... ` as in a console:

    cannot put a child into <br>
      where: <br> > 'x'
      why:   br is a void element: the parser would put the child after it
      fix:   [br(), child]
    >>> h.br("x")

To add a case, write its code alone (or change a text in `errors.py`) and accept what it says:

    FATMORPH_UPDATE_GOLDEN=1 python -m pytest tests/golden

then read the difference aloud. `NAMES` below is what the code may use without importing it;
anything else it imports itself. Top-level `await` works.
"""

import ast
import asyncio
import inspect
import os
import re
from pathlib import Path

import pytest

import fatmorph
from fatmorph import Attrs, Markup, Tag, comment, element, fragment, h, json_script, static, svg
from fatmorph.errors import FatmorphError
from fatmorph.markup._render import render, render_bytes
from fatmorph.markup.escape import js

FILES = sorted((Path(__file__).parent / "errors").glob("*.txt"))
NAMES = {
    value.__name__.rpartition(".")[2]: value
    for value in (Attrs, Markup, Tag, comment, element, fragment, json_script, static, svg)
} | {"h": h, "js": js, "render": render, "render_bytes": render_bytes, "fatmorph": fatmorph}
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_text_of_an_error_is(path: Path) -> None:
    stored = path.read_text(encoding="utf-8")

    current = "\n".join(f"{message(code, path.stem)}\n{code}\n" for code in codes(stored))

    accept(path, current)
    assert current == path.read_text(encoding="utf-8")


def codes(stored: str) -> list[str]:
    """Return the code of each case, with its marks."""
    return re.findall(r"^>>> .*(?:\n\.\.\. ?.*)*", stored, flags=re.MULTILINE)


def message(code: str, expected_code: str) -> str:
    """Run a case and return what its error says; any other outcome passes through."""
    lines = [line[4:] for line in code.splitlines()]
    try:
        run("\n".join(lines))
    except FatmorphError as error:
        assert error.code == expected_code
        return ADDRESS.sub("0x…", str(error))
    return f"no error: {code}"


def run(source: str) -> None:
    compiled = compile(source, "<golden>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, dict(NAMES))
    if inspect.iscoroutine(result):
        asyncio.run(result)


def accept(path: Path, current: str) -> None:
    """Store the current text if asked to."""
    if os.environ.get("FATMORPH_UPDATE_GOLDEN") == "1":
        path.write_text(current, encoding="utf-8")
