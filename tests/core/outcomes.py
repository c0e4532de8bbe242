"""Calls described as data, and their outcomes: the same on every engine.

A call is a tuple that begins with a word of `MAKERS`. Its values are made again for each engine, so
that generators are fresh, and a value that changes while it is read changes for both.
"""

from __future__ import annotations

import importlib
import pickle
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any, TypeAlias

from core import liars
from core.liars import broken
from core.shortened import short
from fatmorph.errors import FatmorphError
from fatmorph.markup._attributes import Attrs

Call: TypeAlias = "tuple[Any, ...]"
HEAD, LINE = b"event: page\n", b"data: elements "
# Elements whose checks look at all descendants, and the forms of a child.
CONTEXTS = [
    (name, namespace, form)
    for name, namespace in (("svg", "svg"), ("noscript", "html"), ("title", "svg"))
    for form in ("itself", "frozen", "pickled")
]


class BrokenText(str):
    """Text whose methods raise."""

    __slots__ = ()
    __str__ = __repr__ = __len__ = __iter__ = __contains__ = encode = replace = broken
    __hash__ = str.__hash__


class BrokenNumber(int):
    """A number whose methods raise."""

    __str__ = __repr__ = __index__ = __bool__ = broken
    __hash__ = int.__hash__


class Html:
    """Trusted HTML, which a function returns."""

    def __init__(self, returns: Callable[[], object]) -> None:
        self.returns = returns

    def __html__(self) -> object:
        return self.returns()


class Items(Mapping):
    """A mapping of pairs, which may fail while it is read."""

    def __init__(self, pairs: list[tuple[object, object]], fails_after: int = -1) -> None:
        self.pairs = pairs
        self.fails_after = fails_after

    def __getitem__(self, name: object) -> object:
        return next(value for key, value in self.pairs if key is name)

    def __iter__(self) -> Iterator[object]:
        for index, (key, _) in enumerate(self.pairs):
            if index == self.fails_after:
                broken()
            yield key

    def __len__(self) -> int:
        return len(self.pairs)


def make(core: ModuleType, call: Call) -> Any:
    """Return the value that a call describes, made with one engine."""
    return MAKERS[call[0]](core, *call[1:])


def make_all(core: ModuleType, calls: tuple[Call, ...]) -> list[Any]:
    return [make(core, call) for call in calls]


def element(core: ModuleType, name: str, positional: Any, keywords: Any) -> Any:
    arguments = {key: make(core, value) for key, value in keywords}
    return core.Tag(name)(*make_all(core, positional), **arguments)


def endless() -> Iterator[object]:
    yield endless()


def generator(core: ModuleType, items: Any, ending: str) -> Any:
    def generate() -> Iterator[object]:
        yield from make_all(core, items)
        if ending == "fails":
            broken()
        if ending == "interrupts":
            raise KeyboardInterrupt
        if ending == "nests":
            yield endless()
        if ending == "uses itself":
            yield core.Tag("b")(generated)

    generated = generate()
    if ending == "spent":
        list(generated)
    return generated


def changing_list(core: ModuleType, items: Any, change: str) -> list[object]:
    """Return a list that one of its own items changes while the list is walked."""
    values: list[object] = []

    def changed() -> str:
        if change == "pop":
            values.pop()
        elif change == "clear":
            values.clear()
        elif len(values) < 20:
            values.insert(0, "new")
        return "<!>"

    values += [Html(changed), *make_all(core, items), Html(changed), Html(changed)]
    return values


def changing_dict(core: ModuleType, pairs: Any) -> dict[object, object]:
    """Return a dict that is cleared by the reading of a class in it."""
    attributes: dict[object, object] = {}

    def names() -> Iterator[str]:
        attributes.clear()
        attributes["onclick"] = "x"
        yield "changed"

    attributes.update({"class": names(), **dict(written(core, pairs))})
    return attributes


def written(core: ModuleType, pairs: Any) -> list[tuple[object, object]]:
    return [(make(core, key), make(core, value)) for key, value in pairs]


def hashable(core: ModuleType, pairs: Any) -> dict[object, object]:
    return dict(written(core, pairs))


def self_holding_list(core: ModuleType, items: Any) -> list[object]:
    values = make_all(core, items)
    values.append(values)
    return values


def lies(core: ModuleType, pairs: Any) -> dict[str, Callable[[], object] | None]:
    """Return the answers of the method `items()`; None if there is no such method."""
    return {
        "honest": lambda: written(core, pairs),
        "generator": lambda: (pair for pair in written(core, pairs)),
        "triples": lambda: [(*pair, 3) for pair in written(core, pairs)],
        "texts": lambda: ["ab", "cd"],
        "no pairs": lambda: [1, 2],
        "lists": lambda: [list(pair) for pair in written(core, pairs)],
        "none": lambda: None,
        "fails": broken,
        "missing": None,
    }


def lying_dict(core: ModuleType, lie: str, pairs: Any) -> object:
    mapping = liars.LyingDict(written(core, pairs))
    answer = lies(core, pairs)[lie]
    if answer is not None:
        mapping.lie = answer
    return mapping


