"""Memory: 100,000 renders or failures leak none, and an allocation that fails is an error."""

import gc
import os
import subprocess
import sys
import textwrap
import tracemalloc
from contextlib import suppress
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import Markup

import fatmorph
from core.outcomes import BrokenText, broken
from core.shortened import short
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._memo_plan import memo_plan

C = import_module("fatmorph.markup._core_c")

pytestmark = pytest.mark.slow("repeats each call 100,000 times, or once for each allocation")
TIMES = 100_000
# A leak grows in every part of the calls. The interpreter, a bounded table that fills up and other
# threads of the process (those of pytest-xdist) take some memory as well, but only now and then.
PARTS = 3
NOISE_BYTES = 6_000
NOISE_BLOCKS = 20

ATTRS = Attrs({"data-on": "x", "hidden": True})


def failing_midway():
    yield "a"
    broken()


def build(core):
    return core.Tag("p")(
        {"title": "é", "id": 7},
        ATTRS,
        "a & b",
        [1, 2.5, None, ("x", Markup("<b>"))],
        core.FRAGMENT("c", core.Tag("i")("\n")),
        class_=["a", "b"],
        colspan=2,
        hidden=True,
    )


def shortened(core):
    element = core.Tag("button")(
        short(core, "data.on")("click", short(core, "at.post")("/a?b&c", retry="never")),
        short(core, "data.attr")({"title": "$a, $b"}),
        short(core, "data.signals")({"a": [1, 2.5, None, {"b": "'"}]}),
        id=short(core, "dom_id")("tile", 7, "a-b"),
        style={"width": "1px"},
        class_={"a": True, "b": None},
    )
    return core.render(element), dict(short(core, "data.bind")("name"))


def view(number, content="a", *, is_list=False):
    return [] if is_list else C.Tag("p")(number, content, id=f"a{number}")


PLAN = memo_plan(view, C.Element)
MEMO = C.Memo(view, PLAN, 2, 10_000)


def nested(core, depth):
    tree = core.Tag("i")("x")
    for _ in range(depth):
        tree = core.Tag("i")(tree)
    return tree


def regions(core, text):
    rows = [core.Tag("p")({"id": name}, nested(core, 60), text) for name in "ab"]
    return core.Tag("div")(rows, core.Tag("i")(text), id="all")


TREES = (regions(C, "a"), regions(C, "b"))


SUCCESSES = {
    "build and render": lambda core: core.render(build(core)),
    "many": lambda core: core.render_bytes(core.Tag("ul")(["x"] * 40, {}.keys(), ["y"] * 40)),
    "generator": lambda core: core.Tag("p")((name for name in "ab"), map(str, range(3))),
    "attributes": lambda core: core.Tag("p")({f"a{n}": "x" for n in range(9)}).attributes,
    "deep": lambda core: hash(nested(core, 70)),
    "equal": lambda core: build(core) == build(core),
    "event": lambda core: core.render_event(build(core), b"a\n", b"b "),
    "frozen": lambda core: core.render(core.frozen(core.FRAGMENT([build(core)]))),
    "generated_range": lambda core: core.generated_range(core.Tag("p")(["a"] * 300)),
    "revived": lambda core: revived(*build(core).__reduce__()),
    "seen": lambda core: (repr(build(core)), build(core).children, build(core).id),
    "tag": lambda core: core.Tag("script")("a") == core.Tag("b"),
    "shortened": shortened,
    "regions": lambda core: core.changed_regions(*TREES),
    "checked": lambda core: core.Tag("svg", "svg")(
        core.Tag("desc", "svg")(core.Tag("style")("a", id="x")), Markup("<b>")
    ),
    "read as text": lambda core: core.Tag("noscript")(core.COMMENT("a"), ["b"]),
    "memoised": lambda core: (MEMO(2**70), MEMO(1), MEMO(1, "a"), MEMO(content=1.5, number=7)),
    "memoised with parts": lambda core: MEMO(1, ("a", ("b", build(core), *range(50)))),
    "memoised in Python": lambda core: MEMO(1, (Decimal(1), frozenset("a"))),
    "memo": lambda core: (made := core.Memo(view, PLAN, 5, 500), made(1), made.cache_clear()),
}
FAILURES = {
    "shortened": lambda core: short(core, "data.on")("click", "a", delay="0s"),
    "child": lambda core: core.Tag("p")("a", ["b", object()], class_="c"),
    "generator": lambda core: core.Tag("p")(["a", failing_midway()], id="x"),
    "attribute": lambda core: core.Tag("p")({"id": "a"}, title="b", hidden=True, value=object()),
    "name": lambda core: core.Tag("p")({"a": "x", "b c": "y"}),
    "keyword": lambda core: core.Tag("p")("a", a="x", **{"b c": "y"}),
    "void": lambda core: core.Tag("br")(["a"] * 40),
    "raw text": lambda core: core.Tag("script")("a", "</script>"),
    "misread": lambda core: core.Tag("svg", "svg")("a", [core.Tag("i")(core.Tag("style")("b"))]),
    "end tag": lambda core: core.Tag("noscript")(core.COMMENT("</noscript>"), "a"),
    "signal": lambda core: core.Tag("script")({"id": "a", "data-text": "b"}, "c"),
    "surrogate": lambda core: core.render_bytes(core.Tag("p")("a", ["\ud800"])),
    "tag": lambda core: core.Tag(BrokenText("a b")),
    "revived": lambda core: core.Tag("p")("a").__reduce__()[0](core.Tag("p"), {"a": "b"}, (7,)),
    "memo": lambda core: core.Memo(view, PLAN, 0, 0),
    "memoised": lambda core: MEMO(1, 2, 3),
    "memoised with parts": lambda core: MEMO(1, ("a", [])),
    "memoised result": lambda core: MEMO(1, is_list=True),
}


