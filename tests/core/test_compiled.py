"""The compiled engine of a clone is used only if it is of the sources beside it."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import fatmorph
from fatmorph.markup import _compiled

PROGRAM = "from fatmorph import h; from fatmorph.markup import _core; print(_core.ENGINE, h.p())"
REFUSED = (
    "RuntimeWarning: the C engine was compiled from other sources, so the Python engine is used: "
    "run pip install -e ."
)


def run_with(source: Path) -> tuple[str, str]:
    """Return the output of a program with a copy of the library, and its warnings."""
    environment = {**os.environ, "PYTHONPATH": str(source), "FATMORPH_PURE_PYTHON": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=source,
    )
    return done.stdout, done.stderr


def test_an_engine_whose_sources_have_changed_is_refused_until_it_is_built_again(tmp_path: Path):
    package = tmp_path / "fatmorph"
    copytree(Path(fatmorph.__file__).parent, package)
    header = package / "markup" / "_engine" / "escaping.h"

    before = run_with(tmp_path)
    header.write_bytes(header.read_bytes() + b"\n")
    after, warnings = run_with(tmp_path)

    assert before == ("C <p></p>\n", "")
    assert after == "Python <p></p>\n"
    assert REFUSED in warnings


def test_a_header_that_is_new_changes_the_number_of_the_sources(tmp_path: Path):
    (tmp_path / "_engine").mkdir()
    (tmp_path / "_core_c.c").write_text("int a;")
    before = _compiled.sources_number(tmp_path)

    (tmp_path / "_engine" / "new.h").write_text("int b;")

    assert before not in (None, _compiled.sources_number(tmp_path))


def test_a_hidden_file_of_an_editor_changes_nothing(tmp_path: Path):
    (tmp_path / "_engine").mkdir()
    (tmp_path / "_core_c.c").write_text("int a;")
    before = _compiled.sources_number(tmp_path)

    (tmp_path / "_engine" / ".#regions.h").symlink_to("ada@host.1234")  # as Emacs does
    (tmp_path / "_engine" / "._regions.h").write_bytes(b"of the Finder")

    assert before is not None
    assert _compiled.sources_number(tmp_path) == before


def test_sources_that_cannot_be_read_are_not_compared(tmp_path: Path):
    (tmp_path / "_engine" / "a.h").mkdir(parents=True)
    (tmp_path / "_core_c.c").write_text("int a;")

    assert _compiled.sources_number(tmp_path) is None


def test_a_wheel_has_no_sources_to_compare(tmp_path: Path, monkeypatch):
    assert _compiled.sources_number(tmp_path) is None

    monkeypatch.setattr(_compiled, "sources_number", lambda: None)
    assert not _compiled.is_stale()


def test_an_engine_that_asks_for_a_function_of_another_name_is_stale(monkeypatch):
    def fail(name: str) -> None:
        raise AttributeError(name)

    monkeypatch.setattr(_compiled, "import_module", fail)

    assert _compiled.is_stale()
