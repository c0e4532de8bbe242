"""The types that this library's signatures share.

They are types of arguments; results have more precise types. All of them work at run time too, as
in `Child | Attrs`.
"""

from __future__ import annotations

import sys
from collections.abc import (
    AsyncIterator,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
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
    "ClassValue",
    "ElementNamespace",
    "ForwardedValue",
    "HasHtml",
    "Item",
    "Items",
    "Node",
    "NotChecked",
    "Number",
    "PatchMode",
    "RequestT",
    "SignalValue",
    "Source",
    "StyleAttribute",
    "StyleValue",
    "TemplateString",
    "TextValue",
    "UnknownItems",
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


class NotChecked:
    """A type that nothing has: `Any` fits it, and no type that says more.

    A component may pass on `**attributes: AttributeValue` to any tag, although the tag's own
    keywords take less. `AttributeValue` is written with `Any` for that, and each keyword also takes
    the same types with `NotChecked`. So `Number[Any]` fits, and an `int` does not.
    """


class Number(Protocol[T_co]):
    """An `int` or `float`: other numbers do not have both methods."""

    def __float__(self) -> float:
        """Return the value."""
        ...

    def __getnewargs__(self) -> tuple[T_co]:
        """Return the value for a pickle."""
        ...


class Items(Protocol[T_co]):
    """A collection; not `bytes`, which can only be asked for numbers."""

    def __iter__(self) -> Iterator[T_co]:
        """Return the items."""
        ...

    def __contains__(self, item: object, /) -> bool:
        """Return whether an object is an item."""
        ...


class UnknownItems(Protocol[T_co]):
    """Anything else that can be iterated; not over numbers, because `bytes` is one of these."""

    # A union, so that mypy infers nothing from it for the items of a list: that has `Items[Child]`.
    def __iter__(self) -> Iterator[T_co] | Iterator[NotChecked]:
        """Return the items."""
        ...


# Any, here and below: see NotChecked.
Child: TypeAlias = Union[
    str,
    Number[Any],
    Decimal,
    HasHtml,
    "TemplateString",
    Items["Child"],
    Iterator["Child"],
    UnknownItems["Item"],
    None,
]
"""A child of an element; `None`, `True` and `False` are skipped."""

Item: TypeAlias = Union[
    bool,
    str,
    Number[NotChecked],
    Decimal,
    HasHtml,
    "TemplateString",
    Items["Child"],
    Iterator["Child"],
    UnknownItems["Item"],
    None,
]
"""An item of `UnknownItems`: a `Child`, but not a number."""

StyleValue: TypeAlias = bool | str | int | float | Decimal | None
"""The value of one CSS property; `None` and `False` leave the property out."""

# A mapping is invariant in its key and covariant in its value; class and style check each entry
# when the element is built.
AttributeValue: TypeAlias = Union[
    Number[Any], Decimal, HasHtml, "TemplateString", Iterable[Any], None
]
"""The value of an attribute; iterables and mappings are for `class` and `style`."""

ForwardedValue: TypeAlias = (
    "Number[NotChecked] | Decimal | HasHtml | TemplateString | Iterable[NotChecked] | None"
)
"""A value of which the type checker knows only that it is an `AttributeValue`, or none."""

TextValue: TypeAlias = "bool | str | int | float | ForwardedValue"
"""The value of an attribute that holds any text, or a number."""

ClassValue: TypeAlias = Union[Iterable[Any], Literal[False], "ForwardedValue"]
"""The value of `class`: text, names, or a mapping of names to whether they are wanted."""

StyleAttribute: TypeAlias = Union[str, Mapping[Any, Any], Literal[False], "ForwardedValue"]
"""The value of `style`: text, or a mapping of CSS properties to values."""

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
