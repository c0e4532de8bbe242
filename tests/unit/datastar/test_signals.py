import pytest

from fatmorph.datastar._attributes.signals import pattern_text
from fatmorph.errors import DatastarError


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("^user", "/^user/"),
        ("a/b", r"/a\x2fb/"),
        (r"a\/b", r"/a\x2fb/"),
        (r"[/']", r"/[\x2f\x27]/"),
        ('"`;@', r"/\x22\x60\x3b\x40/"),
        (r"\$a$", r"/\x24a$/"),
        ("\n\r\u2028\u2029\0", r"/\n\r\u2028\u2029\x00/"),
        ("\\\n", r"/\n/"),
        (r"\\", r"/\\/"),
        (r"(?<year>\d+)", r"/(?<year>\d+)/"),
        (r"(?<=a)b|(?<!c)d", r"/(?<=a)b|(?<!c)d/"),
        (r"[*+]\+", r"/[*+]\+/"),
        (r"\\A", r"/\\A/"),
    ],
)
def test_a_pattern_becomes_a_regular_expression_of_javascript(pattern: str, written: str) -> None:
    assert pattern_text(pattern, "test") == written


@pytest.mark.parametrize(
    "pattern",
    ["", "(", "*", r"\Aa", r"a\Z", "(?P<a>b)", "(?i)a", "(?#a)b", "a++", "(?>a)", "a{,3}", "[]a]"],
)
def test_a_pattern_that_javascript_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(DatastarError) as raised:
        pattern_text(pattern, "test")

    assert raised.value.fix == 'JSExpression("/…/i")'
