"""Places: in development, elements know the file and the line that made them."""

import copy
import inspect
import pickle
from pathlib import Path

import pytest

import fatmorph

LIBRARY = f"{Path(fatmorph.__file__).parent}/"


@pytest.fixture(params=[False, True], ids=["noted", "written"])
def recording(core, request):
    core.record_places(LIBRARY, request.param)
    yield
    core.record_places(None, False)


@pytest.fixture
def writing(core):
    core.record_places(LIBRARY, True)
    yield
    core.record_places(None, False)


def here() -> str:
    return f"{__file__}:{inspect.stack()[1].lineno}"


def test_without_development_no_place_is_known(core):
    assert core.place_of(core.Tag("p")("a")) is None


@pytest.mark.usefixtures("recording")
def test_an_element_knows_the_line_of_its_call(core):
    p = core.Tag("p")

    made, line = p("a"), here()
    again, line_again = p("a"), here()
    rows, line_of_rows = [p(x) for x in "ab"], here()

    assert core.place_of(made) == line
    assert core.place_of(again) == line_again
    assert [core.place_of(row) for row in rows] == [line_of_rows] * 2


@pytest.mark.usefixtures("recording")
def test_an_element_made_by_a_function_without_frames_has_the_line_of_its_caller(core):
    rows, line = list(map(core.Tag("li"), "ab")), here()

    assert [core.place_of(row) for row in rows] == [line] * 2


def test_an_element_made_in_the_library_has_the_line_of_the_program(core):
    core.record_places(f"{Path(__file__).parent}/", False)
    inside = core.place_of(core.Tag("p")())
    core.record_places(None, False)

    assert inside is not None
    assert not inside.startswith(str(Path(__file__).parent))


@pytest.mark.usefixtures("recording")
def test_a_place_changes_neither_equality_nor_the_hash(core):
    p = core.Tag("p")
    one = p("a", id="b")
    other = p("a", id="b")
    core.record_places(None, False)
    plain = p("a", id="b")

    assert one == other == plain
    assert hash(one) == hash(other) == hash(plain)
    assert one.attributes == plain.attributes
    assert (one.tag, one.namespace, one.children) == (plain.tag, plain.namespace, plain.children)


@pytest.mark.usefixtures("recording")
def test_a_frozen_element_and_a_copy_keep_the_place_and_a_pickle_loses_it(core):
    made, line = core.Tag("p")("a"), here()

    assert core.place_of(core.frozen(made)) == line
    assert core.place_of(copy.copy(made)) == line
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.usefixtures("writing")
def test_the_html_has_the_place_of_every_element_but_a_script(core):
    p, script = core.Tag("p"), core.Tag("script")

    made, line = p(p(id="a"), script("b()"), core.COMMENT("c"), core.FRAGMENT("d")), here()

    assert core.render(made) == (
        f'<p data-made-at="{line}"><p data-made-at="{line}" id="a"></p>'
        "<script>b()</script><!--c-->d</p>"
    )
    assert core.render_bytes(made).decode() == core.render(made)


@pytest.mark.usefixtures("writing")
def test_a_place_is_escaped(core):
    code = compile("made = p('a')", 'a"<b>&\udc80.py', "exec")
    names = {"p": core.Tag("p")}

    exec(code, names)

    made = names["made"]
    assert core.render(made) == '<p data-made-at="a&quot;&lt;b&gt;&amp;?.py:1">a</p>'


def test_noted_places_are_not_written(core):
    core.record_places(LIBRARY, False)
    html = core.render(core.Tag("p")("a"))
    core.record_places(None, False)

    assert html == "<p>a</p>"


@pytest.mark.usefixtures("recording")
def test_more_places_than_are_remembered_are_right(core):
    p = core.Tag("p")
    lines = 10_000
    names = {"p": p}
    exec(compile("made = [\n" + "p(),\n" * lines + "]", "long.py", "exec"), names)

    found = [core.place_of(each) for each in names["made"]]

    assert found == [f"long.py:{number}" for number in range(2, lines + 2)]
