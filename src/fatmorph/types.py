"""The types that signatures of this library share.

They say what a caller may pass; what comes back is typed where it is returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

__all__ = (
    "MODES_WITHOUT_SELECTOR",
    "AttributeMapping",
    "AttributeValue",
    "ElementNamespace",
    "HasHtml",
    "Node",
    "PatchMode",
    "SignalValue",
    "StyleValue",
)


@runtime_checkable
class HasHtml(Protocol):
    """Anything whose `__html__()` returns trusted HTML, which is written UNESCAPED.

    Source: https://markupsafe.palletsprojects.com/en/stable/html/
    """

    def __html__(self) -> str:
        """Return HTML text."""
        ...


Node: TypeAlias = "bool | str | int | float | Decimal | HasHtml | Iterable[Node] | None"
"""What can be a child of an element; `None`, `True` and `False` are skipped."""

StyleValue: TypeAlias = "bool | str | int | float | Decimal | None"
"""The value of one CSS property; `None` and `False` leave the property out."""

# Any: a mapping is invariant in its key and covariant in its value; class and style
# check each entry when the element is built.
AttributeValue: TypeAlias = "bool | str | int | float | Decimal | Iterable[Any] | None"
"""The value of an attribute; iterables and mappings are for `class` and `style`."""

SignalValue: TypeAlias = (
    "bool | int | float | str | Sequence[SignalValue] | Mapping[str, SignalValue] | None"
)
"""A value that JSON can hold, as signals and JavaScript literals are made of."""

# Any: positional attributes are checked name by name when the element is built.
AttributeMapping: TypeAlias = Mapping[str, Any]
"""Attributes given as a positional argument: name to value."""

ElementNamespace: TypeAlias = Literal["html", "svg", "mathml"]
"""The three namespaces that an HTML document can hold elements of."""

PatchMode: TypeAlias = Literal[
    "outer", "inner", "replace", "prepend", "append", "before", "after", "remove"
]
"""What the client does with the elements of a patch; `outer`, the default, morphs."""

MODES_WITHOUT_SELECTOR: frozenset[PatchMode] = frozenset({"outer", "replace"})
"""The modes whose targets the client finds by the ids of the elements."""
