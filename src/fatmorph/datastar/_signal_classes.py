"""Classes of signals: the names, types and defaults of a page's signals, in one place.

    class Board(Signals):
        query: Signal[str] = signal("")

`Board.query` is the signal in the browser, an expression. `Board(query="a").query` is its value
in Python. Such a class is a dataclass, so msgspec reads and validates it.
Reading and writing them is not here: `data.signals()`, `Context.signals()`,
`Writer.patch_signals()`.

Source: https://peps.python.org/pep-0681/ (the types that type checkers see)
"""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cached_property, partial
from inspect import currentframe, get_annotations, getattr_static
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    TypeGuard,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from fatmorph.datastar._attributes.inherited_names import INHERITED_NAMES, INHERITED_WHY
from fatmorph.errors import SignalNameError, short_repr
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup.escape import JSExpression

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Signal", "SignalGroup", "Signals", "signal", "signal_pattern", "signal_values")

T = TypeVar("T")
Nested = TypeVar("Nested", bound="Signals")

# The text of an annotation whose names do not exist yet.
SIGNAL_OF = re.compile(r"(?:\w+\.)*Signal\[(.+)\]", re.DOTALL)


class Signal(JSExpression, Generic[T]):
    """A signal in the browser: an expression that reads or sets it.

    A class of signals makes them; `Signal[str]` is also the annotation of a signal in it. Its text
    is the signal's, so it can be part of a longer expression: `f"{Board.query} == ''"`. Write a
    space before a minus sign: to the client, `$a-1` is the name of a signal.

    Args:
        name: The name, with dots if the signal is nested.

    Example:
        >>> class Board(Signals):
        ...     query: Signal[str] = signal("")
        >>> Board.query.name, f"{Board.query} == ''"
        ('query', "$query == ''")
    """

    if TYPE_CHECKING:

        @overload
        def __get__(self: Signal[Nested], instance: None, owner: object) -> type[Nested]: ...
        @overload
        def __get__(self, instance: None, owner: object) -> Signal[T]: ...
        @overload
        def __get__(self, instance: object, owner: object) -> T: ...
        def __get__(self, instance: object, owner: object) -> object: ...

        def __set__(self, instance: object, value: T) -> None: ...

    def __init__(self, name: str) -> None:
        super().__init__(f"${name}")

    @property
    def name(self) -> str:
        """The name without the `$`."""
        return self.value[1:]

    def __str__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        raise SignalNameError(
            f"cannot use the signal {self.name} as a condition in Python",
            why="its value is in the browser",
            fix="data.show(signal)  (or await c.signals(…), for its value)",
        )


class SignalGroup:
    """The signals of a nested class in the browser: `Board.user` of `Board.user.name`.

    Type checkers see the nested class itself.

    Args:
        path: The name, with dots if the group is nested.
        shape: The nested class.
    """

    def __init__(self, path: str, shape: type[Signals]) -> None:
        self.__path = path
        self.__shape = shape

    def __getattr__(self, name: str) -> Any:  # Any: a signal, a group, or a class's own attribute
        if name.startswith("__"):
            raise AttributeError(name)
        member: Any = getattr(self.__shape, name)
        declared = getattr_static(self.__shape, name)
        if isinstance(declared, _Declared):
            member = declared.reference(f"{self.__path}.{name}")
        self.__dict__[name] = member
        return member

    def __call__(self, **values: Any) -> Signals:  # Any: the class checks them
        return self.__shape(**values)

    def __dir__(self) -> list[str]:
        return dir(self.__shape)

    def __str__(self) -> str:
        return f"${self.__path}"


