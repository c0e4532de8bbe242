"""The matrix: every place with the break-outs that could work there, numbered.

Elements × contexts, contexts × contexts, elements × attributes, attributes × contexts, and places
for one kind of break-out, each with all of that kind. The order is fixed, so a case keeps its
number until something is added before it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from browser.attacks.break_outs import BreakOut
from browser.attacks.code_places import (
    BOUND_ELEMENTS,
    BOUND_PROPERTIES,
    EVENTS,
    EXPRESSION_WAYS,
    EXPRESSIONS,
    HEADS,
    LITERALS,
    PAGES,
    SIGNALS,
    STYLES,
)
from browser.attacks.contexts import CONTEXTS, MAIN_CONTEXTS, NESTED_CONTEXTS
from browser.attacks.markup_break_outs import markup_break_outs
from browser.attacks.names import ATTRIBUTE_GROUPS, ELEMENTS, TEXT_ELEMENTS
from browser.attacks.places import (
    ATTRIBUTE_WAYS,
    CHILD_WAYS,
    Place,
    attribute_alone,
    with_context,
)
from browser.attacks.script_break_outs import script_break_outs
from browser.attacks.setups import SETUPS
from browser.attacks.url_break_outs import url_break_outs
from fatmorph.markup._spec_attributes import EVENT_HANDLER_ATTRIBUTES
from fatmorph.markup._spec_elements import RAW_TEXT_ELEMENTS, VOID_ELEMENTS

__all__ = ("BREAK_OUTS", "FAMILIES", "Case", "cases")

BREAK_OUTS = (*markup_break_outs(), *url_break_outs(), *script_break_outs())
MARKUP_KINDS = {"markup", "quote", "reference", "end", "comment", "mutation", "surrogate", "event"}
CODE_KINDS = {"literal", "expression", "code", "template", "event"}

MARKUP = [each for each in BREAK_OUTS if each.kind in MARKUP_KINDS]
CORE = [each for each in MARKUP if each.is_core]
# Texts that an attribute can run without any markup in them.
MEANT = [
    each
    for each in BREAK_OUTS
    if each.is_core and (each.kind in {"url", "code"} or each.text.startswith("<script"))
]
URLS = [each for each in BREAK_OUTS if each.kind in {"url", "code", "reference"}] + MEANT[:1]
CODE = [each for each in BREAK_OUTS if each.kind in CODE_KINDS or each in CORE]
ENDS = [each for each in CORE if each.kind in {"end", "comment", "mutation"}] + CORE[:2]

# The whole core as one text: if all of it is escaped, the parts do not disturb each other.
TOGETHER = BreakOut("together", "".join(each.text for each in CORE if each.kind != "surrogate"), ())

Group = tuple[Place, list[BreakOut]]


@dataclass(frozen=True, slots=True)
class Case:
    """A text of an attacker in one place."""

    number: int
    family: str
    place: Place
    break_out: BreakOut

    @property
    def smaller(self) -> "Iterator[Case]":
        """Yield the cases that this one combines, if it combines several."""
        places = self.place.parts or (self.place,)
        break_outs = CORE if self.break_out is TOGETHER else [self.break_out]
        for place, break_out in product(places, break_outs):
            if place is not self.place or break_out is not self.break_out:
                yield Case(self.number, self.family, place, break_out)

    def __str__(self) -> str:
        return f"user = {self.break_out.typed(self.number)!r}\n{self.place.source}"


def cases(families: Iterable[str] = ()) -> Iterator[Case]:
    """Yield the whole matrix, or the cases of some families, each with its number in the whole."""
    chosen = set(families or FAMILIES)
    number = 0
    for family, groups in FAMILIES.items():
        for place, break_outs in groups():
            for break_out in break_outs:
                number += 1
                if family in chosen:
                    yield Case(number, family, place, break_out)


def _element(name: str, *, has_text: bool = True) -> str:
    return f"{name}(user, title=user)" if has_text else f"{name}(title=user)"


def _elements() -> Iterator[tuple[str, bool]]:
    """Yield every element with a user's text, and whether that is written as it is."""
    for name in ELEMENTS:
        tag = name.split('"')[1] if '"' in name else name.rpartition(".")[2]
        is_foreign = name.startswith(("svg.", "mathml."))
        is_raw_text = tag in RAW_TEXT_ELEMENTS and not is_foreign
        has_text = is_foreign or not (is_raw_text or tag in VOID_ELEMENTS)
        yield _element(name, has_text=has_text), False
        if is_raw_text and tag != "script":
            yield f"{name}(user)", True


