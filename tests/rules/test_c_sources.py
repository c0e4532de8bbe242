"""The C engine's files: short, described by their first line, and part of the distribution."""

import re
import tomllib

import pytest

from rules.source_tree import ROOT, SOURCE

MARKUP = SOURCE / "fatmorph" / "markup"
UNIT = MARKUP / "_core_c.c"
HEADERS = {path.name: path.read_text(encoding="utf-8") for path in MARKUP.glob("_engine/*.h")}
FILE_LINES = 400

headers = pytest.mark.parametrize("header", sorted(HEADERS))


def test_a_source_distribution_has_every_header_and_what_builds_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [extension] = project["tool"]["setuptools"]["ext-modules"]

    folder = (MARKUP / "_engine").relative_to(ROOT).as_posix()
    sources = [f"{folder}/{header}" for header in sorted(HEADERS)]
    assert extension["depends"] == [".ci/build_engine.py", *sources]


def test_the_compiled_file_includes_every_header() -> None:
    included = re.findall(r'#include "_engine/(.+)"', UNIT.read_text(encoding="utf-8"))

    assert sorted(included) == sorted(HEADERS)


def test_the_compiled_file_is_short_enough_to_read() -> None:
    assert len(UNIT.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@headers
def test_a_header_is_short_enough_to_read(header: str) -> None:
    assert len(HEADERS[header].splitlines()) <= FILE_LINES


@headers
def test_a_header_begins_with_its_description(header: str) -> None:
    assert re.match(r"/\* [A-Z][^*]+\. \*/\n\n#ifndef FATMORPH_", HEADERS[header])


@headers
def test_a_header_with_function_bodies_says_so(header: str) -> None:
    description, _, code = HEADERS[header].partition("*/")

    assert ("Holds function bodies" in description) == ("\n{\n" in code)


@headers
def test_success_does_not_fall_into_a_label_called_error(header: str) -> None:
    last_lines = re.findall(r"^ +(.+)\n+error:$", HEADERS[header], re.MULTILINE)

    assert [line for line in last_lines if not line.startswith("return ")] == []


@headers
def test_a_header_includes_only_earlier_headers(header: str) -> None:
    order = re.findall(r'#include "_engine/(.+)"', UNIT.read_text(encoding="utf-8"))
    earlier = order[: order.index(header)]

    included = re.findall(r'#include "(.+)"', HEADERS[header])

    assert set(included) - set(earlier) == set()
