"""CSS in style attributes; tests/core has the table of values."""

import pytest

from fatmorph.markup._css import is_one_value, is_property_name, meant_property


@pytest.mark.parametrize("name", ["color", "COLOR", "-webkit-mask", "--x", "--Any_thing-1", "--é"])
def test_a_property_name_is_written_as_in_css(name):
    assert is_property_name(name)


@pytest.mark.parametrize("name", ["", "-", "1a", "a b", "a:b", "a;b", "a_b", "aB", "a\n", "é"])
def test_other_names_are_not_property_names(name):
    assert not is_property_name(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("zIndex", "z-index"),
        ("z_index", "z-index"),
        ("MozAppearance", "-moz-appearance"),
        ("a:b", "background-color"),
    ],
)
def test_the_suggested_name_is_a_property_name(name, meant):
    assert meant_property(name) == meant
    assert is_property_name(meant)


@pytest.mark.parametrize("value", ["", "red", "1px solid", "var(--x, [a (b)])", "url(a)", "a/b"])
def test_a_value_that_is_closed_is_one_value(value):
    assert is_one_value(value)


@pytest.mark.parametrize("value", [";", "(", "]", "([)]", "'", "\\", "/*", "{}", "url(')')x'"])
def test_a_value_that_is_open_or_ends_early_is_not_one_value(value):
    assert not is_one_value(value)


def test_a_long_value_takes_time_in_proportion():
    assert is_one_value("(" * 100_000 + ")" * 100_000)
    assert not is_one_value("(" * 100_000)
    assert not is_one_value("url(" + "a" * 100_000)
    assert not is_one_value("é\\31 " * 50_000 + ";")