@dataclass_transform(kw_only_default=True)
class Signals:
    """The signals of a page, or a group of them: derive a class, and declare each signal.

    An instance is made by keywords, can be changed, compares by value, and holds the values. It is
    a dataclass: `dataclasses.replace()` and `__post_init__()` work. A class in it is a group of
    nested signals. A name that starts with `_` stays in the browser.

    Raises:
        SignalNameError: When the class is created: a name that the client cannot use or that is
            something else, too, or an annotation other than `Signal[…]`.

    Example:
        >>> class User(Signals):
        ...     name: Signal[str] = signal("")
        >>> class Board(Signals):
        ...     query: Signal[str] = signal("")
        ...     user: Signal[User] = signal(User())
        >>> Board(query="milk")
        Board(query='milk', user=User(name=''))
        >>> str(Board.user.name)
        '$user.name'
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init_subclass__(cls, **options: Any) -> None:  # Any: options of other bases
        super().__init_subclass__(**options)
        shapes: dict[str, Any] = {}  # Any: an annotation can be any object
        others: dict[str, Any] = {}
        names = _names_of_class_statement()
        for name, annotation in get_annotations(cls).items():
            known = _resolved(cls, annotation, names)
            if known is ClassVar or get_origin(known) is ClassVar:
                others[name] = annotation
            else:
                shapes[name] = _checked_shape(cls, name, known)
        _check_other_names(cls, shapes)
        # An assignment would be a declaration for pyright.
        setattr(cls, "__annotations__", shapes | others)  # noqa: B010
        for name in shapes.keys() - vars(cls).keys():
            setattr(cls, name, field())
        dataclass(kw_only=True)(cls)
        for name, shape in shapes.items():
            setattr(cls, name, _Declared(cls, name, shape))

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dataclass_fields__ and not hasattr(type(self), name):
            near = closest_name(name, self.__dataclass_fields__)
            raise SignalNameError(
                f"no signal is called {short_repr(name)}",
                where=type(self).__qualname__,
                why="a value under another name would never reach the page",
                fix=f"{near} = …  (did you mean {near!r}?)"
                if near
                else f"{name}: Signal[str] = signal('')  (in the class)",
            )
        object.__setattr__(self, name, value)


@overload
def signal(default: T) -> Signal[T]: ...
@overload
def signal(*, default_factory: Callable[[], T]) -> Signal[T]: ...
def signal(default: Any = MISSING, *, default_factory: Any = MISSING) -> Any:
    """Declare a signal in a class of signals.

    Args:
        default: The value if none is given or sent. Every instance gets its own copy of a list,
            a dict or any other value that can change.
        default_factory: Makes the value instead; a function without parameters.

    Returns:
        A field of the class; `Signal[T]` to type checkers.

    Example:
        >>> class Cart(Signals):
        ...     items: Signal[list[str]] = signal([])
        >>> Cart()
        Cart(items=[])
    """
    if default is not MISSING and type(default).__hash__ is None:
        return field(default_factory=partial(deepcopy, default))
    return field(default=default, default_factory=default_factory)


def signal_values(signals: Signals, *, with_local: bool) -> dict[str, object]:
    """Return the values of an instance by name; those of nested classes are dicts, too.

    Example:
        >>> class Menu(Signals):
        ...     query: Signal[str] = signal("")
        ...     _open: Signal[bool] = signal(False)
        >>> signal_values(Menu(), with_local=False)
        {'query': ''}
    """
    values = {
        declared.name: getattr(signals, declared.name)
        for declared in fields(signals)
        if with_local or not declared.name.startswith("_")
    }
    return {
        name: signal_values(value, with_local=with_local) if isinstance(value, Signals) else value
        for name, value in values.items()
    }


def signal_pattern(choice: object) -> object:
    r"""Return the pattern of a signal, or of all signals of a class; anything else as it is.

    Example:
        >>> class Board(Signals):
        ...     query: Signal[str] = signal("")
        ...     page: Signal[int] = signal(1)
        >>> signal_pattern(Board.query), signal_pattern(Board)
        ('^query(\\.|$)', '^(query|page)(\\.|$)')
    """
    if isinstance(choice, Signal | SignalGroup):
        path = f"{choice!s}".removeprefix("$").replace(".", r"\.")
        return rf"^{path}(\.|$)"
    if _is_group(choice):
        names = [declared.name for declared in fields(choice)]
        return rf"^({'|'.join(name for name in names if not name.startswith('_'))})(\.|$)"
    return choice


class _Declared:
    """The attribute of a class for one signal; an instance's own attribute holds its value."""

    def __init__(self, owner: type[Signals], name: str, shape: Any) -> None:
        self._owner, self._name, self._shape = owner, name, shape

    def __get__(self, instance: object, owner: object) -> object:
        if instance is None:
            return self._own_reference
        raise AttributeError(f"{self._owner.__name__!r} object has no value of {self._name!r}")

    @cached_property
    def _own_reference(self) -> Signal[Any] | SignalGroup:
        return self.reference(self._name)

    def reference(self, path: str) -> Signal[Any] | SignalGroup:
        """Return the signal, or the group of signals, at a path."""
        names = getattr(sys.modules.get(self._owner.__module__), "__dict__", {})
        shape = _resolved(self._owner, self._shape, names)
        if isinstance(shape, str):
            raise SignalNameError(
                f"cannot find the type {shape!r} of a signal",
                where=f"{self._owner.__qualname__}.{self._name}",
                why="a class of signals as a type makes it a group, so its type must be known",
                fix=f"class {shape}: …  (in the module {self._owner.__module__})",
            )
        return SignalGroup(path, shape) if _is_group(shape) else Signal(path)