def html_answers(core: ModuleType, call: Call) -> dict[str, Callable[[], object]]:
    """Return the answers of the property `__html__`."""
    return {
        "honest": lambda: lambda: make(core, call),
        "lying": lambda: lambda: liars.LyingText("<b>"),
        "markup": lambda: lambda: liars.LyingMarkup("<b>"),
        "claiming": lambda: lambda: liars.claiming(core, "str", "items"),
        "no function": lambda: make(core, call),
        "none": lambda: None,
        "fails": broken,
        "missing": lambda: object().__html__,  # type: ignore[attr-defined]
    }


def mutating(core: ModuleType, container: str, act: str, pairs: Any) -> object:
    """Return a container with a key and a value that change it while it is read."""
    key, value = liars.MutatingText("data-mutating"), liars.Mutating(lambda: None)
    mapping: dict[object, object] = {key: value, **dict(written(core, pairs))}
    items: list[object] = [key, *mapping.values()]

    def change() -> None:
        key.act = None
        if act == "fails":
            broken()
        if act == "clears":
            mapping.clear()
            items.clear()
        elif len(items) < 9:
            mapping[f"data-{len(mapping)}"] = "new"
            items.insert(0, "new")

    key.act = value.act = change
    value.is_awake = True
    return {"dict": mapping, "list": items, "class": {"class": mapping}}[container]


def odd_iterable(core: ModuleType, items: Any, kind: str) -> object:
    values = make_all(core, items)
    return liars.OddIterable(lambda: ODD_ITERATORS[kind](values))


def lying_keywords(core: ModuleType, kind: str, keywords: Any, call: Call) -> Any:
    """Return an element whose attributes were unpacked from a dict with lying keys."""
    names = {LYING_TEXTS[kind](name): make(core, value) for name, value in keywords}
    return core.Tag("p")(make(core, call), **names)


def html_mapping(core: ModuleType, pairs: Any, call: Call) -> object:
    mapping = liars.HtmlMapping(written(core, pairs))
    mapping.html = lambda: make(core, call)
    return mapping


def shortened(core: ModuleType, name: str, items: Any, options: Any) -> object:
    """Return the result of a shortcut, which learns from it."""
    keywords = {key: make(core, value) for key, value in options}
    return short(core, name)(*make_all(core, items), **keywords)


def template_string(core: ModuleType, texts: Any, items: Any) -> object:
    """Return a template string with a value after each text but the last one.

    Pythons before 3.14 have none: they get the values in a list.
    """
    values = make_all(core, items)
    if sys.version_info < (3, 14):
        return values
    library = importlib.import_module("string.templatelib")
    parts = [
        part
        for text, value in zip(texts, values, strict=False)
        for part in (text, library.Interpolation(value, "value"))
    ]
    return library.Template(*parts, texts[-1])


MAKERS: dict[str, Callable[..., Any]] = {
    "value": lambda core, value: value,
    "broken text": lambda core, text: BrokenText(text),
    "broken number": lambda core, number: BrokenNumber(number),
    "huge number": lambda core, digits: 10**digits,
    "element": element,
    "frozen": lambda core, call: core.frozen(make(core, call)),
    "fragment": lambda core, items: core.FRAGMENT(*make_all(core, items)),
    "comment": lambda core, items: core.COMMENT(*make_all(core, items)),
    "tag": lambda core, name: core.Tag(name),
    "foreign": lambda core, name, namespace, items: core.Tag(name, namespace)(
        *make_all(core, items)
    ),
    "list": make_all,
    "tuple": lambda core, items: tuple(make_all(core, items)),
    "map": lambda core, items: map(partial(make, core), items),
    "generator": generator,
    "changing list": changing_list,
    "list in itself": self_holding_list,
    "nested": lambda core, depth, call: nested(make(core, call), depth),
    "deep": lambda core, depth, call: deep(core, make(core, call), depth),
    "html": lambda core, call: Html(lambda: make(core, call)),
    "html of": lambda core, call: Html(lambda: core.render(make(core, call))),
    "broken html": lambda core: Html(broken),
    "dict": hashable,
    "changing dict": changing_dict,
    "attrs": lambda core, pairs: Attrs(hashable(core, pairs)),
    "mapping": lambda core, pairs, fails_after: Items(written(core, pairs), fails_after),
    "proxy": lambda core, kind, call: liars.PROXIES[kind](make(core, call)),
    "claiming": liars.claiming,
    "lying text": lambda core, kind, text: LYING_TEXTS[kind](text),
    "lying number": lambda core, kind, number: LYING_NUMBERS[kind](number),
    "lying dict": lying_dict,
    "registered": lambda core, lie, pairs: liars.Registered(lies(core, pairs)[lie]),
    "strange": lambda core, kind: STRANGE[kind](),
    "html property": lambda core, kind, call: liars.HtmlProperty(html_answers(core, call)[kind]),
    "mutating": mutating,
    "odd iterable": odd_iterable,
    "odd iterator": lambda core, items, last: liars.OddIterator(make_all(core, items), LASTS[last]),
    "lying keywords": lying_keywords,
    "lazy": lambda core, kind, call: liars.LAZIES[kind](lambda: make(core, call)),
    "record": lambda core, kind, items: liars.RECORDS[kind](make_all(core, items)),
    "html mapping": html_mapping,
    "template string": template_string,
    "shortened": shortened,
}
# The texts of template strings; a value can follow most of them.
TEMPLATE_TEXTS = [
    "",
    "a &amp; ",
    "<b>",
    "</b>",
    "<br>",
    "<p title='",
    "' id=x>",
    "<!--",
    "<script>",
]
LYING_TEXTS: dict[str, type[str]] = {
    "text": liars.LyingText,
    "raising": liars.RaisingText,
    "markup": liars.LyingMarkup,
    "untrusted": liars.UntrustedMarkup,
    "mapping": liars.RegisteredText,
    "mutating": liars.MutatingText,
}
LYING_NUMBERS: dict[str, Callable[[int], object]] = {
    "int": liars.LyingInt,
    "float": liars.LyingFloat,
    "decimal": liars.LyingDecimal,
}
STRANGE: dict[str, Callable[[], object]] = {
    "index": liars.Index,
    "any instance": liars.OfAnyInstance,
    "raising meta": liars.OfRaisingMeta,
    "nameless meta": liars.OfNamelessMeta,
    "html of the instance": liars.InstanceHtml,
    "no html": liars.HtmlNone,
    "a class": lambda: liars.HtmlProperty,
}
LASTS: dict[str, Callable[[], object]] = {
    "ends": liars.ended,
    "fails": broken,
    "none": lambda: None,
    "not implemented": lambda: NotImplemented,
    "odd": lambda: liars.OddIterable(object),
}
ODD_ITERATORS: dict[str, Callable[[list[object]], object]] = {
    "list": iter,
    "reversed": reversed,
    "no iterator": lambda items: items,
    "none": lambda items: None,
    "endless class": lambda items: liars.OddIterator,
    "dict": lambda items: iter(dict.fromkeys(range(len(items)), "<")),
    "fails": broken,
}


