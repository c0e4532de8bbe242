"""The root: what can be imported from `fatmorph`, and when it is loaded."""

import subprocess
import sys
from types import ModuleType

import pytest

import fatmorph
from fatmorph import Writer
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.testing import MemoryClient

LAZY = ["Context", "Relay", "Writer", "at", "data", "datastar_script", "dom_id", "js", "serve"]


def test_all_is_a_sorted_tuple():
    assert fatmorph.__all__ == tuple(sorted(fatmorph.__all__))


@pytest.mark.parametrize("name", fatmorph.__all__)
def test_every_name_can_be_imported_and_is_found_by_tools(name):
    assert getattr(fatmorph, name) is not None
    assert name in dir(fatmorph)


@pytest.mark.parametrize("module", [fatmorph.data, fatmorph.at])
def test_only_public_names_are_completed(module: ModuleType) -> None:
    assert dir(module) == sorted(module.__all__)


async def test_only_what_is_for_handlers_is_completed_after_a_writer() -> None:
    names = [name for name in dir(HandledWriter(MemoryClient())) if not name.startswith("_")]

    assert names == [
        *("alive", "cookie", "drain", "empty"),
        "end_by_key",  # for `Streams`, which any writer may be given to
        *("execute", "headers", "html", "is_closed"),
        *("is_started", "json", "live", "navigate", "patch", "patch_signals", "push_url"),
        *("redirect", "remove", "replace_url", "status", "text", "unsubscribe"),
    ]
    assert names == [name for name in dir(Writer) if not name.startswith("_")]


@pytest.mark.parametrize("name", fatmorph.__all__)
def test_every_name_is_in_the_import_map(name):
    assert name in fatmorph.__doc__ or name in ("Attrs", "Element", "Tag")


@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_name_is_not_loaded_with_the_package(name):
    program = f"import fatmorph; print({name!r} in vars(fatmorph))"

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert finished.stdout == "False\n"


def test_a_lazy_name_is_loaded_once():
    assert fatmorph.dom_id is fatmorph.dom_id
    assert "dom_id" in vars(fatmorph)


def test_an_unknown_name_is_a_plain_attribute_error():
    with pytest.raises(AttributeError, match="module 'fatmorph' has no attribute 'dvi'"):
        _ = fatmorph.dvi


def test_the_elements_are_those_of_the_catalogs():
    from fatmorph._catalogs import h, mathml, svg

    assert (fatmorph.h, fatmorph.svg, fatmorph.mathml) == (h, svg, mathml)
