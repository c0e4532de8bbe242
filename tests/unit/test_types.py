"""The types of signatures, at run time."""

import pytest

from fatmorph import Attrs, types


@pytest.mark.parametrize(
    "name", ["AttributeValue", "Child", "Node", "SignalValue", "StyleValue", "AttributeMapping"]
)
def test_a_type_can_be_combined_with_another_at_run_time(name: str) -> None:
    combined = getattr(types, name) | Attrs

    assert Attrs in combined.__args__
