"""The views that a function returns for `python -m fatmorph check`: one, a pair, or several."""

# The types inside the user's own values are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fatmorph.errors import CommandError, short_repr
from fatmorph.morph.checks import Tree

__all__ = ("Sample", "evaluated", "samples_of")


class Sample(NamedTuple):
    """A page to check, or a page and the next one.

    `name` is empty if there is only this sample.
    """

    name: str
    pages: tuple[Tree, ...]


def evaluated(value: Any) -> Any:  # Any: the user's own
    """Return the items of an iterator as a list, and any other value as it is.

    Errors that a generator raises are then raised here, where they are the user's own.
    """
    return list(value) if isinstance(value, Iterator) else value


def samples_of(target: str, value: Any) -> list[Sample]:  # Any: the user's own
    """Return the samples that a function has returned.

    Args:
        target: The name of the function, for errors.
        value: A view; a tuple of two, which is a change; a mapping of names to views or changes;
            or any other iterable of them, which are numbered.

    Raises:
        CommandError: There is nothing to check, or something that is not a view.
    """
    if _is_view(value) or isinstance(value, tuple):
        return [Sample("", _pages(target, value))]
    if isinstance(value, Mapping):
        named: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        named = enumerate(value, start=1)
    else:
        raise _no_view(target, value)
    samples = [Sample(str(name), _pages(f"{target}, {name}", each)) for name, each in named]
    if not samples:
        raise CommandError(
            f"cannot check what {target} returned: no views",
            where=target,
            why="a check of nothing would always pass",
            fix='return {"empty": board_view([]), "full": board_view(cards)}',
        )
    return samples


def _pages(target: str, value: Any) -> tuple[Tree, ...]:  # Any: likewise
    """Return the page, or both pages of a change."""
    pages = value if isinstance(value, tuple) else (value,)
    wrong = [page for page in pages if not _is_view(page)]
    if wrong:
        raise _no_view(target, wrong[0])
    if not 1 <= len(pages) <= 2:
        raise CommandError(
            f"cannot check what {target} returned: a tuple of {len(pages)}",
            where=target,
            why="a tuple is a change: a page and the next one",
            fix="return [first, second, third]  (for single pages)",
        )
    return pages


def _is_view(value: Any) -> bool:  # Any: likewise
    return hasattr(value, "tag") or hasattr(value, "__html__")


def _no_view(target: str, value: Any) -> CommandError:  # Any: likewise
    returned = short_repr(value)
    why, fix = "a view returns an element", "return h.html(…)"
    if inspect.isawaitable(value) or inspect.isasyncgen(value):
        if inspect.iscoroutine(value):
            value.close()
        returned = f"a {type(value).__name__}"
        why, fix = "a view is a plain function, not a handler", "def home_view(): …"
    return CommandError(
        f"cannot check what {target} returned: {returned}", where=target, why=why, fix=fix
    )