def revived(make, parts):
    return make(*parts)


def repeat(call, core, times):
    for _ in range(times):
        with suppress(Exception):  # after any exception, the memory must be freed
            call(core)


def growth(call, core, times):
    """Return the blocks and bytes that are added in the part of the calls that adds the fewest."""
    tracemalloc.start()
    repeat(call, core, 200)
    readings = [used()]
    for _ in range(PARTS):
        repeat(call, core, times // PARTS)
        readings.append(used())
    tracemalloc.stop()
    return tuple(
        min(after - before for before, after in pairwise(values))
        for values in zip(*readings, strict=True)
    )


def used():
    gc.collect()
    return sys.getallocatedblocks(), tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("call", SUCCESSES.values(), ids=SUCCESSES)
def test_many_renders_leak_no_memory(call):
    blocks, size = growth(call, C, TIMES // len(SUCCESSES))

    assert (blocks < NOISE_BLOCKS, size < NOISE_BYTES) == (True, True), (blocks, size)


@pytest.mark.parametrize("call", FAILURES.values(), ids=FAILURES)
def test_many_failures_leak_no_memory(call):
    blocks, size = growth(call, C, TIMES // len(FAILURES))

    assert (blocks < NOISE_BLOCKS, size < NOISE_BYTES) == (True, True), (blocks, size)


NO_MEMORY = """
import gc
import sys
from _testcapi import remove_mem_hooks, set_nomemory
from core.test_memory import C, {calls} as calls

gc.disable()

def attempt(call, first, count):
    error = None
    while True:
        try:
            try:
                set_nomemory(first, first + count)
                call(C)
            finally:
                remove_mem_hooks()
            return error
        except BaseException as raised:
            error = error or raised
        while True:
            try:
                remove_mem_hooks()
            except MemoryError:
                continue
            return error

for name in {names}:
    call = calls[name]
    attempt(call, 1 << 30, 1)  # fills the caches
    usual = type(attempt(call, 1 << 30, 1))
    for count in (1, 2, 3):
        first, successes = 0, 0
        while successes < 20:
            error = attempt(call, first, count)
            successes = successes + 1 if type(error) is usual else 0
            # CPython's own word for an exception that it had no memory to raise.
            is_lost = isinstance(error, SystemError) and "without" in str(error)
            if type(error) not in (usual, MemoryError) and not is_lost:
                print(name, first, count, repr(error))
            first += 1
print("done")
"""


def run_without_memory(calls, names):
    program = NO_MEMORY.format(calls=calls, names=names)
    paths = [str(Path(fatmorph.__file__).parents[1]), str(Path(__file__).parents[1])]
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# 3.12.1 and 3.13.0 crash by themselves when there is no memory to make a generator expression or
# a function, with either engine; one is in the call, or in the wording of its error.
CPYTHON_CRASHES = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="this Python crashes when a generator finds no memory"
)


# The calls that make a generator expression, in the call or in the functions that engines share.
GENERATORS = ("generator", "read as text", "memoised in Python")


@pytest.mark.parametrize("name", sorted(SUCCESSES.keys() - {*GENERATORS}))
def test_a_call_without_memory_is_a_memory_error(name):
    assert run_without_memory("SUCCESSES", [name]) == "done\n"


@CPYTHON_CRASHES
@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_without_memory_is_a_memory_error(name):
    assert run_without_memory("SUCCESSES", [name]) == "done\n"


@CPYTHON_CRASHES
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_without_memory_is_that_failure_or_a_memory_error(name):
    assert run_without_memory("FAILURES", [name]) == "done\n"
