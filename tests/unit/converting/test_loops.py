"""Repeated siblings as loops."""

import textwrap

import pytest

from fatmorph._converting.converter import convert


def code(html: str) -> str:
    found = convert(html, loops=True)
    assert found.difference is None
    return found.code.partition("\n\n")[2].strip()


def test_three_siblings_of_one_shape_become_a_loop_over_their_values() -> None:
    html = "<ul><li><a href=/a>A</a></li><li><a href=/b>B</a></li>\n<li><a href=/c>C</a></li></ul>"

    assert (
        code(html)
        == textwrap.dedent(
            """
        from fatmorph import h

        ITEMS = (("/a", "A"), ("/b", "B"), ("/c", "C"))

        page = h.ul([h.li(h.a(text, href=href)) for href, text in ITEMS])
        """
        ).strip()
    )


def test_one_value_needs_no_rows() -> None:
    assert (
        code("<select><option>a<option>b<option>c</select>")
        == textwrap.dedent(
            """
        from fatmorph import h

        OPTIONS = ("a", "b", "c")

        page = h.select([h.option(text) for text in OPTIONS])
        """
        ).strip()
    )


def test_a_name_of_python_gets_an_underscore_and_a_type_goes_into_a_dict() -> None:
    html = "<p><input id=a type=text><input id=b type=date><input id=c type=txt></p>"

    assert code(html).partition("page = ")[2] == (
        'h.p([h.input({"type": type_}, id=id_) for id_, type_ in ROWS])'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>a<li>b</ul>",
        "<ul><li>a<li>a<li>a</ul>",
        "<p><b>a</b> <b>b</b> <b>c</b></p>",
        "<ul><li>a<li class=x>b<li>c</ul>",
        "<p><a href='javascript:1'>a</a><a href=b>b</a><a href=c>c</a></p>",
        "<ul><li>{{ a }}<li>{{ b }}<li>{{ c }}</ul>",
        "<div><script>a</script><script>b</script><script>c</script></div>",
    ],
)
def test_other_siblings_stay_as_they_are(html: str) -> None:
    assert " for " not in code(html)
