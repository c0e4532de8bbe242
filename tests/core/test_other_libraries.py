"""Elements in the templates of other libraries, and their objects in elements."""

from collections import UserString

import jinja2
import pytest
from datastar_py.attributes import attribute_generator
from django import forms
from django.template import Context, Engine
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.translation import gettext_lazy
from markupsafe import Markup
from werkzeug.local import LocalProxy

import django_settings  # noqa: F401 - it configures Django
from fatmorph import fragment, js, render
from fatmorph.errors import AttributeValueError, ChildError
from fatmorph.markup._attributes import Attrs

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


@templates
def test_a_template_writes_attributes_in_a_start_tag(template):
    attributes = Attrs({"data-show": '$a < "b"', "hidden": True, "class": {"open": True}})

    html = template("<p {{ a }}>", a=attributes)

    assert html == '<p data-show="$a &lt; &quot;b&quot;" hidden class="open">'


# --- objects of other libraries in elements


class SearchForm(forms.Form):
    query = forms.CharField()


def test_a_mapping_with_html_is_trusted_html_at_every_position(core):
    errors = SearchForm({}).errors
    html = str(errors)

    built = [
        core.Tag("div")(errors),
        core.Tag("div")({"id": "a"}, errors),
        core.Tag("div")("x", [errors]),
        core.FRAGMENT((errors,)),
    ]

    assert [core.render(each) for each in built] == [
        f"<div>{html}</div>",
        f'<div id="a">{html}</div>',
        f"<div>x{html}</div>",
        html,
    ]


def test_a_mapping_with_html_is_a_view():
    errors = SearchForm({}).errors

    assert (render(errors), str(fragment(errors))) == (str(errors), str(errors))


@pytest.mark.parametrize("made", [Attrs({"id": "a"}), attribute_generator.show("$a")])
def test_attributes_with_html_stay_attributes(core, made):
    element = core.Tag("p")(made)

    assert (dict(element.attributes), element.children) == (dict(made), ())
    with pytest.raises(ChildError):
        core.Tag("p")("a", made)
    with pytest.raises(ChildError):
        render(made)
    with pytest.raises(AttributeValueError):
        core.Tag("p")(title=made)


STANDINS = {
    "gettext_lazy": lambda text: gettext_lazy(text),  # noqa: PLW0108
    "SimpleLazyObject": lambda text: SimpleLazyObject(lambda: text),
    "LocalProxy": lambda text: LocalProxy(lambda: text),
    "UserString": UserString,
}
standins = pytest.mark.parametrize("standin", STANDINS.values(), ids=STANDINS)


@standins
def test_a_lazy_text_is_its_text(core, standin):
    text = standin("a < b")

    element = core.Tag("input")(placeholder=text, class_=text, href=text)
    element = core.Tag("p")(element, text, [text])

    assert core.render(element) == (
        '<p><input placeholder="a &lt; b" class="a &lt; b" href="a &lt; b">a &lt; ba &lt; b</p>'
    )


@standins
def test_a_lazy_text_in_a_class_or_style_is_its_text(core, standin):
    element = core.Tag("p")(class_=["a", standin("b")], style={"color": standin("red")})

    assert core.render(element) == '<p class="a b" style="color:red"></p>'


@standins
def test_a_lazy_text_has_the_rules_of_text(core, standin):
    assert core.render(core.Tag("a")(href=standin("javascript:a"))) == (
        core.render(core.Tag("a")(href="javascript:a"))
    )
    with pytest.raises(AttributeValueError, match="srcdoc"):
        core.Tag("iframe")(srcdoc=standin("<p>"))


@standins
def test_a_lazy_text_is_a_javascript_literal(standin):
    assert js({"a": [standin("b")]}) == "{a: ['b']}"


@pytest.mark.parametrize("proxy", [SimpleLazyObject, LocalProxy])
def test_a_proxy_of_an_element_is_its_html(core, proxy):
    element = core.Tag("b")("x")

    assert core.render(core.Tag("p")(proxy(lambda: element))) == "<p><b>x</b></p>"


@pytest.mark.parametrize("make", [SimpleLazyObject, lambda read: lazy(read, str)()])
def test_a_lazy_object_is_evaluated_once(core, make):
    texts = iter(["a", "b"])

    element = core.Tag("p")(make(lambda: next(texts)))

    assert (core.render(element), next(texts)) == ("<p>a</p>", "b")


@pytest.mark.parametrize("proxy", [SimpleLazyObject, LocalProxy])
def test_the_failure_of_a_proxy_is_raised_with_its_place(core, proxy):
    def fail():
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine") as caught:
        core.Tag("p")(title=proxy(fail))

    assert "title of <p>" in "".join(caught.value.__notes__)
