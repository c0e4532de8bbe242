"""Catalogs: the elements of HTML, SVG and MathML, with fast attribute access.

CPython looks up names slowly in a module that has a `__getattr__`, which ours need to explain a
wrong name: the lookup takes a third of the time of a small element. The slots of an object are
found by position, even if its class has a `__getattr__`. So `from fatmorph import h` gives an
object with the exports of the module `fatmorph.html`.

Source: https://docs.python.org/3/reference/datamodel.html#slots
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import ModuleType

    # Not `from fatmorph`: that would import the objects made here.
    import fatmorph.html as h
    import fatmorph.mathml as mathml
    import fatmorph.svg as svg

__all__ = ("h", "mathml", "svg")


class _Catalog:
    """The exports of a module; all other names, and all errors, come from the module itself."""

    __slots__ = ()
    _module: ClassVar[ModuleType]

    def __getattr__(self, name: str) -> object:
        return getattr(self._module, name)

    def __repr__(self) -> str:
        return f"<elements of {self._module.__name__}>"


def _catalog(name: str) -> Any:  # Any: type checkers read the modules themselves
    module = import_module(name)
    members = {"__slots__": module.__all__, "__doc__": module.__doc__, "_module": module}
    catalog = type("Catalog", (_Catalog,), members)()
    for element in module.__all__:
        setattr(catalog, element, getattr(module, element))
    return catalog


if not TYPE_CHECKING:
    h, mathml, svg = map(_catalog, ("fatmorph.html", "fatmorph.mathml", "fatmorph.svg"))
