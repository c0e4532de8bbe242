"""Elements are immutable values: equality, hash, copies, pickles, repr."""

import copy
import gc
import pickle
import weakref
from importlib import import_module

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


OTHER_ENGINE = {
    "fatmorph.markup._core_py": "fatmorph.markup._core_c",
    "fatmorph.markup._core_c": "fatmorph.markup._core_py",
}


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


@pytest.mark.parametrize(
    "base",
    [
        lambda core: core.Element,
        lambda core: core.Tag,
        lambda core: type(core.frozen(core.Tag("p")())),
        lambda core: type(core.FRAGMENT(())),
        lambda core: type(core.COMMENT(())),
    ],
    ids=["Element", "Tag", "frozen", "fragment", "comment"],
)
def test_elements_and_tags_cannot_be_subclassed(core, base):
    with pytest.raises(TypeError, match="is not an acceptable base type"):
        type("Derived", (base(core),), {})


def test_a_tag_cannot_be_changed(core):
    tag = core.Tag("p")

    tag.__init__("div")

    assert (tag.name, core.render(tag("a"))) == ("p", "<p>a</p>")
    with pytest.raises(TypeError):
        core.Tag.__new__(core.Tag)


def test_an_element_is_not_changed_through_its_parts_for_a_pickle(core):
    element = core.Tag("p")(id="a")

    element.__reduce__()[1][1]["onclick"] = "alert()"

    assert core.render(element) == '<p id="a"></p>'


def test_a_copy_is_the_element_or_tag_itself(core):
    for made in (core.Tag("p")("a"), core.Tag("p")):
        assert copy.copy(made) is made
        assert copy.deepcopy(made) is made


@pytest.mark.parametrize(
    "parts",
    [
        lambda core: (),
        lambda core: (core.Tag("p"), {}, ["a"]),
        lambda core: (core.Tag("p"), {}, (7,)),
        lambda core: (core.Tag("p"), {}, (core.FRAGMENT("a"),)),
        lambda core: (core.Tag("p"), {"id": 7}, ()),
        lambda core: (core.Tag("p"), {7: "a"}, ()),
        lambda core: ("p", {}, ()),
        lambda core: (import_module(OTHER_ENGINE[core.__name__]).Tag("p"), {}, ()),
        lambda core: (core.Tag("p"), {}, (), 7),
        lambda core: (core.Tag("p"), {}, (), ("0", 1)),
    ],
)
def test_a_manipulated_pickle_is_refused(core, parts):
    with pytest.raises(TypeError):
        core.revive_element(*parts(core))


@pytest.mark.parametrize("generated", [(-1, 1), (0, 3), (2, 1), (7, 9)], ids=repr)
def test_an_invalid_range_of_generated_children_in_a_pickle_is_ignored(core, generated):
    revived = core.revive_element(core.Tag("p"), {}, ("a", "b"), generated)

    assert core.generated_range(revived) == (0, 0)


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
        (lambda core: core.Tag("p")(), "<p>"),
        (lambda core: core.Tag("p")("a", id="b"), '<p id="b"> with 1 child'),
        (lambda core: core.Tag("p")("a", "b"), "<p> with 2 children"),
        (lambda core: core.frozen(core.Tag("p")("a")), "<p> with 1 child"),
        (lambda core: core.FRAGMENT(("a",)), "<#document-fragment> with 1 child"),
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


@pytest.mark.parametrize(
    "type_",
    [
        lambda core: core.Element,
        lambda core: core.Tag,
        lambda core: type(core.FRAGMENT(())),
        lambda core: type(core.COMMENT(())),
    ],
    ids=["Element", "Tag", "fragment", "comment"],
)
def test_object_new_makes_neither_elements_nor_tags(core, type_):
    with pytest.raises(TypeError):
        object.__new__(type_(core))


def test_the_base_classes_of_elements_and_tags_make_none(core):
    for type_ in (core.Element, core.Tag):
        for base in type_.__mro__[1:]:
            assert not isinstance(object.__new__(base), type_)