def _elements_in_contexts() -> Iterator[Group]:
    for context, (element, is_verbatim) in product(MAIN_CONTEXTS, _elements()):
        yield Place(with_context(context, element)), CORE if is_verbatim else [TOGETHER]


def _elements_with_all() -> Iterator[Group]:
    for element, _ in _elements():
        yield Place(element), MARKUP


VERBATIM_LEAVES = (
    "comment(user)",
    "h.style(user)",
    *(f"{name}(user)" for name in TEXT_ELEMENTS if name not in ("h.style", "h.iframe")),
)
ESCAPED_LEAVES = (
    _element("h.b"),
    _element("svg.a"),
    "svg.style(user)",
    "mathml.annotation_xml(user, encoding='text/html')",
    "json_script(user)",
)


def _contexts() -> Iterator[Group]:
    for context, leaf in product(CONTEXTS, (*VERBATIM_LEAVES, *ESCAPED_LEAVES)):
        has_all = leaf in (*VERBATIM_LEAVES[:2], ESCAPED_LEAVES[0])
        yield Place(with_context(context, leaf)), MARKUP if has_all else CORE


def _contexts_in_contexts() -> Iterator[Group]:
    for outer, inner in product(NESTED_CONTEXTS, NESTED_CONTEXTS):
        for leaf in (*VERBATIM_LEAVES[:2], "svg.title(comment(user))"):
            yield Place(with_context(outer, with_context(inner, leaf))), ENDS
        for leaf in ESCAPED_LEAVES:
            yield Place(with_context(outer, with_context(inner, leaf))), [TOGETHER]


def _attributes_in_contexts() -> Iterator[Group]:
    for context, names in product(MAIN_CONTEXTS, ATTRIBUTE_GROUPS):
        yield _group(with_context(context, "element('x-y')({})"), names), [TOGETHER]


def _attributes_of_elements() -> Iterator[Group]:
    for element, names in product(ELEMENTS, ATTRIBUTE_GROUPS):
        yield _group(attribute_alone(element, "{}"), names), MEANT


def _group(around: str, names: tuple[str, ...], value: str = "user") -> Place:
    """Return a place that gives a value to every attribute of a group."""
    single = [f"{{'{name}': {value}}}" for name in names]
    if len(names) == 1:
        return Place(with_context(around, single[0]))
    together = f"{{name: {value} for name in '{' '.join(names)}'.split()}}"
    parts = tuple(Place(with_context(around, each)) for each in single)
    return Place(with_context(around, together), parts=parts)


def _attribute_ways() -> Iterator[Group]:
    given = [
        ("h.a", "href"), ("h.iframe", "src"), ("h.iframe", "srcdoc"), ("h.script", "src"),
        ("h.button", "formaction"), ("h.object", "data"), ("h.form", "action"), ("h.p", "style"),
        ("h.p", "class"), ("h.p", "title"), ("h.p", "aria-label"), ("h.p", "data-x"),
        ("h.p", "hidden"), ("h.p", "http-equiv"), ("svg.a", "href"), ("svg.a", "xlink:href"),
        ("svg.script", "href"), ("svg.set", "to"), ("svg.animate", "values"),
    ]  # fmt: skip
    for (element, name), way in product(given, ATTRIBUTE_WAYS):
        keyword = name.replace("-", "_") + "_"
        if ":" in name and "KEYWORD" in way:
            continue
        attribute = way.replace("NAME_KEYWORD", keyword).replace("NAME", name)
        has_all = way == ATTRIBUTE_WAYS[0] or element in ("h.a", "svg.a")
        yield Place(attribute_alone(element, attribute)), [*URLS, *CORE] if has_all else MEANT


