"""Templates of Jinja2 and Django: their tags stay as comments."""

import textwrap

import pytest

from fatmorph._converting.converter import convert
from fatmorph._converting.template_tags import is_template_page


def page(html: str) -> str:
    """Return the code of the page; it renders the same page without the tags."""
    found = convert(html)
    assert found.difference is None
    return found.code.partition("page = ")[2].rstrip()


def lines(text: str) -> str:
    return textwrap.dedent(text).strip()


def test_tags_between_elements_are_comments_in_their_places() -> None:
    html = "<ul>\n{% for item in items %}\n<li>{{ item }} of 9</li>\n{% endfor %}\n</ul>"

    assert page(html) == lines(
        """
        h.ul(
            # TODO: line 2: {% for item in items %}
            h.li(
                # TODO: line 3: {{ item }}
                " of 9",
            ),
            # TODO: line 4: {% endfor %}
        )
        """
    )


def test_tags_between_the_rows_of_a_table_stay_there() -> None:
    html = "<table><tbody>{% for a in b %}<tr><td>{{ a }}</td></tr>{% endfor %}</tbody></table>"

    assert page(html) == lines(
        """
        h.table(
            h.tbody(
                # TODO: line 1: {% for a in b %}
                h.tr(
                    h.td(
                        # TODO: line 1: {{ a }}
                    ),
                ),
                # TODO: line 1: {% endfor %}
            ),
        )
        """
    )


def test_tags_in_values_stay_in_the_text_and_are_named() -> None:
    html = """<p>\n<a href="{{ url('home') }}" {% if a > 1 %}hidden{% endif %}>x</a></p>"""

    assert page(html) == lines(
        """
        h.p(
            # TODO: line 2: {{ url('home') }}, in href
            # TODO: line 2: {% if a > 1 %}, among the attributes
            # TODO: line 2: {% endif %}, among the attributes
            h.a("x", href="{{ url('home') }}", hidden=True),
        )
        """
    )


def test_tags_in_scripts_stay_in_the_text_and_are_named() -> None:
    assert page("<p></p><script>let a = {{ a|tojson }};</script>{% block b %}") == lines(
        """
        fragment(
            h.p(),
            h.script(
                # TODO: line 1: {{ a|tojson }}, in the script
                "let a = {{ a|tojson }};",
            ),
            # TODO: line 1: {% block b %}
        )
        """
    )


@pytest.mark.parametrize("name", ["raw", "verbatim"])
def test_braces_that_a_template_shows_stay_text(name: str) -> None:
    html = f"<p>{{% {name} %}}<b title='{{{{ a }}}}'>{{{{ b }}}}</b>{{% end{name} %}}</p>"

    assert page(html) == lines(
        f"""
        h.p(
            # TODO: line 1: {{% {name} %}}
            h.b("{{{{ b }}}}", title="{{{{ a }}}}"),
            # TODO: line 1: {{% end{name} %}}
        )
        """
    )


@pytest.mark.parametrize(
    "html",
    [
        "{% extends 'a' %}{% block b %}<p>x</p>{% endblock %}",
        "{# a #}<!doctype html><title>{{ t }}</title><p>x",
        "<li{% if a %} class='b'{% endif %}>x</li>",
        "<h{{ level }} class=a>x</h{{ level }}>",
        "<input value={{ a }} {{ b }}>",
        "<p title='{{ \"a\" }} and {% trans 'b' %}'>x</p>",
        "<option {% if a %}selected{% endif %}>x</option>",
        "<select>{% for a in b %}<option>{{ a }}</option>{% endfor %}</select>",
        "<textarea>{{ a }}</textarea>",
        "<!-- {{ a }} --><p>{{ b }}",
        "<p>{{ a",
        '<p title="\U000fff000\U000fff01">\ue000 {{ a }}',
        "<p data-on:click=\"@post('{% url 'a' %}')\">x",
    ],
)
def test_a_template_renders_as_it_would_without_its_tags(html: str) -> None:
    assert convert(html).difference is None


@pytest.mark.parametrize("html", ["<p>{{ name }}</p>", "<p>{% if a %}b{% endif %}</p>"])
def test_a_page_with_tags_is_a_template(html: str) -> None:
    assert is_template_page(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p v-if='a'>{{ name }}</p>",
        "<p>a { b } { { c } }</p>",
        "<script>let a = {{}}; '{% x %}'</script><p>b</p>",
    ],
)
def test_a_page_whose_brackets_belong_to_javascript_is_not_a_template(html: str) -> None:
    assert not is_template_page(html)
