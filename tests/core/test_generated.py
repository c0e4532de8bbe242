"""The range of children that came from lists and iterators, which only the checks use."""

import copy
import pickle

import pytest

CASES = {
    "no child": ((), (0, 0)),
    "written out": (("a", "b"), (0, 0)),
    "a list": ((["a", "b"],), (0, 2)),
    "an empty list": (("a", []), (0, 0)),
    "a list between others": (("a", None, ["b", "c"], "d"), (1, 3)),
    "two lists": (("a", ["b"], "c", ["d"], "e"), (1, 4)),
    "a list in a list": ((["a", ["b"], "c"],), (0, 3)),
    "a tuple": ((("a", "b"),), (0, 0)),
    "a list in a tuple": ((("a", ["b"], "c"),), (1, 2)),
    "tuples in a list": (("a", [("b", "c"), ("d", "e")]), (1, 5)),
    "after attributes": (({"id": "a"}, ["b"]), (0, 1)),
    "skipped items": (([None, "a", False],), (0, 1)),
}


@pytest.mark.parametrize(("positional", "expected"), CASES.values(), ids=CASES)
def test_the_range_of_children_from_a_list_is_stored(core, positional, expected):
    assert core.generated_range(core.Tag("ul")(*positional)) == expected


def test_iterators_count_as_lists(core):
    ul = core.Tag("ul")

    made = [ul(x for x in "ab"), ul(map(str.upper, "ab")), ul({"b": 1, "a": 2}.keys())]

    assert [core.generated_range(each) for each in made] == [(0, 2)] * 3


def test_a_fragment_passes_its_range_to_its_parent(core):
    rows = core.FRAGMENT("a", ["b", "c"], "d")

    assert core.generated_range(rows) == (1, 3)
    assert core.generated_range(core.Tag("ul")("x", rows)) == (2, 4)
    assert core.generated_range(core.Tag("ul")(["x"], rows)) == (0, 4)


def test_a_fragment_without_a_list_passes_no_range_to_its_parent(core):
    assert core.generated_range(core.Tag("ul")("x", core.FRAGMENT("a", "b"))) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(255, 0, (255, 256)), (0, 255, (0, 1)), (256, 0, (0, 0)), (0, 256, (0, 0))],
)
def test_up_to_255_children_before_and_after_the_range_are_counted(core, before, after, expected):
    children = (*"b" * before, ["x"], *"a" * after)

    assert core.generated_range(core.Tag("ul")(*children)) == expected


@pytest.mark.parametrize("name", ["script", "textarea"])
def test_elements_that_hold_only_text_store_no_range(core, name):
    assert core.generated_range(core.Tag(name)(["a", "b"])) == (0, 0)


def test_copies_pickles_and_frozen_elements_keep_the_range(core):
    ul = core.Tag("ul")("a", ["b"])
    copies = [copy.copy(ul), copy.deepcopy(ul), core.frozen(ul)]
    copies += [pickle.loads(pickle.dumps(each)) for each in (ul, core.frozen(ul))]

    assert [core.generated_range(each) for each in copies] == [(1, 2)] * 5
    assert core.generated_range(core.frozen(core.FRAGMENT("a", ["b"]))) == (1, 2)


def test_the_range_does_not_affect_equality_or_output(core):
    written = core.Tag("ul")("a", "b")
    generated = core.Tag("ul")(["a", "b"])

    assert written == generated
    assert hash(written) == hash(generated)
    assert str(written) == str(generated)


def test_the_range_of_anything_but_an_element_is_an_error(core):
    with pytest.raises((TypeError, AttributeError)):
        core.generated_range("a")
