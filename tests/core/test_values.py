"""Elements are immutable values: equality, hash, copies, pickles, repr."""

import copy
import gc
import pickle
import weakref

import pytest
from markupsafe import Markup

from fatmorph.errors import EncodingError


def trees(core):
    tag = core.Tag
    return [
        tag("p")(),
        tag("p")("a"),
        tag("p")("a", "b"),
        tag("p")("ab"),
        tag("p")(Markup("a")),
        tag("p")(id="a"),
        tag("p")(id=True),
        tag("p")({"id": ""}),
        tag("p")(tag("b")()),
        tag("p")(tag("b")("x"), tag("b")()),
        tag("p", "svg")(),
        tag("q")(),
        core.FRAGMENT(()),
        core.FRAGMENT(("a",)),
        core.COMMENT(("a",)),
    ]


def test_elements_with_equal_names_attributes_and_children_are_equal(core):
    for position, one in enumerate(trees(core)):
        equal = [one == other for other in trees(core)]

        assert equal == [index == position for index in range(len(equal))]


def test_equal_elements_have_equal_hashes(core):
    assert [hash(tree) for tree in trees(core)] == [hash(tree) for tree in trees(core)]
    assert len(set(trees(core)) | set(trees(core))) == len(trees(core))


def test_the_order_of_attributes_does_not_affect_equality(core):
    one = core.Tag("p")(id="a", title="b")
    other = core.Tag("p")(title="b", id="a")

    assert one == other
    assert hash(one) == hash(other)


def test_frozen_and_plain_elements_are_equal(core):
    plain = core.Tag("div")(core.Tag("p")("x"))
    mixed = core.Tag("div")(core.frozen(core.Tag("p")("x")))

    assert plain == mixed == core.frozen(plain)
    assert len({plain, mixed, core.frozen(plain)}) == 1


@pytest.mark.parametrize(
    "other", ["<p></p>", None, 7, pytest.param(object(), id="object")], ids=repr
)
def test_an_element_equals_only_elements(core, other):
    assert core.Tag("p")() != other


def test_an_element_lets_another_type_decide_a_comparison(core):
    class Anything:
        __hash__ = None

        def __eq__(self, other):
            return True

    assert core.Tag("p")() == Anything()


@pytest.mark.parametrize("name", ["tag", "attributes", "children", "id", "namespace", "new"])
def test_an_element_cannot_be_changed(core, name):
    element = core.Tag("p")("a", id="b")

    with pytest.raises(AttributeError):
        setattr(element, name, "x")


def test_the_attributes_of_an_element_cannot_be_changed(core):
    element = core.Tag("p")(id="b")

    with pytest.raises(TypeError):
        element.attributes["id"] = "c"


def test_an_element_can_only_be_made_by_a_tag(core):
    with pytest.raises(TypeError, match="elements are made by calling a tag"):
        core.Element()
    with pytest.raises(TypeError, match="elements are made by calling a tag"):
        core.Element.__new__(core.Element)


def test_a_copy_is_the_element_itself(core):
    element = core.Tag("p")("a")

    assert copy.copy(element) is element
    assert copy.deepcopy(element) is element


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_unpickled_element_is_equal_to_the_original(core, protocol):
    tree = core.Tag("div")(*trees(core), core.frozen(core.Tag("i")("x")))

    loaded = pickle.loads(pickle.dumps(tree, protocol))

    assert loaded == tree
    assert core.render(loaded) == core.render(tree)


@pytest.mark.parametrize(
    "make", [lambda core: core.FRAGMENT(("a",)), lambda core: core.COMMENT(("a",))]
)
def test_a_pickled_fragment_or_comment_keeps_its_kind(core, make):
    loaded = pickle.loads(pickle.dumps(make(core)))

    assert core.render(loaded) == core.render(make(core))
    assert core.Tag("p")(loaded) == core.Tag("p")(make(core))


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda core: core.Tag("p")(), "<p: 0 children>"),
        (lambda core: core.Tag("p")("a", id="b"), "<p#b: 1 child>"),
        (lambda core: core.Tag("p")("a", "b"), "<p: 2 children>"),
        (lambda core: core.frozen(core.Tag("p")("a")), "<p: 1 child>"),
        (lambda core: core.FRAGMENT(("a",)), "<#document-fragment: 1 child>"),
    ],
)
def test_a_repr_is_short(core, build, text):
    assert repr(build(core)) == text


def test_str_and_html_are_the_rendered_element(core):
    element = core.Tag("p")("a<b")

    assert (str(element), element.__html__()) == ("<p>a&lt;b</p>", "<p>a&lt;b</p>")
    assert f"{element}" == "<p>a&lt;b</p>"
    assert Markup("{}").format(element) == "<p>a&lt;b</p>"


@pytest.mark.parametrize("arguments", [{}, {"encoding": "utf-8"}, {"encoding": "UTF-8"}])
def test_an_element_is_encoded_as_its_text(core, arguments):
    element = core.Tag("p")("naïve")

    assert element.encode(**arguments) == core.render_bytes(element)


@pytest.mark.parametrize("wrap", ["frozen", "FRAGMENT"])
def test_a_view_of_another_kind_is_encoded_too(core, wrap):
    view = getattr(core, wrap)(core.Tag("p")("naïve"))

    assert view.encode("latin-1") == b"<p>na\xefve</p>"


def test_a_lone_surrogate_is_not_encoded(core):
    with pytest.raises(EncodingError):
        core.Tag("p")("\ud800").encode()


def test_an_unknown_encoding_is_an_error_as_for_text(core):
    with pytest.raises(LookupError):
        core.Tag("p")("a").encode("no-such")


def test_an_element_supports_weak_references_and_is_freed(core):
    element = core.Tag("p")(core.Tag("b")())
    reference = weakref.ref(element)

    del element
    gc.collect()

    assert reference() is None
