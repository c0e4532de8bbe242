"""Which elements have a check of their content; the engine's suite has what each refuses."""

import pytest

from fatmorph.errors import RawTextError
from fatmorph.markup.content import comment_content, content_check
from fatmorph.markup.spec import (
    ESCAPABLE_RAW_TEXT_ELEMENTS,
    HTML_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    VOID_ELEMENTS,
)


def test_every_element_that_is_not_written_like_others_is_checked():
    checked = {name for name in HTML_ELEMENTS if content_check(name) is not None}

    special = VOID_ELEMENTS | RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS
    assert checked == special & set(HTML_ELEMENTS)


def test_raw_text_becomes_one_child():
    check = content_check("script")

    assert check("script", ("a", "b")) == ("ab",)
    assert check("script", ("", "")) == ()


def test_raw_text_that_is_split_over_children_is_judged_as_one():
    with pytest.raises(RawTextError):
        content_check("script")("script", ("</scr", "ipt>"))
    with pytest.raises(RawTextError):
        comment_content("#comment", ("--", ">"))
