"""Caches outlive requests: for any input, they stay small, and keep no long text."""

import functools
import gc
import importlib
import itertools
import pkgutil
import sys
import tracemalloc
from importlib import import_module

import pytest

import fatmorph
from fatmorph import at, data, element, h, js, memo
from fatmorph.datastar._attributes.signals import pattern_text
from fatmorph.datastar._drawing import keep_event
from fatmorph.http._head import checked_location
from fatmorph.markup.escape import JSExpression
from fatmorph.morph._development import PatchChecker
from fatmorph.morph.difference import diff
from machine import missing

TIMES = 10_000
# For attribute names, in the tables of both engines; see docs/explanation/security.md.
MAX_NAME_BYTES = 24 * 1024 * 1024
# The interpreter's own memory varies: free lists, a resized table.
NOISE_BYTES = 100_000

# The largest character in Python: four bytes.
FACE = "\N{GRINNING FACE}"
TEXTS = {
    "short": lambda number: f"{number}",
    "as long as is kept": lambda number: f"{number}" + FACE * 110,
}


def long_text(number):
    return f"{number}" + "x" * 10_000


class Text(str):
    """Text with an attribute of its own."""

    __slots__ = ("owner",)


def engine(name):
    try:
        return import_module(f"fatmorph.markup.{name}")
    except ImportError:
        missing("compiler", f"{name} was not built: pip install needs a C compiler")


WATCH = PatchChecker()  # made here, because it imports the checks
PARAGRAPHS = [engine(name).Tag("p") for name in ("_core_py", "_core_c")]


def name_keyword(text):
    return [p({"id": "a"}, **{f"data-{text}": "x"}) for p in PARAGRAPHS]


def name_key(text):
    return [p({f"data-{text}": "x"}) for p in PARAGRAPHS]


def findings(text):
    WATCH.check(h.ul(h.li(id=text), h.li(id=text), id="list"))


def event(text):
    view = h.p(text)
    for _ in range(2):
        keep_event(view, text.encode())


def thin_patch(text):
    # Names of elements are ASCII.
    name = "x-" + text.replace(FACE, "x")
    diff(h.html(h.body()), h.html(h.body(element(name)({f"data-{text}": ""}))))


FILLS = {
    "an expression": lambda text: data.text(f"$n + {js(text)}"),
    "an action": lambda text: data.on("click", at.post(f"/{text}")),
    "the name of an event": lambda text: data.on(text.lower(), "$n++"),
    "a value of a signal": lambda text: data.signals({"name": text}),
    "a URL in JavaScript": lambda text: at.get(JSExpression(js(text))),
    "several expressions": lambda text: data.attr({"title": js(text), "hidden": "!$open"}),
    "a subclass of text": lambda text: data.effect(Text(js(text))),
    "a keyword": name_keyword,
    "a key": name_key,
    "a redirect": lambda text: checked_location(f"/reset?token={text}", external=False),
    "an event": event,
    "a thin patch": thin_patch,
}


@pytest.fixture
def grown():
    """Return a function that returns how many bytes more are in use than at the beginning."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    def grown():
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    yield grown
    tracemalloc.stop()


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_long_texts_leave_nothing(grown, fill):
    for number in range(100):
        fill(long_text(number))

    assert grown() < NOISE_BYTES


@pytest.mark.parametrize("text", ["x" * 200, FACE * 200], ids=["ascii", "faces"])
def test_long_patterns_leave_nothing(grown, text):
    for number in range(100):
        pattern_text(f"^{number}{text}$", "at.get, include")

    assert grown() < NOISE_BYTES


def test_long_findings_leave_nothing(grown, caplog):
    caplog.set_level("CRITICAL", logger="fatmorph.morph")

    for number in range(100):
        findings(long_text(number))

    assert grown() < NOISE_BYTES


@pytest.mark.slow("fills every cache")
def test_all_caches_together_stay_below_their_bound(grown):
    for make, fill in itertools.product(TEXTS.values(), FILLS.values()):
        for number in range(TIMES):
            fill(make(number))

    assert grown() < MAX_NAME_BYTES


@pytest.mark.parametrize("make", [*TEXTS.values(), long_text], ids=[*TEXTS, "long"])
def test_a_memoised_view_keeps_users_texts_within_its_bound(grown, make):
    name_view = memo(max_bytes=500_000)(lambda name: h.p(name, title=name))

    for number in range(TIMES):
        name_view(make(number))

    assert grown() < 500_000 + NOISE_BYTES


def test_a_cleared_view_keeps_no_text_of_a_user(grown):
    name_view = memo(lambda name: h.p(name, title=name))
    for number in range(100):
        name_view(long_text(number))

    name_view.cache_clear()

    assert grown() < NOISE_BYTES


def test_a_long_argument_is_free_when_its_caller_has_gone():
    text = "x" * 10_000
    before = sys.getrefcount(text)

    views = [
        h.p(data.text(text), data.show(text), {f"data-{text}": text}),
        at.get("/", include="a"),
    ]
    del views

    assert sys.getrefcount(text) == before


@pytest.fixture
def thawed():
    """Show to the garbage collector what existed before the first test, too."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.mark.slow("looks at every object of the process")
@pytest.mark.usefixtures("thawed")
def test_every_function_that_remembers_is_known():
    for module in pkgutil.walk_packages(fatmorph.__path__, "fatmorph."):
        importlib.import_module(module.name)

    remembering = {
        f"{cache.__wrapped__.__module__}.{cache.__wrapped__.__name__}"
        for cache in gc.get_objects()
        if type(cache) is functools._lru_cache_wrapper
        and cache.__wrapped__.__module__.startswith("fatmorph.")
        # These remember expressions of pages under test, and no server imports them.
        and not cache.__wrapped__.__module__.startswith("fatmorph.testing.")
    }

    assert remembering == {
        "fatmorph.compression._brotli",
        "fatmorph.compression._zstd",
        "fatmorph.datastar._script._log_unknown",
        "fatmorph.http._form_fields._fields",
        "fatmorph.http._signal_shapes.hashes_objects",
        "fatmorph.http._signals._decoder",
        "fatmorph.markup._attributes._checked_name",
        "fatmorph.markup._foreign._own_context",
        "fatmorph.markup._template_places._read_html",
        "fatmorph.markup._template_places._read_js",
        "fatmorph.morph.checks._misspelt._near",
        "fatmorph.morph.difference._content._kind",
        "fatmorph.morph.difference._content._own_place",
    }
