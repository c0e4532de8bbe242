"""Suggestions: the error for an unknown name in a catalog, with the nearest valid name.

Serves the module `__getattr__` of `fatmorph.html`, `fatmorph.svg` and `fatmorph.mathml`.
"""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from fatmorph.errors import TagNameError
from fatmorph.markup._spec_elements import (
    HTML_ELEMENTS,
    MATHML_ELEMENTS,
    OBSOLETE_ELEMENTS,
    SVG_ELEMENTS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fatmorph.types import ElementNamespace

__all__ = ("closest_name", "unknown_element")

# Shares of equal characters (difflib's ratio): `dvi` and `div` have 0.67, `circel` and `circle`
# 0.83. The lower one is difflib's default; it is used only if nothing else matches.
_NEAR: Final = 0.6
_NEARER: Final = 0.8


class _Catalog(NamedTuple):
    """A catalog: its names in messages, and the names of its elements."""

    namespace: ElementNamespace
    prefix: str
    language: str
    article: str
    names: Mapping[str, str]  # folded name → name as Python writes it


def _fold(name: str) -> str:
    """Return the name without common mistakes: in case, underscores and hyphens."""
    return name.lower().replace("_", "").replace("-", "")


def _python_names(elements: Iterable[str], keywords: Iterable[str] = ()) -> Mapping[str, str]:
    """Return folded name → catalog name, in the order of `elements`."""
    written = {_fold(name): name.replace("-", "_") for name in elements}
    return MappingProxyType(written | {name: f"{name}_" for name in keywords})


_CATALOGS: Final[Mapping[str, _Catalog]] = MappingProxyType(
    {
        "html": _Catalog(
            "html", "h", "HTML", "an", _python_names((*HTML_ELEMENTS, "svg", "math"), ("del",))
        ),
        "svg": _Catalog("svg", "svg", "SVG", "an", _python_names(SVG_ELEMENTS)),
        "mathml": _Catalog("mathml", "mathml", "MathML", "a", _python_names(MATHML_ELEMENTS)),
    }
)


def unknown_element(name: str, catalog: ElementNamespace) -> AttributeError:
    """Return the error to raise for an attribute that a catalog does not have.

    Args:
        name: The requested attribute. Names that start with an underscore are looked up by Python
            or by tools (`__path__`, `_repr_html_`): they get a plain `AttributeError`.
        catalog: The catalog's namespace.

    Returns:
        A `TagNameError` with the most likely element, or an alternative: another catalog, CSS for
        an obsolete element, `element(...)` for a custom one.

    Example:
        >>> print(unknown_element("dvi", "html"))
        no HTML element is called 'dvi'
          why:   a browser would take it for an unknown element without any meaning
          fix:   h.div(...)  (did you mean 'div'?)
    """
    if name.startswith("_"):
        return AttributeError(f"module 'fatmorph.{catalog}' has no attribute {name!r}")
    why, fix = _explain(name, catalog)
    return TagNameError(
        f"no {_CATALOGS[catalog].language} element is called {name!r}", why=why, fix=fix
    )


def closest_name(name: str, names: Iterable[str], share: float = _NEAR) -> str | None:
    """Return the most likely of `names`, or `None`.

    Args:
        name: The misspelt name.
        names: The names that exist.
        share: The least similarity, from 0 (anything) to 1 (equal).

    Example:
        >>> closest_name("lable", ["table", "label"])
        'label'
    """
    near = get_close_matches(name, names, n=3, cutoff=share)
    # The first letter is rarely misspelt; it decides ties: `lable` → `label`, not `table`.
    return min(near, key=lambda match: match[:1] != name[:1], default=None)


def _explain(name: str, catalog: ElementNamespace) -> tuple[str, str]:
    """Return why the catalog has no such name, and the code to write instead."""
    own = _CATALOGS[catalog]
    others = [other for key, other in _CATALOGS.items() if key != catalog]
    folded = _fold(name)
    if folded in own.names:
        return _spelled(own, own.names[folded])
    if catalog == "html" and name in OBSOLETE_ELEMENTS:
        return f"the HTML standard calls {name} obsolete", OBSOLETE_ELEMENTS[name]
    for other in others:
        if folded in other.names:
            return _elsewhere(other, other.names[folded])
    if close := closest_name(folded, own.names, _NEARER):
        return _meant(own, own.names[close])
    for other in others:
        if close := closest_name(folded, other.names, _NEARER):
            return _elsewhere(other, other.names[close])
    if "_" not in name and (close := closest_name(folded, own.names)):
        return _meant(own, own.names[close])
    return _undefined(own, name)


def _spelled(catalog: _Catalog, name: str) -> tuple[str, str]:
    """Return why and fix for a name in the wrong case, or without its underscore."""
    return (
        "names have the standard's case; a hyphen becomes _, a Python keyword gets one at its end",
        f"{catalog.prefix}.{name}(...)  (did you mean {name!r}?)",
    )


def _meant(catalog: _Catalog, name: str) -> tuple[str, str]:
    """Return why and fix for a misspelt name."""
    return (
        "a browser would take it for an unknown element without any meaning",
        f"{catalog.prefix}.{name}(...)  (did you mean {name!r}?)",
    )


def _elsewhere(catalog: _Catalog, name: str) -> tuple[str, str]:
    """Return why and fix for the name of an element in another catalog."""
    return (
        f"{name!r} is {catalog.article} {catalog.language} element",
        f"{catalog.prefix}.{name}(...)",
    )


def _undefined(catalog: _Catalog, name: str) -> tuple[str, str]:
    """Return why and fix for a name that resembles no element."""
    if catalog.namespace != "html":
        return (
            f"the catalog has only elements of the {catalog.language} standard",
            f'Tag("{name}", "{catalog.namespace}")(...)',
        )
    custom = name.lower().strip("_").replace("_", "-")
    if "-" not in custom:
        custom = f"my-{custom}"
    return (
        "all elements outside the HTML standard are custom elements, whose names have a hyphen",
        f'element("{custom}")(...)',
    )
