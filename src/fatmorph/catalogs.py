"""Catalogs: the elements of HTML, SVG and MathML, each found as fast as an attribute can be.

CPython looks up the names of a module that has a `__getattr__`, as ours have to explain a wrong
name, by the slow way every time: a third of what a small element takes. The slots of an object
are found by their place, whatever its class does about missing ones. So `from fatmorph import h`
gives an object with what the module `fatmorph.html` exports.

Source: https://docs.python.org/3/reference/datamodel.html#slots
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import ModuleType

    # Not `from fatmorph`: that gives what is made here.
    import fatmorph.html as h
    import fatmorph.mathml as mathml
    import fatmorph.svg as svg

__all__ = ("h", "mathml", "svg")


class _Catalog:
    """What a module exports; everything else, and every error, is the module's own."""

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
