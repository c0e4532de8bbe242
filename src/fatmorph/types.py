"""The types that this library's signatures share.

They are types of arguments; results have more precise types. All of them work at run time too, as
in `Child | Attrs`.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Protocol,
    TypeAlias,
    TypeVar,
    Union,
    runtime_checkable,
)

if TYPE_CHECKING:
    # For type checkers alone, which have it built in: `Context` is `Context[Any]`.
    from typing_extensions import TypeVar as TypeVarWithDefault

    if sys.version_info >= (3, 14):
        from string.templatelib import Template
    else:
        from typing import Never as Template

__all__ = (
    "MODES_WITHOUT_SELECTOR",
    "AttributeMapping",
    "AttributeValue",
    "Child",
    "ElementNamespace",
    "HasHtml",
    "Node",
    "PatchMode",
    "RequestT",
    "SignalValue",
    "Source",
    "StyleValue",
    "TemplateString",
)

T_co = TypeVar("T_co", covariant=True)
if TYPE_CHECKING:
    RequestT = TypeVarWithDefault("RequestT", default=Any)
else:
    RequestT = TypeVar("RequestT")
"""The class of a framework's request: that of `c.request` of a `Context[Request]`."""


@runtime_checkable
class HasHtml(Protocol):
    """Anything whose `__html__()` returns trusted HTML, which is written UNESCAPED.

    Source: https://markupsafe.palletsprojects.com/en/stable/html/
    """

    def __html__(self) -> str:
        """Return HTML text."""
        ...


TemplateString: TypeAlias = "Template"
"""A template string, `t"…"`, of Python 3.14 and later."""

Child: TypeAlias = Union[
    bool, str, int, float, Decimal, HasHtml, "TemplateString", Iterable["Child"], None
]
"""A child of an element; `None`, `True` and `False` are skipped."""

StyleValue: TypeAlias = bool | str | int | float | Decimal | None
"""The value of one CSS property; `None` and `False` leave the property out."""

# Any: a mapping is invariant in its key and covariant in its value; class and style
# check each entry when the element is built.
AttributeValue: TypeAlias = Union[
    bool, str, int, float, Decimal, HasHtml, "TemplateString", Iterable[Any], None
]
"""The value of an attribute; iterables and mappings are for `class` and `style`."""

SignalValue: TypeAlias = (
    bool | int | float | str | Sequence["SignalValue"] | Mapping[str, "SignalValue"] | None
)
"""A JSON value, for signals and JavaScript literals."""

# Any: positional attributes are checked name by name when the element is built.
AttributeMapping: TypeAlias = Mapping[str, Any]
"""Attributes given as a positional argument: name to value."""

Node: TypeAlias = Union[Child, AttributeMapping]  # noqa: UP007 - as above
"""A positional argument of a tag: a child, or attributes, such as those of `data`."""

ElementNamespace: TypeAlias = Literal["html", "svg", "mathml"]
"""The three namespaces of elements in an HTML document."""

PatchMode: TypeAlias = Literal[
    "outer", "inner", "replace", "prepend", "append", "before", "after", "remove"
]
"""How the client applies the elements of a patch; `outer`, the default, morphs."""

MODES_WITHOUT_SELECTOR: frozenset[PatchMode] = frozenset({"outer", "replace"})
"""The modes whose targets the client finds by the ids of the elements."""


@runtime_checkable
class Source(Protocol[T_co]):
    """An asynchronous iterator of changes that knows more than one: a relay's subscription.

    `Writer.alive()` and `Writer.live()` take any asynchronous iterable; one that has these
    methods is waited for with nothing in between.
    """

    @property
    def changed_at(self) -> int:
        """Return when the newest item was made, by `time.perf_counter_ns()`; 0 before any."""
        ...

    def skip(self) -> int:
        """Discard the items that wait; return how many they were."""
        ...

    def __aiter__(self) -> AsyncIterator[T_co]:
        """Return the source itself."""
        ...

    # Any: the event loop decides what a coroutine is sent and what it yields.
    def __anext__(self) -> Coroutine[Any, Any, T_co]:
        """Return a coroutine that waits for the next item."""
        ...

    def close(self) -> None:
        """Give nothing more; a reader that waits ends as if there were no more items."""
        ...

    async def aclose(self) -> None:
        """Do what `close()` does."""
        ...