def nested(value: object, depth: int) -> object:
    for _ in range(depth):
        value = [value]
    return value


def deep(core: ModuleType, value: object, depth: int) -> Any:
    for _ in range(depth):
        value = core.Tag("i")(value)
    return value


def outcome(core: ModuleType, call: Call) -> object:
    """Return all visible properties of a call's result, or of its error."""
    made = attempt(lambda: make(core, call))
    if made[0] == "error" or not isinstance(made[1], core.Element):
        return neutral(made)
    return seen(core, made[1], make(core, call))


def seen(core: ModuleType, node: Any, again: Any) -> dict[str, object]:
    """Return all visible properties of an element; `again` is an equal one."""
    return {
        "html": attempt(lambda: core.render(node)),
        "str": attempt(lambda: str(node)),
        "__html__": attempt(lambda: described(core, node.__html__())),
        "bytes": attempt(lambda: core.render_bytes(node)),
        "event": attempt(lambda: core.render_event(node, HEAD, LINE)),
        "frozen": attempt(lambda: core.render_event(core.frozen(node), HEAD, LINE)),
        "frozen is equal": core.frozen(node) == node,
        "tree": described(core, node),
        "drops newline": core.drops_newline(node),
        "equals another": (node == again, node != again),
        "hashes alike": hash(node) == hash(again) == hash(core.frozen(node)),
        "pickle": attempt(lambda: described(core, pickle.loads(pickle.dumps(node)))),
        "in contexts": [attempt(partial(in_context, core, node, *each)) for each in CONTEXTS],
    }


def in_context(core: ModuleType, node: Any, name: str, namespace: str, form: str) -> str:
    """Return the HTML of an element that holds another one, or a copy of it."""
    copies = {"itself": lambda: node, "frozen": lambda: core.frozen(node)}
    copies["pickled"] = lambda: pickle.loads(pickle.dumps(node))
    return core.render(core.Tag(name, namespace)(copies[form]()))


def attempt(function: Callable[[], object]) -> tuple[object, ...]:
    """Return what a function returns, or its error in full."""
    try:
        return "value", function()
    except RecursionError:
        return "error", "RecursionError"  # its text depends on the depth of the stack
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - it is compared
        kind = type(error)
        parts = vars(error) if isinstance(error, FatmorphError) else error.args
        notes = getattr(error, "__notes__", None)
        return "error", neutral((kind.__module__, kind.__name__, str(error), parts, notes))


def neutral(value: object) -> str:
    """Return a repr without addresses and without the module of an engine."""
    return re.sub(r"0x[0-9a-f]+|fatmorph\.markup\._(?:core_c|core_py|tree_py)\.", "", ascii(value))


def described(core: ModuleType, root: object) -> list[object]:
    """Return the nodes of a tree, outermost first, each as data; of any depth."""
    nodes: list[object] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, core.Element):
            attributes = [(name, type(text), text) for name, text in node.attributes.items()]
            seen = (node.tag, node.namespace, node.id, repr(node), core.generated_range(node))
            nodes.append((*seen, attributes))
            pending.extend(node.children)
        else:
            nodes.append((type(node), str(node)))
    return nodes
