"""Values that differ from their claims, for calls (see outcomes.py): proxies and liars.

Each answers wrongly, or raises, where Python asks an object about itself: in its `__class__`,
its metaclass, its methods or its hash. Nothing here depends on an engine.
"""

from __future__ import annotations

import operator
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
    """Forwards attribute access and `__class__` to another object, but no operators."""

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
    """Forwards operators too, like the lazy objects and context locals of frameworks."""

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
    """Forwards `__html__` too."""

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
    """Claims another class."""

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
    """Claims another class, and is iterable."""

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "<"))


class ClaimingText(str):
    """Is text, and claims another class."""

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
    """Holds one text, and its methods answer as if it held another."""

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
    """Holds text, and its methods raise."""

    __slots__ = ()
    __str__ = __repr__ = __format__ = __eq__ = __ne__ = __len__ = __iter__ = broken
    isidentifier = isascii = removesuffix = replace = lower = translate = encode = broken
    __hash__ = str.__hash__


class LyingMarkup(Markup):
    """Is trusted HTML whose methods answer as if it were another text, or raise."""

    __slots__ = ()
    __str__ = LyingText.__str__
    __len__ = LyingText.__len__
    __hash__ = Markup.__hash__
    __eq__ = LyingText.__eq__
    escape = broken

    def __html__(self) -> Any:
        return LyingText("<i>")


class UntrustedMarkup(Markup):
    """Is a Markup without `__html__`."""

    __slots__ = ()
    __html__ = None


class LyingInt(int):
    """Holds one number, and its methods answer as if it held another."""

    __slots__ = ()
    other = "<one>"

    def number(self, *_: object) -> int:
        return -1

    __index__ = __int__ = __abs__ = __hash__ = __len__ = number
    __str__ = __repr__ = __format__ = LyingText.answer

    def __bool__(self) -> bool:
        return False


class LyingFloat(float):
    """Holds one number, and its methods answer as if it held another."""

    __slots__ = ()
    other = "<nan>"
    __str__ = __repr__ = __format__ = LyingText.answer
    __float__ = __hash__ = broken


class LyingDecimal(Decimal):
    """Holds one number, and its methods answer as if it held another."""

    __slots__ = ()
    other = "<one half>"
    __str__ = __repr__ = __format__ = LyingText.answer


class Index:
    """Converts to a number without being one."""

    def __index__(self) -> int:
        return 7


class AnyInstance(type):
    """Claims everything as an instance and a subclass, and an `__html__`."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True

    def __subclasscheck__(cls, subclass: type) -> bool:
        return True

    def __getattr__(cls, name: str) -> Any:
        return LyingText.answer if name == "__html__" else broken()


class OfAnyInstance(metaclass=AnyInstance):
    """Lacks the `__html__` that its class seems to have."""


class RaisingMeta(type):
    """Raises at every question about the class, but for equality.

    The caches of abstract classes compare classes whose hashes meet, which no run can repeat.
    """

    __instancecheck__ = __subclasscheck__ = __getattr__ = __len__ = broken


class OfRaisingMeta(metaclass=RaisingMeta):
    """Has a class that raises."""


class NamelessMeta(type):
    """Answers with the name and the bases of `str`."""

    @property
    def __name__(cls) -> Any:
        return "str"

    @property
    def __mro__(cls) -> Any:
        return (str, object)


class OfNamelessMeta(metaclass=NamelessMeta):
    """Claims through its metaclass to be text."""


class Registered:
    """Is a Mapping by registration, with any `items()`, or without."""

    def __init__(self, items: Callable[[], object] | None) -> None:
        self.answer = items

    def __getattr__(self, name: str) -> object:
        if name == "items" and self.answer is not None:
            return self.answer
        raise AttributeError(name)


Mapping.register(Registered)


class RegisteredText(str):
    """Is text, and a Mapping by registration."""

    __slots__ = ()


Mapping.register(RegisteredText)


class InstanceHtml:
    """Has `__html__` as an attribute of the instance, which is not believed."""

    def __init__(self) -> None:
        self.__html__ = lambda: "<script>"


class HtmlProperty:
    """Has `__html__` as a property, which may raise or return anything."""

    def __init__(self, answer: Callable[[], object]) -> None:
        self.answer = answer

    @property
    def __html__(self) -> object:
        return self.answer()


class HtmlNone:
    """Has None as `__html__`."""

    __html__ = None


class Mutating:
    """Calls a function when it is hashed, compared or tested for truth."""

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
    """Is text, and calls a function when it is hashed, compared or tested for truth."""

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
    """Holds attributes, and its methods answer as if it held others."""

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
    """Returns anything as its iterator."""

    def __init__(self, iterator: Callable[[], object]) -> None:
        self.iterator = iterator

    def __iter__(self) -> Any:
        return self.iterator()

    def __length_hint__(self) -> Any:
        return "many"


class OddIterator:
    """Claims to be a generator; gives items, then calls a function."""

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
    """Ends an iteration, with a value."""


def ended() -> object:
    raise Ended("<last>")
