"""Attributes of `fatmorph.data` are known to their reference, to `check()` and `simulate()`."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import pytest

from fatmorph import data
from fatmorph._converting import datastar_calls
from fatmorph.datastar import _attributes
from fatmorph.morph._matching.runs import ATTRIBUTES, OTHER_ATTRIBUTES
from fatmorph.morph.checks._unread_attributes import may_be_unread
from rules.source_tree import ROOT

REFERENCE = (ROOT / "docs" / "reference" / "data.md").read_text(encoding="utf-8")
WRITTEN_BY_OTHERS = {"page_id": "signals"}  # functions that write the attribute of another one
# Functions whose attribute `fatmorph convert` leaves as it is written.
NOT_CONVERTED = {"animate", "match_media", "page_id"}
WITHOUT_A_FUNCTION = {"on-signal-patch-filter"}  # an option of `data.on_signal_patch()`


def attribute_of(function: str) -> str:
    """Return the name of the attribute, without `data-`, that a function writes."""
    return WRITTEN_BY_OTHERS.get(function, function.rstrip("_").replace("_", "-"))


def returned_by(function: object) -> object:
    """Return the annotation of what a function returns, also if it is a shortcut for another."""
    function = inspect.unwrap(cast("Callable[..., object]", function))
    return getattr(function, "__annotations__", {}).get("return")


def test_each_function_of_the_groups_is_exported() -> None:
    modules = [
        import_module(m.name)
        for m in iter_modules(_attributes.__path__, f"{_attributes.__name__}.")
    ]
    written = {
        name
        for module in modules
        for name in module.__all__
        if returned_by(getattr(module, name)) == "Attrs"
    }

    assert "on_resize" in written
    assert sorted(written - {*data.__all__}) == [], "name them in `__all__` of data.py"


@pytest.mark.parametrize("function", sorted({*data.__all__} - NOT_CONVERTED))
def test_the_converter_writes_the_call_of_an_attribute(function: str) -> None:
    assert f'"{function}"' in inspect.getsource(datastar_calls), (
        f"{attribute_of(function)!r} belongs to a table of _converting/datastar_calls.py"
    )


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
