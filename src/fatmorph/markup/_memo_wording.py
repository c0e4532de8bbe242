"""The texts of the errors of `memo()`, and the code to paste.

Without the values themselves, which may be a user's: the place and the type say enough.
"""

# The types of a user's values are unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import is_dataclass

from markupsafe import Markup

from fatmorph.errors import MemoError, short_repr

__all__ = (
    "is_struct",
    "memo_argument_error",
    "memo_bound_error",
    "memo_function_error",
    "memo_result_error",
    "memo_state_error",
)

VALUES = "text, numbers, bool, None, dates, Enum members, elements, tuples, frozen classes"
# Subclasses may have a state of their own, and methods that say otherwise than the content.
BUILT_IN = (Markup, str, int, float)


def is_struct(kind: type) -> bool:
    """Return whether a class is a Struct of msgspec.

    msgspec is not imported for it, because an interpreter with a GIL of its own cannot load it.
    """
    msgspec = sys.modules.get("msgspec")
    return msgspec is not None and issubclass(kind, msgspec.Struct)


def memo_argument_error(view: str, place: str, value: object) -> MemoError:
    """Word the refusal of a value that can change, or whose content cannot be compared."""
    kind = type(value)
    name = place.partition(".")[0].partition("[")[0]
    why = f"arguments must be values that never change: {VALUES}"
    if isinstance(value, Mapping):
        fix = f'{view}({name}["id"], {name}["title"])'
    elif isinstance(value, AbstractSet):
        fix = f"{view}(frozenset({name}))"
    elif isinstance(value, Sequence) and not isinstance(value, (bytes, *BUILT_IN)):
        fix = f"{view}(tuple({name}))"
    elif isinstance(value, BUILT_IN):
        built_in = next(base for base in BUILT_IN if isinstance(value, base))
        why = f"a subclass of {built_in.__name__} may have a state of its own"
        fix = f"{view}({built_in.__name__}({name}))"
    elif is_struct(kind):
        fix = f"class {kind.__name__}(msgspec.Struct, frozen=True): …"
    elif is_dataclass(value) and not isinstance(value, type):
        fix = f"@dataclass(frozen=True)  (above the class {kind.__name__})"
    else:
        why = f"{_article(kind.__name__)} may be equal by its key or its identity, not its content"
        fix = f"{view}({name}.id, {name}.title)  (the values that the view shows)"
    return MemoError(
        f"cannot memoise {view}() by {_article(kind.__name__)}",
        where=f"{view}(), {place}",
        why=why,
        fix=fix,
    )


def memo_state_error(view: str, place: str, value: object, attribute: str) -> MemoError:
    """Word the refusal of an instance with more than its fields."""
    kind = type(value).__name__
    return MemoError(
        f"cannot memoise {view}() by {_article(kind)} with an attribute that is not a field",
        where=f"{view}(), {place}.{attribute}",
        why="two instances with equal fields could differ in it",
        fix=f"{attribute}: … = field(init=False)  (in the class {kind})",
    )


def memo_result_error(view: str, result: object) -> MemoError:
    """Word the refusal of a result that can change."""
    kind = type(result)
    fix = "return Markup(…)" if hasattr(kind, "__html__") else "return h.p(…)"
    if issubclass(kind, Sequence) or hasattr(kind, "__next__"):
        fix = "return fragment(*elements)"
    return MemoError(
        f"cannot keep {_article(kind.__name__)} as the result of {view}()",
        where=f"{view}(), its result",
        why="every call with the same values gets the same object: an element, text or None",
        fix=fix,
    )


def memo_function_error(name: str, kind: str, why: str, fix: str) -> MemoError:
    """Word the refusal of something other than a plain function of values."""
    return MemoError(f"cannot memoise {kind}: {name}", where=f"memo({name})", why=why, fix=fix)


def memo_bound_error(name: str, value: object) -> MemoError:
    """Word the refusal of a bound."""
    return MemoError(
        f"{name} is a positive int, not {short_repr(value)}",
        where=f"memo({name}=…)",
        why="a cache without a bound would grow with every new value",
        fix=f"@memo({name}={4096 if name == 'max_entries' else '8 * 1024 * 1024'})",
    )


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
