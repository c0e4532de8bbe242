"""Objects of other libraries in elements, and elements in their templates.

Each object is a child, a value and a view for what it stands for.
"""

import enum
import weakref
from collections import UserString
from datetime import date

import flask
import flask_babel
import jinja2
import pytest
import werkzeug.local
import wtforms
from babel.support import LazyProxy
from datastar_py.attributes import attribute_generator
from django import forms
from django.template import Context, Engine, context_processors
from django.test import RequestFactory
from django.urls import path, reverse_lazy
from django.utils.functional import SimpleLazyObject, lazy, lazystr
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext_lazy, override
from markupsafe import Markup

import django_settings  # noqa: F401 - it configures Django
import fatmorph
from fatmorph import Attrs, data, h, js, json_script
from fatmorph.datastar import events
from fatmorph.errors import AttributeValueError, ChildError, DatastarError, EventError


class Colour(enum.StrEnum):
    RED = "red"


class SignUp(forms.Form):
    email = forms.EmailField()


class Search(wtforms.Form):
    query = wtforms.StringField("Find <b>", [wtforms.validators.DataRequired()])


class Urls:
    urlpatterns = (path("users/<int:number>/", lambda request: None, name="user"),)


def django_page(source, **values):
    return Engine().from_string(source).render(Context(values))


def jinja_page(source, **values):
    return jinja2.Environment(autoescape=True).from_string(source).render(values)


pages = pytest.mark.parametrize("page", [django_page, jinja_page])


# --- Elements and attributes in templates


@pages
def test_an_element_in_a_template_is_its_html(core, page):
    bold = core.Tag("b")("2 < 3")
    values = {"bold": bold, "frozen": core.frozen(bold), "both": core.FRAGMENT((bold, bold))}

    assert page("{{ bold }}|{{ frozen }}|{{ both }}", **values) == "|".join(
        ["<b>2 &lt; 3</b>", "<b>2 &lt; 3</b>", "<b>2 &lt; 3</b>" * 2]
    )


@pytest.mark.parametrize(
    "source", ["{{ bold|default:'' }}", "{% firstof bold %}", "{{ list|join:'' }}"]
)
def test_filters_of_django_keep_an_elements_html(core, source):
    bold = core.Tag("b")("x")

    assert django_page(source, bold=bold, list=[bold]) == "<b>x</b>"


def test_the_text_of_an_element_is_trusted_html(core):
    bold = core.Tag("b")("x")

    assert (type(str(bold)), type(bold.__html__())) == (Markup, Markup)
    assert "<i>" + str(bold) == "&lt;i&gt;<b>x</b>"
    assert type(core.render(bold)) is str


def test_a_formatted_element_is_plain_text(core):
    bold = core.Tag("b")("x")
    formatted = [f"{bold}", f" {bold}", format(bold), f"{bold:>9}"]

    assert [(type(text), text) for text in formatted] == [
        (str, "<b>x</b>"),
        (str, " <b>x</b>"),
        (str, "<b>x</b>"),
        (str, " <b>x</b>"),
    ]


@pages
@pytest.mark.parametrize(
    ("attributes", "written"),
    [
        (data.show("$x"), 'data-show="$x"'),
        (Attrs({"title": '"<&', "hidden": True}), 'title="&quot;&lt;&amp;" hidden'),
        (Attrs({"href": "javascript:alert(1)"}), 'href="unsafe:javascript:alert(1)"'),
        (Attrs({"nonce": "n"}), 'nonce="n" data-preserve-attr="nonce"'),
        (Attrs({"data-tip": h.b("x")}), 'data-tip="&lt;b&gt;x&lt;/b&gt;"'),
        (Attrs({}), ""),
    ],
    ids=str,
)
def test_attributes_in_a_template_are_written_as_in_an_element(page, attributes, written):
    assert page("<p {{ a }}>", a=attributes) == f"<p {written}>"
    assert (str(attributes), f"{attributes}") == (written, written)
    assert (type(str(attributes)), type(f"{attributes}")) == (Markup, str)


def test_an_element_takes_the_formats_of_text(core):
    assert f"{core.Tag('b')('x'):>10}|" == "  <b>x</b>|"


def test_markup_formats_an_element_as_html(core):
    element = core.Tag("b")("x")

    assert Markup("<i>{}</i>%s").format(element) % element == "<i><b>x</b></i><b>x</b>"


# --- Objects with HTML


def invalid_form():
    form = SignUp({"email": ""})
    form.is_valid()
    return form


