"""Elements in the templates of other libraries, and their objects in elements."""

import jinja2
import pytest
from django.template import Context, Engine
from markupsafe import Markup

import django_settings  # noqa: F401 - it configures Django

DJANGO = Engine()
JINJA = jinja2.Environment(autoescape=True)
TEMPLATES = {
    "Django": lambda source, **values: DJANGO.from_string(source).render(Context(values)),
    "Jinja2": lambda source, **values: JINJA.from_string(source).render(values),
}
templates = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


# --- elements in other templates


@templates
def test_a_template_writes_an_element_as_its_html(core, template):
    html = template("<p>{{ e }}</p>", e=core.Tag("b")("2 < 3"))

    assert html == "<p><b>2 &lt; 3</b></p>"


@templates
def test_a_template_writes_the_elements_of_a_list(core, template):
    source = "{% for e in elements %}{{ e }}{% endfor %}"

    html = template(source, elements=[core.Tag("b")("x"), core.FRAGMENT(("<", core.Tag("hr")()))])

    assert html == "<b>x</b>&lt;<hr>"


def test_the_str_of_an_element_is_markup(core):
    text = str(core.Tag("b")("x"))

    assert (type(text), text) == (Markup, Markup("<b>x</b>"))


def test_text_added_to_the_str_of_an_element_is_escaped(core):
    assert "<i>" + str(core.Tag("b")("x")) == "&lt;i&gt;<b>x</b>"


@pytest.mark.parametrize("write", [lambda e: f"{e}", lambda e: f"{e}" + "", format, "{}".format])
def test_formatting_an_element_gives_plain_text(core, write):
    text = write(core.Tag("b")("x"))

    assert (type(text), text) == (str, "<b>x</b>")


def test_an_element_takes_the_formats_of_text(core):
    assert f"{core.Tag('b')('x'):>10}|" == "  <b>x</b>|"


def test_markup_formats_an_element_as_html(core):
    element = core.Tag("b")("x")

    assert Markup("<i>{}</i>%s").format(element) % element == "<i><b>x</b></i><b>x</b>"
