"""A module is public if a page of the reference names it; every other has an underscore."""

import re

from rules.source_tree import ROOT, source_modules

MODULES = source_modules()
REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
PAGES = sorted((ROOT / "docs").rglob("*.md"))
SIGNATURES = re.compile(r"^<!-- signatures: (.+) -->$", re.MULTILINE)
CATALOGS = {"fatmorph.html", "fatmorph.mathml", "fatmorph.svg"}  # a thousand names each
DOTTED_NAME = re.compile(r"\bfatmorph(?:\.\w+)+")


def test_the_public_modules_are_those_that_the_reference_names() -> None:
    public = {
        name for name, module in MODULES.items() if module.is_public and not module.is_package
    }
    packages = {name for name, module in MODULES.items() if module.is_package}

    assert public == named_modules() - packages


def test_every_file_at_the_top_level_has_a_page_in_the_reference() -> None:
    files = {
        name
        for name, module in MODULES.items()
        if name.count(".") == 1 and module.is_public and not module.is_package
    }

    assert files - named_modules() == set()


def test_the_signatures_of_every_public_module_are_on_one_page_of_the_site() -> None:
    pages = "\n".join(page.read_text("utf-8") for page in PAGES)
    shown = ", ".join(SIGNATURES.findall(pages)).split(", ")

    files = {name for name in named_modules() if not MODULES[name].is_package}

    assert files - CATALOGS - {*shown} == set()
    assert sorted(shown) == sorted({*shown})


def named_modules() -> set[str]:
    """Return the modules of the dotted names in the reference: of a function, where it is."""
    names = (name for page in REFERENCE for name in DOTTED_NAME.findall(page.read_text("utf-8")))
    return {module for name in names if (module := module_of(name)) != "fatmorph"}


def module_of(name: str) -> str:
    """Return the longest part of a dotted name that is a module."""
    while name not in MODULES and "." in name:
        name = name.rpartition(".")[0]
    return name
