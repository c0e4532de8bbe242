"""Values that are not what they claim to be, for calls (see outcomes.py): proxies and liars.

Each returns a false answer, or raises, when Python inspects it: in its `__class__`,
its metaclass, its methods or its hash. Nothing here depends on an engine.
"""

from __future__ import annotations

import operator
from collections import UserList, UserString, deque
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import GeneratorType
from typing import Any

from markupsafe import Markup

from fatmorph.markup._attributes import Attrs


class BrokenError(Exception):
    """The failure of a user's own code."""


def broken(*_: object, **__: object) -> Any:
    raise BrokenError("mine")


class BareProxy:
    """A proxy that forwards attribute access and `__class__`, but no operators."""

    def __init__(self, target: object) -> None:
        object.__setattr__(self, "_target", target)

    @property
    def __class__(self) -> Any:
        return self._target.__class__

    def __getattr__(self, name: str) -> object:
        return getattr(self._target, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._target, name, value)


def passed_on(function: Callable[..., object]) -> Any:
    def method(self: Any, *arguments: object, **keywords: object) -> object:
        return function(self._target, *arguments, **keywords)

    return method


def called(target: Any, *arguments: object, **keywords: object) -> object:
    return target(*arguments, **keywords)


class Proxy(BareProxy):
    """A proxy that also forwards operators, like lazy objects and context locals of frameworks."""

    __slots__ = ()
    __iter__ = passed_on(iter)
    __next__ = passed_on(next)
    __len__ = passed_on(len)
    __str__ = passed_on(str)
    __bool__ = passed_on(bool)
    __hash__ = passed_on(hash)
    __eq__ = passed_on(operator.eq)
    __ne__ = passed_on(operator.ne)
    __contains__ = passed_on(operator.contains)
    __getitem__ = passed_on(operator.getitem)
    __index__ = passed_on(operator.index)
    __int__ = passed_on(int)
    __float__ = passed_on(float)
    __call__ = passed_on(called)

    def __repr__(self) -> str:
        return f"<proxy of {type(self._target).__name__}>"


class HtmlProxy(Proxy):
    """A proxy that also forwards `__html__`."""

    __slots__ = ()

    @property
    def __html__(self) -> object:
        return self._target.__html__


PROXIES = {"bare": BareProxy, "": Proxy, "html": HtmlProxy}


def claims(core: Any) -> dict[str, object]:
    """Return the answers of `__class__`: classes, something else, or None to raise."""
    return {
        **{kind.__name__: kind for kind in (str, int, float, bool, Decimal, list, dict, Mapping)},
        **{kind.__name__: kind for kind in (Markup, Attrs, GeneratorType, bytes, type(None))},
        "Tag": core.Tag,
        "Element": core.Element,
        "no class": 7,
        "raising": None,
    }


class Claiming:
    """An object that claims another class."""

    def __init__(self, claim: object) -> None:
        self.claim = claim

    @property
    def __class__(self) -> Any:
        return self.claim if self.claim is not None else broken()

    def items(self) -> object:
        return [("title", "claimed")]

    def __repr__(self) -> str:
        return "<claiming>"


class ClaimingItems(Claiming):
    """An iterable that claims another class."""

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "<"))


class ClaimingText(str):
    """Text that claims another class."""

    __slots__ = ("__dict__",)
    claim: object = None

    @property
    def __class__(self) -> Any:
        return self.claim if self.claim is not None else broken()


def claiming(core: Any, word: str, kind: str) -> object:
    claim = claims(core)[word]
    if kind == "text":
        text = ClaimingText("a<b")
        text.claim = claim
        return text
    return ClaimingItems(claim) if kind == "items" else Claiming(claim)


