"""URLs that run code; tests/core has the table of their forms."""

import pytest

from fatmorph.markup._url import is_neutral, neutral_url, neutral_url_list


@pytest.mark.parametrize("url", ["javascript:x", "\x00 JAVA\nSCRIPT:x", "data:text/html,x"])
def test_a_url_that_runs_code_is_prefixed_and_stays_readable(url):
    assert neutral_url("a", url) == "unsafe:" + url


@pytest.mark.parametrize("url", ["", "/a", "https://example.org", "data:image/png,x"])
def test_another_url_is_not_changed(url):
    assert neutral_url("a", url) is url


def test_neutralising_twice_changes_nothing():
    once = neutral_url("a", "javascript:x")

    assert neutral_url("a", once) == once


def test_an_svg_image_is_safe_only_in_some_elements():
    url = "data:image/svg+xml,x"

    assert (neutral_url("img", url), neutral_url("object", url)) == (url, "unsafe:" + url)


def test_each_url_of_a_list_is_checked():
    assert neutral_url_list("animate", "a;javascript:b;") == "a;unsafe:javascript:b;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unsafe:javascript:x", True),
        ("unsafe: DATA:text/html,x", True),
        ("/a;unsafe:vbscript:x", True),
        ("unsafe:at any speed", False),
        ("/unsafe:javascript:x", False),
        ("javascript:x", False),
        ("", False),
    ],
)
def test_a_neutral_url_is_recognised(text, expected):
    assert is_neutral(text) is expected