@pytest.mark.parametrize(
    "html",
    [
        invalid_form().errors,
        invalid_form().errors["email"],
        invalid_form(),
        invalid_form()["email"],
        Search().query,
        Search().query.label,
        SimpleLazyObject(lambda: invalid_form().errors),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_with_html_is_a_child_at_every_position(core, html):
    trusted = Markup(html.__html__())
    tag = core.Tag("div")

    assert tag(html) == tag(trusted)
    assert tag({"id": "a"}, html, class_="b") == tag({"id": "a"}, trusted, class_="b")
    assert tag("text", html, [html]) == tag("text", trusted, trusted)
    assert tag(data_tip=html).attributes["data-tip"] == trusted
    assert fatmorph.render(html) == fatmorph.render(fatmorph.fragment(html)) == trusted
    assert fatmorph.pretty(html) == fatmorph.pretty(trusted)


@pytest.mark.parametrize(
    "attributes",
    [Attrs({"data-show": "$x"}), data.show("$x"), attribute_generator.show("$x")],
    ids=lambda value: type(value).__name__,
)
def test_attributes_with_html_remain_attributes(core, attributes):
    tag = core.Tag("p")

    assert core.render(tag(attributes, "a")) == '<p data-show="$x">a</p>'
    for call in (
        lambda: tag("a", attributes),
        lambda: tag([attributes]),
        lambda: core.FRAGMENT((attributes,)),
        lambda: fatmorph.render(attributes),
        lambda: fatmorph.pretty(attributes),
        lambda: fatmorph.static(attributes),
    ):
        with pytest.raises(ChildError):
            call()
    with pytest.raises(AttributeValueError):
        tag(data_x=attributes)


# --- Proxies


PROXIES = {
    "Django": SimpleLazyObject,
    "Werkzeug": werkzeug.local.LocalProxy,
}
proxies = pytest.mark.parametrize("proxy", PROXIES.values(), ids=PROXIES)


@proxies
def test_a_proxy_is_the_value_it_stands_for(core, proxy):
    tag = core.Tag("p")
    bold = tag("bold")
    for target in ("a<b", Markup("<i>"), mark_safe("<i>"), 7, 1.5, Colour.RED, None, True, False):
        given = proxy(lambda target=target: target)
        assert tag(given, [given]) == tag(target, target)
        assert tag(title=given, data_x=given) == tag(title=target, data_x=target)
    for target in (bold, core.frozen(bold), core.FRAGMENT((bold, bold))):
        given = proxy(lambda target=target: target)
        assert tag(given) == tag(target)
        assert tag(data_x=given) == tag(data_x=target)
    assert tag(proxy(lambda: ["a", bold])) == tag("a", bold)
    assert tag(proxy(lambda: {"id": "a"})) == tag(id="a")


@proxies
def test_a_proxied_tag_is_refused(core, proxy):
    with pytest.raises(ChildError) as caught:
        core.Tag("ul")(proxy(lambda: core.Tag("li")))

    assert (caught.value.why, caught.value.fix) == (
        "a function or a tag is not rendered, only its result",
        "value()",
    )


def test_the_csrf_token_of_django_is_a_value_and_a_child(core):
    token = context_processors.csrf(RequestFactory().get("/"))["csrf_token"]
    text = str(token)

    assert core.Tag("input")(value=token).attributes["value"] == text
    assert core.Tag("p")(token).children == (text,)


def test_a_proxy_of_flask_is_read_at_the_call(core):
    app = flask.Flask(__name__)
    with app.app_context():
        flask.g.name = "Ada"
        name = werkzeug.local.LocalProxy(lambda: flask.g.name)
        element = core.Tag("p")(name, title=name)

    assert core.render(element) == '<p title="Ada">Ada</p>'


# --- Lazy text


LAZY_TEXTS = {
    "gettext_lazy": gettext_lazy("big"),
    "ngettext_lazy": ngettext_lazy("big", "bigger", 1),
    "format_lazy": format_lazy("{}", "big"),
    "lazystr": lazystr("big"),
    "in a proxy": SimpleLazyObject(lambda: gettext_lazy("big")),
    "Babel": LazyProxy(lambda: "big"),
    "Flask-Babel": flask_babel.LazyString(lambda: "big"),
    "UserString": UserString("big"),
}


@pytest.mark.parametrize("lazy_text", LAZY_TEXTS.values(), ids=LAZY_TEXTS)
def test_lazy_text_is_its_text_everywhere(core, lazy_text):
    tag = core.Tag("p")

    element = tag(
        {"title": lazy_text, "data-x": lazy_text},
        lazy_text,
        [lazy_text],
        class_=lazy_text,
        placeholder=lazy_text,
        aria_label=lazy_text,
        href=lazy_text,
        style={"--x": lazy_text},
    )

    attributes = dict.fromkeys(
        ["title", "data-x", "class", "placeholder", "aria-label", "href"], "big"
    )
    assert dict(element.attributes) == attributes | {"style": "--x:big"}
    assert element.children == ("big", "big")
    assert tag(class_=["a", lazy_text, None]) == tag(class_="a big")
    assert tag(Attrs({"class": lazy_text, "href": lazy_text})) == tag(class_="big", href="big")


def test_lazy_text_is_read_once_when_the_element_is_built(core):
    texts = iter(("first", "second"))
    lazy_text = lazy(lambda: next(texts), str)()

    element = core.Tag("p")(lazy_text)

    assert core.render(element) == core.render(element) == "<p>first</p>"
    assert next(texts) == "second"


def test_lazy_text_keeps_the_language_of_the_call(core):
    yes = gettext_lazy("Yes")
    with override("de"):
        german = core.Tag("p")(yes)

    assert (core.render(german), core.render(core.Tag("p")(yes))) == ("<p>Ja</p>", "<p>Yes</p>")


def test_lazy_text_is_escaped_and_lazy_html_is_not(core):
    text, html = gettext_lazy("<b>"), lazy(format_html, SafeString)("<b>{}</b>", "<")

    assert core.render(core.Tag("p")(text, html)) == "<p>&lt;b&gt;<b>&lt;</b></p>"
    assert core.Tag("p")(title=html, data_x=html) == core.Tag("p")(
        title="<b><</b>", data_x="<b>&lt;</b>"
    )


def test_a_lazy_url_is_checked_like_any_other(core):
    lazy_url = reverse_lazy("user", urlconf=Urls, args=[7])

    assert core.Tag("a")(href=lazy_url).attributes["href"] == "/users/7/"
    assert core.Tag("a")(href=lazystr("javascript:x")).attributes["href"] == "unsafe:javascript:x"


@pytest.mark.parametrize("lazy_text", LAZY_TEXTS.values(), ids=LAZY_TEXTS)
def test_lazy_text_is_text_in_javascript_and_json(lazy_text):
    assert js({"a": [lazy_text]}) == "{a: ['big']}"
    assert json_script({"a": [lazy_text]}) == json_script({"a": ["big"]})
    assert data.signals({"a": {"b": [lazy_text]}}) == data.signals({"a": {"b": ["big"]}})
    assert events.patch_signals({"a": [lazy_text]}) == events.patch_signals({"a": ["big"]})


@pytest.mark.parametrize(
    ("write", "error", "where"),
    [
        (js, AttributeValueError, "items[0].when: datetime.date(2026, 1, 2)"),
        (json_script, AttributeValueError, "items[0].when: datetime.date(2026, 1, 2)"),
    ],
)
def test_a_member_without_a_form_in_json_is_refused_with_its_place(write, error, where):
    with pytest.raises(error) as caught:
        write({"name": "a", "items": [{"when": date(2026, 1, 2)}]})

    assert (caught.value.where, caught.value.fix) == (where, "value.isoformat()")


@pytest.mark.parametrize(
    ("write", "error", "where"),
    [
        (js, AttributeValueError, "items[0].what: <object"),
        (json_script, AttributeValueError, "items[0].what: <object"),
        (data.signals, DatastarError, "data.signals, signal items[0].what"),
        (events.patch_signals, EventError, "patch_signals(), signal items[0].what"),
    ],
)
def test_the_error_of_a_member_names_it(write, error, where):
    with pytest.raises(error) as caught:
        write({"name": "a", "items": [{"what": object()}]})

    assert caught.value.where.startswith(where)


@proxies
@pytest.mark.parametrize(
    ("write", "error", "where"),
    [
        (js, AttributeValueError, "items[0]: "),
        (json_script, AttributeValueError, "items[0], a key: "),
        (data.signals, DatastarError, "data.signals, signal items[0]"),
        (events.patch_signals, EventError, "patch_signals(), signal items[0].a"),
    ],
)
def test_a_key_that_is_not_text_is_refused_with_its_place(proxy, write, error, where):
    with pytest.raises(error) as caught:
        write({"items": [{proxy(lambda: "a"): 1}]})

    assert caught.value.where.startswith(where)


@proxies
def test_the_failure_of_a_proxy_is_raised_with_its_place(core, proxy):
    def fail():
        raise RuntimeError("mine")

    for build, place in (
        (lambda: core.Tag("p")(title=proxy(fail)), "title of <p>"),
        (lambda: core.Tag("p")(class_=[proxy(fail)]), "class of <p>"),
        (lambda: core.Tag("p")("a", [proxy(fail)]), "positional argument 2, item 1"),
    ):
        with pytest.raises(RuntimeError, match="mine") as caught:
            build()
        assert place in "".join(caught.value.__notes__)


def test_a_weak_proxy_is_its_element_while_that_lives(core):
    bold = core.Tag("b")("x")
    weak = weakref.proxy(bold)

    assert core.Tag("p")(weak, data_x=weak) == core.Tag("p")(bold, data_x=bold)
    del bold
    with pytest.raises(ReferenceError):
        core.Tag("p")(weak)


def test_an_undefined_variable_of_jinja_is_refused_with_a_fix_that_works(core):
    undefined = jinja2.Undefined(name="user")

    with pytest.raises(AttributeValueError) as of_attribute:
        core.Tag("p")(title=undefined)
    with pytest.raises(DatastarError) as of_signal:
        data.signals({"a": undefined})

    assert of_attribute.value.fix == "title=str(value)"
    assert of_signal.value.fix == "str(value)"