class LyingText(str):
    """Text whose methods return those of another text."""

    __slots__ = ()
    other = "javascript:<script>alert(1)</script>"
    __hash__ = str.__hash__

    def answer(self, *_: object, **__: object) -> Any:
        return self.other

    __str__ = __repr__ = __format__ = answer
    lower = upper = strip = removesuffix = replace = translate = casefold = join = answer

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __len__(self) -> int:
        return 10**9

    def __iter__(self) -> Any:
        return iter(self.other)

    def __getitem__(self, index: Any) -> Any:
        return self.other[index]

    def __contains__(self, part: object) -> bool:
        return False

    def encode(self, *_: object, **__: object) -> bytes:
        return b"\xff"

    def startswith(self, *_: object) -> bool:
        return False

    isidentifier = isascii = endswith = startswith


class RaisingText(str):
    """Text whose methods raise."""

    __slots__ = ()
    __str__ = __repr__ = __format__ = __eq__ = __ne__ = __len__ = __iter__ = broken
    isidentifier = isascii = removesuffix = replace = lower = translate = encode = broken
    __hash__ = str.__hash__


class LyingMarkup(Markup):
    """Trusted HTML whose methods return those of another text, or raise."""

    __slots__ = ()
    __str__ = LyingText.__str__
    __len__ = LyingText.__len__
    __hash__ = Markup.__hash__
    __eq__ = LyingText.__eq__
    escape = broken

    def __html__(self) -> Any:
        return LyingText("<i>")


class UntrustedMarkup(Markup):
    """A `Markup` without `__html__`."""

    __slots__ = ()
    __html__ = None


class LyingInt(int):
    """A number whose methods return those of another number."""

    __slots__ = ()
    other = "<one>"

    def number(self, *_: object) -> int:
        return -1

    __index__ = __int__ = __abs__ = __hash__ = __len__ = number
    __str__ = __repr__ = __format__ = LyingText.answer

    def __bool__(self) -> bool:
        return False


class LyingFloat(float):
    """A number whose methods return those of another number."""

    __slots__ = ()
    other = "<nan>"
    __str__ = __repr__ = __format__ = LyingText.answer
    __float__ = __hash__ = broken


class LyingDecimal(Decimal):
    """A number whose methods return those of another number."""

    __slots__ = ()
    other = "<one half>"
    __str__ = __repr__ = __format__ = LyingText.answer


class Index:
    """An object that converts to a number."""

    def __index__(self) -> int:
        return 7


class AnyInstance(type):
    """A metaclass that claims all objects as instances and subclasses, and an `__html__`."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True

    def __subclasscheck__(cls, subclass: type) -> bool:
        return True

    def __getattr__(cls, name: str) -> Any:
        return LyingText.answer if name == "__html__" else broken()


class OfAnyInstance(metaclass=AnyInstance):
    """An object without the `__html__` that its class claims."""


class RaisingMeta(type):
    """A metaclass that raises for every operation on the class except equality.

    The caches of abstract classes compare classes whose hashes collide, which differs in each run.
    """

    __instancecheck__ = __subclasscheck__ = __getattr__ = __len__ = broken


class OfRaisingMeta(metaclass=RaisingMeta):
    """An object whose class raises."""


class NamelessMeta(type):
    """A metaclass that returns the name and the bases of `str`."""

    @property
    def __name__(cls) -> Any:
        return "str"

    @property
    def __mro__(cls) -> Any:
        return (str, object)


class OfNamelessMeta(metaclass=NamelessMeta):
    """An object whose metaclass claims that it is text."""


class Registered:
    """A Mapping by registration, with any `items()` or none."""

    def __init__(self, items: Callable[[], object] | None) -> None:
        self.answer = items

    def __getattr__(self, name: str) -> object:
        if name == "items" and self.answer is not None:
            return self.answer
        raise AttributeError(name)


Mapping.register(Registered)


class RegisteredText(str):
    """Text that is also a Mapping by registration."""

    __slots__ = ()


Mapping.register(RegisteredText)


class InstanceHtml:
    """An object with `__html__` as an attribute of the instance, which is ignored."""

    def __init__(self) -> None:
        self.__html__ = lambda: "<script>"


class HtmlProperty:
    """An object with `__html__` as a property, which may raise or return anything."""

    def __init__(self, answer: Callable[[], object]) -> None:
        self.answer = answer

    @property
    def __html__(self) -> object:
        return self.answer()


class HtmlNone:
    """An object with None as its `__html__`."""

    __html__ = None


class Mutating:
    """An object that calls a function when it is hashed, compared or tested for truth."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.is_awake = False

    def answer(self, *_: object) -> Any:
        if self.is_awake:
            self.act()
        return True

    __eq__ = __ne__ = __bool__ = answer

    def __hash__(self) -> int:
        if self.is_awake:
            self.act()
        return 7