def _is_group(shape: object) -> TypeGuard[type[Signals]]:
    return isinstance(shape, type) and issubclass(shape, Signals)


def _names_of_class_statement() -> dict[str, Any]:
    """Return the names that the annotations of a new class may use, local classes included."""
    frame = currentframe()
    for _ in ("this function", "__init_subclass__()"):
        frame = frame.f_back if frame else None
    return frame.f_globals | frame.f_locals if frame else {}


def _resolved(cls: type, annotation: object, names: dict[str, Any]) -> object:
    """Return an annotation whose text is evaluated, or as it is if a name in it does not exist."""
    carrier = type(cls.__name__, (), {"__annotations__": {"signal": annotation}})
    try:
        hints = get_type_hints(carrier, names, {cls.__name__: cls}, include_extras=True)
    except NameError:
        return annotation
    return hints["signal"]


def _checked_shape(cls: type, name: str, annotation: Any) -> object:
    """Return the type of a signal's value: `str` of `Signal[str]`."""
    if not name.isascii() or name.startswith(("__", f"_{cls.__name__.lstrip('_')}__")):
        why = "$name reads ASCII letters, digits and _, and Python renames what starts with __"
        fixed = f"_{name.rpartition('__')[2]}" if name.isascii() else "name"
        raise _declaration_error(cls, name, why, fixed)
    text = SIGNAL_OF.fullmatch(annotation) if isinstance(annotation, str) else None
    if text is None and get_origin(annotation) is not Signal:
        raise _declaration_error(cls, name, "every field of the class is a signal", name)
    shape = text[1] if text else get_args(annotation)[0]
    if name in INHERITED_NAMES and _is_group(shape):
        raise _declaration_error(cls, name, INHERITED_WHY, f"{name}_")
    if not isinstance(vars(cls).get(name, field()), Field):
        raise _declaration_error(cls, name, "its default is given by signal(…)", name)
    inherited = [vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)]
    if not all(isinstance(value, _Declared) for value in inherited):
        why = "a base class has something else of this name"
        raise _declaration_error(cls, name, why, f"{name}_")
    return getattr(shape, "__forward_arg__", shape)


def _check_other_names(cls: type, shapes: dict[str, Any]) -> None:
    """Refuse a signal without an annotation, and anything else in the place of a signal."""
    for name, value in vars(cls).items():
        if name in shapes:
            continue
        if isinstance(value, Field):
            raise _declaration_error(cls, name, "without an annotation it has no type", name)
        if name in getattr(cls, "__dataclass_fields__", {}):
            raise SignalNameError(
                f"cannot use {short_repr(name)} for anything but a signal",
                where=cls.__qualname__,
                why="a base class has a signal of this name",
                fix=f"{name}: Signal[str] = signal('')  (or another name)",
            )


def _declaration_error(cls: type, name: str, why: str, fixed_name: str) -> SignalNameError:
    return SignalNameError(
        f"cannot declare {short_repr(name)} as a signal",
        where=cls.__qualname__,
        why=why,
        fix=f"{fixed_name}: Signal[str] = signal('')",
    )
