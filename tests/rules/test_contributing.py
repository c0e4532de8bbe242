"""The pages for contributors: every variable and every folder of tests is in a table."""

import re

from rules.source_tree import ROOT, tracked_files

TESTS = ROOT / "docs" / "contributing" / "tests.md"
START = ROOT / "docs" / "contributing" / "start.md"
VARIABLE = re.compile(r"\bFATMORPH_[A-Z]+(?:_[A-Z]+)*\b")
ROW = re.compile(r"^\| `(FATMORPH_[A-Z_]+)` \|", re.MULTILINE)
READERS = {".py", ".sh", ".toml", ".yml", ""}  # files that read variables; "" is a script


def test_the_table_has_every_variable_that_a_file_reads() -> None:
    read = {
        name
        for path in tracked_files()
        if path.suffix in READERS and path.parts[len(ROOT.parts)] in {".ci", "src", "tests"}
        for name in VARIABLE.findall(path.read_text(encoding="utf-8", errors="replace"))
    }

    assert sorted(read) == sorted(ROW.findall(TESTS.read_text(encoding="utf-8")))


def test_the_table_has_every_folder_of_tests() -> None:
    folders = {
        path.relative_to(ROOT / "tests").parts[0]
        for path in tracked_files()
        if path.is_relative_to(ROOT / "tests") and path.parent != ROOT / "tests"
    }
    rows = re.findall(r"^\| `(\w+)/` \|", TESTS.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(folders)


def test_the_map_has_every_module() -> None:
    page = START.read_text(encoding="utf-8")
    source = ROOT / "src" / "fatmorph"
    names = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in source.iterdir()
        if (path.is_dir() and any(path.glob("*.py"))) or path.suffix == ".py"
        if not path.name.startswith("__")
    ]

    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
