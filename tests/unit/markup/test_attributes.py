"""`Attrs`, and the functions for attributes that the engines share."""

import copy
import functools
import operator
import os
import pickle
import subprocess
import sys

import pytest
from markupsafe import Markup

from fatmorph.errors import AttributeNameError, AttributeValueError
from fatmorph.markup import _attributes
from fatmorph.markup._attributes import (
    Attrs,
    add_attribute,
    add_mapping,
    mapped_name,
    written_name,
)


def test_attrs_are_a_mapping_of_checked_attributes():
    attrs = Attrs({"ID": "a", "class": ["b", "c"], "hidden": True, "title": None, "tabindex": 0})

    assert dict(attrs) == {"id": "a", "class": "b c", "hidden": True, "tabindex": "0"}
    assert (len(attrs), list(attrs)) == (4, ["id", "class", "hidden", "tabindex"])
    assert attrs["id"] == "a"
    assert repr(attrs) == "Attrs({'id': 'a', 'class': 'b c', 'hidden': True, 'tabindex': '0'})"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"id": "a"}, {"id": "b"}, {"id": "b"}),
        ({"class": "a"}, {"class": "b"}, {"class": "a b"}),
        ({"style": "top:0;"}, {"style": {"left": 0}}, {"style": "top:0;left:0"}),
        ({"id": "a"}, {}, {"id": "a"}),
        ({"id": "a"}, {"id": None}, {}),
        ({}, {"ID": "a"}, {"id": "a"}),
    ],
)
def test_joining_attrs_changes_neither_side(one, other, both):
    left = Attrs(one)
    before = dict(left)

    assert dict(left | other) == both
    assert dict(left) == before


def test_a_dict_joined_with_attrs_is_attrs():
    joined = {"class": "a", "id": "x"} | Attrs({"class": "b"})

    assert type(joined) is Attrs
    assert dict(joined) == {"class": "a b", "id": "x"}


@pytest.mark.parametrize("other", [None, [("id", "a")], "id"], ids=repr)
def test_attrs_can_be_joined_with_mappings_only(other):
    with pytest.raises(TypeError, match="unsupported operand"):
        Attrs({}) | other


def test_attrs_with_equal_items_are_equal_and_have_equal_hashes():
    one, same, other = Attrs({"id": "a", "x": 1}), Attrs({"x": 1, "id": "a"}), Attrs({"id": "b"})

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one == {"id": "a", "x": "1"}


def test_attrs_cannot_be_changed():
    attrs = Attrs({"id": "a"})

    with pytest.raises(TypeError):
        attrs["id"] = "b"
    with pytest.raises(AttributeError):
        attrs.new = "b"


def test_copies_and_pickles_of_attrs_are_equal():
    attrs = Attrs({"id": "a", "href": Markup("javascript:a&amp;b")})

    loaded = pickle.loads(pickle.dumps(attrs))

    assert copy.copy(attrs) is copy.deepcopy(attrs) is attrs
    assert loaded == attrs
    assert type(loaded["href"]) is Markup


def test_attrs_pickled_by_another_process_have_the_hash_of_this_one():
    program = (
        "import pickle, sys; from fatmorph.markup._attributes import Attrs;"
        "sys.stdout.buffer.write(pickle.dumps(Attrs({'id': 'a'})))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment
    )

    assert hash(pickle.loads(finished.stdout)) == hash(Attrs({"id": "a"}))


def test_attrs_refuse_the_same_attributes_as_an_element():
    with pytest.raises(AttributeNameError):
        Attrs({"a b": "x"})
    with pytest.raises(AttributeValueError) as caught:
        Attrs({"title": b"x"})

    assert caught.value.where == "title of Attrs(…): b'x'"


def test_attrs_do_not_change_urls():
    attrs = Attrs({"href": "javascript:x", "values": "a;javascript:b"})

    assert dict(attrs) == {"href": "javascript:x", "values": "a;javascript:b"}
    assert dict(Attrs(attrs) | attrs) == dict(attrs)


def test_a_keyword_is_mapped_and_a_key_is_not_changed():
    assert mapped_name("data_cell_id_").name == "data-cell-id"
    assert written_name("data_cell_id_").name == "data_cell_id_"


def test_adding_attributes_changes_the_dict_in_place():
    attributes = {"class": "a", "id": "x"}

    add_attribute(attributes, "p", written_name("class"), "b")
    add_mapping(attributes, "p", {"id": None, "title": "t"})

    assert attributes == {"class": "a b", "title": "t"}


def test_attrs_that_are_joined_are_not_checked_again(monkeypatch):
    attrs = [Attrs({f"data-a{number}": "x"}) for number in range(100)]
    monkeypatch.setattr(_attributes, "written_name", None)

    joined = functools.reduce(operator.or_, attrs)

    assert list(joined) == [f"data-a{number}" for number in range(100)]
