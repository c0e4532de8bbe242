"""fatmorph._catalogs: the elements of a module as the slots of an object."""

from importlib import import_module

import pytest

from fatmorph import html
from fatmorph._catalogs import h, mathml, svg

CATALOGS = [(h, "fatmorph.html"), (mathml, "fatmorph.mathml"), (svg, "fatmorph.svg")]


@pytest.mark.parametrize(("catalog", "name"), CATALOGS)
def test_a_catalog_has_the_elements_of_its_module(catalog: object, name: str) -> None:
    module = import_module(name)

    found = {element: getattr(catalog, element) for element in module.__all__}

    assert found == {element: vars(module)[element] for element in module.__all__}


def test_a_wrong_name_is_explained_as_by_the_module() -> None:
    with pytest.raises(AttributeError) as by_module:
        _ = html.dvi  # type: ignore[attr-defined]

    with pytest.raises(AttributeError) as by_catalog:
        _ = h.dvi  # type: ignore[attr-defined]

    assert str(by_catalog.value) == str(by_module.value)


def test_a_catalog_can_be_looked_through() -> None:
    assert set(html.__all__) <= set(dir(h))


def test_a_catalog_says_what_it_holds() -> None:
    assert repr(h) == "<elements of fatmorph.html>"


def test_a_catalog_is_documented_as_its_module() -> None:
    assert h.__doc__ == html.__doc__
