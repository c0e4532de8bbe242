"""Values of attributes; the engine's suite has what each becomes on an element."""

import pytest
from markupsafe import Markup

from fatmorph.markup._values import plain_value


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (True, True), (False, None), (None, None), (7, "7"), (Markup("&lt;"), "<")],
)
def test_a_plain_value_is_text_or_a_bare_name_or_nothing(value, text):
    assert plain_value("p", "title", value) == text
