"""The C engine: its build, its types, and its robustness."""

import gc
import os
import subprocess
import sys
import sysconfig
import textwrap
import threading
import weakref
from importlib import import_module
from pathlib import Path

import pytest

import fatmorph
from fatmorph.markup import _core

C = import_module("fatmorph.markup._core_c")
PYTHON = import_module("fatmorph.markup._core_py")
SOURCE = str(Path(fatmorph.__file__).parents[1])
HAS_OWN_GIL = sys.version_info >= (3, 12)


def run(program: str, **environment: str) -> str:
    """Run a program in a new interpreter, and return its output."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": SOURCE, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_c_engine_is_compiled():
    assert C.__file__.endswith(sysconfig.get_config_var("EXT_SUFFIX"))


def test_the_c_engine_has_the_public_names_of_the_python_engine():
    assert {name for name in dir(C) if not name.startswith("_")} == {*PYTHON.__all__} - {
        "BuiltChild"
    }


@pytest.mark.parametrize("name", ["Tag", "Element"])
def test_the_c_types_have_the_public_names_of_the_python_types(name):
    mine, theirs = (vars(getattr(core, name)) for core in (C, PYTHON))

    assert {n for n in mine if n[0] != "_"} == {n for n in theirs if n[0] != "_"}


@pytest.mark.parametrize(("value", "engine"), [("1", "Python"), ("0", "C"), ("", "C")])
def test_the_environment_chooses_the_python_engine(value, engine):
    program = "from fatmorph.markup import _core; print(_core.ENGINE, _core.Tag.__module__)"

    module = {"C": C, "Python": PYTHON}[engine].__name__
    assert run(program, FATMORPH_PURE_PYTHON=value) == f"{engine} {module}\n"


def test_the_c_engine_is_chosen_if_it_is_built():
    assert (_core.ENGINE, _core.Tag) in [("C", C.Tag), ("Python", PYTHON.Tag)]


def test_the_python_engine_is_chosen_without_the_c_engine():
    program = """
        import sys
        sys.modules["fatmorph.markup._core_c"] = None  # as if it had not been built
        from fatmorph.markup import _core
        print(_core.ENGINE)
    """

    assert run(program, FATMORPH_PURE_PYTHON="") == "Python\n"


@pytest.mark.parametrize("type_", [C.Tag, C.Element], ids=["Tag", "Element"])
def test_the_c_types_cannot_be_changed_or_subclassed(type_):
    with pytest.raises(TypeError):
        type_.render = None
    with pytest.raises(TypeError):
        type("Derived", (type_,), {})


@pytest.mark.parametrize(("writer", "reader"), [("1", ""), ("", "1"), ("", ""), ("1", "1")])
def test_a_pickle_of_one_engine_is_an_equal_element_of_the_other(tmp_path, writer, reader):
    page = "h.div({'id': 'a'}, 'b', h.p(Markup('<i>'), hidden=True), [fragment('c'), svg.g()])"
    write = f"""
        import pickle
        from pathlib import Path
        from fatmorph import Markup, fragment, h, static, svg
        Path({str(tmp_path / "page")!r}).write_bytes(pickle.dumps([{page}, static({page}), h.p]))
    """
    read = f"""
        import pickle
        from pathlib import Path
        from fatmorph import Element, Markup, Tag, fragment, h, svg
        one, other, tag = pickle.loads(Path({str(tmp_path / "page")!r}).read_bytes())
        print(one == other == {page}, tag == h.p)
        print(type(one) is type(other) is Element, type(tag) is Tag)
    """

    run(write, FATMORPH_PURE_PYTHON=writer)

    assert run(read, FATMORPH_PURE_PYTHON=reader) == "True True\nTrue True\n"


def test_elements_can_be_weakly_referenced_until_they_are_freed():
    freed = []
    tree = C.Tag("p")(C.Tag("i")())
    references = [weakref.ref(node, freed.append) for node in (tree, tree.children[0])]

    del tree

    assert [reference() for reference in references] == [None, None]
    assert freed == references


def test_a_callback_can_build_and_free_trees_while_a_deep_tree_is_freed():
    tag = C.Tag("i")
    built = []

    def build(_):
        tree = tag("x")
        for _ in range(500):
            tree = tag(tree)
        built.append(C.render(tree))

    tree, references = tag("x"), []
    for _ in range(200):
        tree = tag(tree)
        references.append(weakref.ref(tree, build))

    del tree

    assert built == ["<i>" * 501 + "x" + "</i>" * 501] * 200


def test_elements_are_not_tracked_by_the_garbage_collector():
    assert not gc.is_tracked(C.Tag("p")([C.Tag("i")("x")], id="a"))


def test_a_tag_accepts_more_attribute_names_than_the_caches_hold():
    tag = C.Tag("p")

    elements = [tag({f"data-{n}": "a"}, id="a", **{f"aria-{n}": "b"}) for n in range(5000)]

    assert {element.id for element in elements} == {"a"}
    assert elements[0] == tag({"data-0": "a"}, id="a", **{"aria-0": "b"})
    assert hash(elements[0]) == hash(tag({"data-0": "a"}, id="a", **{"aria-0": "b"}))
    assert C.render(elements[-1]) == '<p data-4999="a" id="a" aria-4999="b"></p>'


def test_threads_can_build_and_render_trees_while_the_sources_change():
    row, cell = C.Tag("tr"), C.Tag("td")
    names, attributes, stop = ["a"] * 40, {"id": "a", "title": "b"}, threading.Event()
    shared = C.Tag("table")([row([cell("x") for _ in range(9)]) for _ in range(99)])
    expected, failures = C.render_bytes(shared), []

    def change():
        while not stop.is_set():
            names.append("b")
            names[5:9] = []
            del names[40:]
            attributes.pop("title", None)
            attributes[f"data-{len(names)}"] = "c"
            attributes.update(title="b")

    def build():
        for number in range(400):
            html = C.render(row(attributes, [cell(names), names, (name for name in names)]))
            if not (html.startswith("<tr") and html.endswith("</tr>")):
                failures.append(html)
            if C.render_bytes(shared) != expected:
                failures.append(number)

    changing = threading.Thread(target=change)
    building = [threading.Thread(target=build) for _ in range(6)]
    for thread in (changing, *building):
        thread.start()
    for thread in building:
        thread.join()
    stop.set()
    changing.join()

    assert failures == []


RENDER_IN_ONE = """
from fatmorph.markup import _core
from fatmorph.markup._core import Tag, render
assert _core.ENGINE == "C"
tree = Tag("p")("x")
for _ in range(5000):
    tree = Tag("p")(tree, class_=str(_))
assert len(render(tree)) > 90_000
try:
    Tag("p")(object())
except TypeError:
    pass
else:
    raise AssertionError
"""

RUN_IN_MANY = """
import threading

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

PROGRAM = {program!r}
failures = []

def work():
    for _ in range(2):
        interpreter = interpreters.create()
        try:
            failures.append(interpreters.run_string(interpreter, PROGRAM))
        except Exception as error:
            failures.append(error)
        interpreters.destroy(interpreter)

exec(PROGRAM)
threads = [threading.Thread(target=work) for _ in range({threads})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
exec(PROGRAM)
print([failure for failure in failures if failure is not None])
"""


def test_each_interpreter_has_its_own_engine():
    # Before Python 3.12 all interpreters share one GIL, and their threads cannot run in parallel.
    program = RUN_IN_MANY.format(program=RENDER_IN_ONE, threads=3 if HAS_OWN_GIL else 1)

    assert run(program, FATMORPH_PURE_PYTHON="") == "[]\n"