FRAMES_WITH_ALL = (
    "h.iframe(src=user)",
    "h.iframe(srcdoc=user)",
    "h.iframe(srcdoc=h.p(user, title=user))",
)


def _setups() -> Iterator[Group]:
    for source in SETUPS:
        # A frame takes a hundred times as long as a link.
        has_all = "frame" not in source or source in FRAMES_WITH_ALL
        yield Place(source), [*URLS, *CORE] if has_all else [*MEANT, *CORE[:8]]
    for context, source in product(MAIN_CONTEXTS[1:], SETUPS):
        yield Place(with_context(context, source)), MEANT


def _children() -> Iterator[Group]:
    for source in CHILD_WAYS:
        yield Place(source), list(BREAK_OUTS)


def _styles() -> Iterator[Group]:
    styles = [each for each in BREAK_OUTS if each.kind in {"style", "url"}]
    for source in STYLES:
        yield Place(source), [*styles, *MARKUP]


def _literals() -> Iterator[Group]:
    for source in LITERALS:
        yield Place(source), CODE
    for context in CONTEXTS:
        yield Place(with_context(context, LITERALS[0])), CODE


def _signals() -> Iterator[Group]:
    for source in SIGNALS:
        if "json_signals()" in source:  # which shows those of all the page
            yield Place(source), CORE[:4]
        else:
            yield Place(source), [*CODE, *(URLS if "at." in source else MEANT)]
    for element, name in product(BOUND_ELEMENTS, BOUND_PROPERTIES):
        bound = f"{element}(data.signals({{f's{{n}}': user}}), data.bind(f's{{n}}', prop='{name}'))"
        yield Place(attribute_alone("h.div", bound)), MEANT


def _signals_in_attributes() -> Iterator[Group]:
    shown = "data.signals({f's{n}': user}), data.attr({})"
    for element, names in product(ELEMENTS, ATTRIBUTE_GROUPS):
        yield _group(attribute_alone(element, shown), names, "f'$s{n}'"), MEANT[::2]
    for element, name in product(("h.b", "h.img", "svg.g"), sorted(EVENT_HANDLER_ATTRIBUTES)):
        yield _group(attribute_alone(element, shown), (name,), "f'$s{n}'"), MEANT[::2]


def _expressions() -> Iterator[Group]:
    for way, expression in product(EXPRESSION_WAYS, EXPRESSIONS):
        yield Place(way.replace("CODE", f"({expression})")), CODE


def _events() -> Iterator[Group]:
    for source in EVENTS:
        yield Place(source, is_event=True), list(BREAK_OUTS)


def _pages() -> Iterator[Group]:
    for source in HEADS:
        yield Place(source, is_head=True), [*MARKUP, *URLS]
    for source in PAGES:
        yield Place(source, is_page=True, is_alone=True), [*CORE, *MEANT]


FAMILIES: dict[str, Callable[[], Iterator[Group]]] = {
    "elements-in-contexts": _elements_in_contexts,
    "elements": _elements_with_all,
    "contexts": _contexts,
    "contexts-in-contexts": _contexts_in_contexts,
    "attributes-in-contexts": _attributes_in_contexts,
    "attributes": _attributes_of_elements,
    "attribute-ways": _attribute_ways,
    "setups": _setups,
    "children": _children,
    "styles": _styles,
    "literals": _literals,
    "signals": _signals,
    "signals-in-attributes": _signals_in_attributes,
    "expressions": _expressions,
    "events": _events,
    "pages": _pages,
}
