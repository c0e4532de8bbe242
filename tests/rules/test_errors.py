"""Every error has a code, an entry in the reference, and a golden file with its text."""

import inspect
import re

import pytest

from fatmorph import errors
from rules.source_tree import ROOT

REFERENCE = ROOT / "docs" / "reference" / "errors.md"
GOLDEN = ROOT / "tests" / "golden" / "errors"

CLASSES = {
    cls.__name__: cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.FatmorphError)
}
# Two classes do not derive from a builtin. They are only caught, never raised, and have no text.
CAUGHT = {errors.FatmorphError, errors.ArgumentError}
RAISED = {name: cls for name, cls in CLASSES.items() if cls not in CAUGHT}

# The place and the reason are optional, the fix is not.
PARTS = [["  where", "  why", "  fix"], ["  why", "  fix"], ["  where", "  fix"], ["  fix"]]

class_names = pytest.mark.parametrize("name", sorted(CLASSES))
raised_names = pytest.mark.parametrize("name", sorted(RAISED))


def test_no_two_errors_share_a_code() -> None:
    codes = sorted(cls.code for cls in CLASSES.values())

    assert codes == sorted(set(codes))


@class_names
def test_a_code_is_lower_case_words(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", CLASSES[name].code)


@raised_names
def test_an_error_derives_from_the_builtin_that_a_caller_expects(name: str) -> None:
    builtins = {cls for cls in RAISED[name].__mro__ if cls.__module__ == "builtins"}

    assert builtins - {object, BaseException, Exception}


@class_names
def test_an_error_is_in_the_diagram_at_the_top_of_its_module(name: str) -> None:
    assert re.search(rf"\b{name}\b", errors.__doc__ or "")


@class_names
def test_an_error_and_its_code_are_in_the_reference(name: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")

    assert {name, CLASSES[name].code} <= set(re.findall(r"`([^`\n]+)`", text))


def test_every_raised_error_has_a_golden_file_and_no_others_exist() -> None:
    stored = {path.stem for path in GOLDEN.glob("*.txt")}

    assert stored == {cls.code for cls in RAISED.values()}


@raised_names
def test_a_golden_text_is_a_line_followed_by_where_why_and_fix(name: str) -> None:
    stored = (GOLDEN / f"{RAISED[name].code}.txt").read_text(encoding="utf-8")

    for case in stored.strip("\n").split("\n\n"):
        what, *lines = case.splitlines()
        labels = [line.split(":")[0] for line in lines if not line.startswith((">>> ", "..."))]

        assert what == what.strip(" .!")
        assert labels in PARTS, "every error says what to write"
