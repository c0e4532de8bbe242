"""Attributes of `fatmorph.data` are known to their reference, to `check()` and `simulate()`."""

import re

import pytest

from fatmorph import data
from fatmorph.morph._matching.runs import ATTRIBUTES, OTHER_ATTRIBUTES
from fatmorph.morph.checks._unread_attributes import may_be_unread
from rules.source_tree import ROOT

REFERENCE = (ROOT / "docs" / "reference" / "data.md").read_text(encoding="utf-8")
WRITTEN_BY_OTHERS = {"page_id": "signals"}  # functions that write the attribute of another one
WITHOUT_A_FUNCTION = {"on-signal-patch-filter"}  # an option of `data.on_signal_patch()`


def attribute_of(function: str) -> str:
    """Return the name of the attribute, without `data-`, that a function writes."""
    return WRITTEN_BY_OTHERS.get(function, function.rstrip("_").replace("_", "-"))


@pytest.mark.parametrize("function", data.__all__)
def test_an_attribute_is_in_the_reference(function: str) -> None:
    is_shown = re.search(rf"(?<!\w){function}\(", REFERENCE) is not None

    assert is_shown, f"docs/reference/data.md does not show data.{function}()"


@pytest.mark.parametrize("function", data.__all__)
def test_the_simulation_decides_whether_an_attribute_is_applied(function: str) -> None:
    name = attribute_of(function)

    assert (name in ATTRIBUTES) + (name in OTHER_ATTRIBUTES) == 1, (
        f"{name!r} belongs to ATTRIBUTES or OTHER_ATTRIBUTES of morph/_matching/runs.py"
    )


@pytest.mark.parametrize("function", data.__all__)
def test_the_check_does_not_take_an_attribute_for_a_misspelt_one(function: str) -> None:
    assert not may_be_unread(f"data-{attribute_of(function)}")


def test_no_attribute_is_known_that_no_function_writes() -> None:
    written = set(map(attribute_of, data.__all__)) | WITHOUT_A_FUNCTION

    assert (ATTRIBUTES | OTHER_ATTRIBUTES) - written == set()
