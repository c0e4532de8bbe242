"""Trees that are deeper than the call stack."""

import gc

import pytest

from fatmorph.errors import EncodingError
from fatmorph.markup._pretty import pretty
from fatmorph.markup.path import find_path

pytestmark = pytest.mark.slow("builds trees of 100,000 elements")

LEVELS = 100_000


def deep(core, leaf="x"):
    tag = core.Tag("i")
    tree = tag(leaf)
    for _ in range(LEVELS - 1):
        tree = tag(tree)
    return tree


def test_a_deep_tree_can_be_built_rendered_and_freed(core):
    html = core.render(deep(core))
    gc.collect()

    assert html == "<i>" * LEVELS + "x" + "</i>" * LEVELS


def test_a_deep_tree_of_fragments_lists_and_frozen_elements_renders(core):
    tree = core.frozen(core.FRAGMENT((deep(core),)))

    assert len(core.render(core.Tag("div")([tree]))) == LEVELS * 7 + 12


def test_deep_trees_can_be_compared(core):
    one, same, other = deep(core), deep(core), deep(core, "y")

    assert one == same
    assert one != other


def test_deep_trees_can_be_hashed(core):
    assert hash(deep(core)) == hash(deep(core))


def test_a_deep_tree_has_a_repr(core):
    assert repr(deep(core)) == "<i> with 1 child"


def test_a_deep_tree_can_be_searched(core):
    path, found = find_path(deep(core), lambda element: element.children == ("x",))

    assert path == " > ".join(["i"] * LEVELS)
    assert found.children == ("x",)


def test_the_path_of_a_deep_lone_surrogate_is_shortened(core):
    with pytest.raises(EncodingError) as caught:
        core.render_bytes(deep(core, "\ud800"))

    assert caught.value.where == "… " + ("i > " * 100)[-399:] + "i"


def test_a_deep_tree_can_be_pretty_printed():
    # The printer works only with the engine in use.
    from fatmorph.markup import _core

    printed = pretty(deep(_core)).replace("\n", "").replace("  ", "")

    assert printed == _core.render(deep(_core))


def test_a_wide_tree_renders(core):
    item = core.Tag("li")

    element = core.Tag("ul")(item(number) for number in range(LEVELS))

    assert len(element.children) == LEVELS
    assert core.render(element).count("<li>") == LEVELS