class MutatingText(str):
    """Text that calls a function when it is hashed, compared or tested for truth."""

    __slots__ = ("__dict__",)
    act: Callable[[], object] | None = None

    def __eq__(self, other: object) -> bool:
        if self.act is not None:
            self.act()
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        if self.act is not None:
            self.act()
        return str.__hash__(self)

    def __bool__(self) -> bool:
        if self.act is not None:
            self.act()
        return True


class LyingDict(dict[Any, Any]):
    """Attributes whose methods return other attributes."""

    lie: Callable[[], object] = dict

    def items(self) -> Any:
        return self.lie()

    def keys(self) -> Any:
        return ["onclick"]

    def __iter__(self) -> Any:
        return iter(["onclick", "onload"])

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, key: object) -> Any:
        return LyingText.other

    get = __contains__ = values = copy = broken


class OddIterable:
    """An iterable that returns any object as its iterator."""

    def __init__(self, iterator: Callable[[], object]) -> None:
        self.iterator = iterator

    def __iter__(self) -> Any:
        return self.iterator()

    def __length_hint__(self) -> Any:
        return "many"


class OddIterator:
    """An iterator that claims to be a generator, and calls a function after its items."""

    def __init__(self, items: list[object], last: Callable[[], object]) -> None:
        self.left = list(items)
        self.last = last

    @property
    def __class__(self) -> Any:
        return GeneratorType

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> object:
        if self.left:
            return self.left.pop(0)
        last, self.last = self.last, ended
        return last()


class Ended(StopIteration):
    """The end of an iteration, with a value."""


def ended() -> object:
    raise Ended("<last>")


class LazyText:
    """Text in all but its type, like a lazy translation that forwards the methods of its text."""

    def __init__(self, read: Callable[[], object]) -> None:
        self.read = read

    def __getattr__(self, name: str) -> Any:
        return getattr(str(self), name)

    def __str__(self) -> Any:
        return self.read()

    __len__ = __getitem__ = __contains__ = __add__ = __mod__ = broken

    def __iter__(self) -> Iterator[str]:
        return iter(str(self))


class TypedLazyText(LazyText):
    """Lazy text whose type has the methods of text."""

    def casefold(self) -> object:
        return str(self).casefold()


class LazyHtml(TypedLazyText):
    """Lazy text that is trusted, with `__html__` of its own."""

    def __html__(self) -> object:
        return self.read()


LAZIES: dict[str, Callable[[Callable[[], object]], object]] = {
    "forwarding": LazyText,
    "typed": TypedLazyText,
    "html": LazyHtml,
    "user string": lambda read: UserString(text) if issubclass(type(text := read()), str) else text,
}


class Record:
    """An iterable of a class of its own, which may be a record."""

    def __init__(self, items: list[object]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)


class MockedItems:
    """An iterable with the methods of iterators and of sequences, like a mock."""

    def __init__(self, items: list[object]) -> None:
        self.items = items

    def __getitem__(self, index: int) -> object:
        return self.items[index]

    def __next__(self) -> object:
        return broken()

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)


class NamedItems(tuple[Any, ...]):
    """A tuple with the names of its fields."""

    __slots__ = ()
    _fields = ("name", "secret")


RECORDS: dict[str, Callable[[list[object]], object]] = {
    "own class": Record,
    "mock": MockedItems,
    "named tuple": NamedItems,
    "user list": UserList,
    "deque": deque,
    "view": lambda items: dict(enumerate(items)).values(),
}


class HtmlMapping(dict[Any, Any]):
    """Attributes with `__html__`, like the errors of a form."""

    html: Callable[[], object] = broken

    def __html__(self) -> object:
        return self.html()
