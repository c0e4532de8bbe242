"""Forms of Django and WTForms: they read the texts of `c.form()`, and their errors are markup."""

from typing import Any

import django.forms
import pytest
import wtforms

import django_settings  # noqa: F401 - it configures Django
from fatmorph import h
from fatmorph.forms import FormData

COLORS = ["r", "g", "b"]
SENT = FormData([("name", "Ada"), ("colors", "r"), ("colors", "b"), ("is_gift", "on")])


class DjangoOrder(django.forms.Form):
    name = django.forms.CharField(min_length=3)
    colors = django.forms.MultipleChoiceField(choices=[(color, color) for color in COLORS])
    is_gift = django.forms.BooleanField(required=False)


class WtformsOrder(wtforms.Form):
    name = wtforms.StringField("Name", [wtforms.validators.Length(min=3)])
    colors = wtforms.SelectMultipleField("Colors", choices=COLORS)
    is_gift = wtforms.BooleanField("Gift")


def values(form: Any) -> dict[str, Any]:
    return dict(getattr(form, "cleaned_data", None) or form.data)


def is_valid(form: Any) -> bool:
    return bool(form.is_valid() if hasattr(form, "is_valid") else form.validate())


forms = pytest.mark.parametrize("form", [DjangoOrder, WtformsOrder])


@forms
def test_a_form_of_a_library_reads_all_texts(form: Any) -> None:
    order = form(SENT)

    assert (is_valid(order), values(order)) == (
        True,
        {"name": "Ada", "colors": ["r", "b"], "is_gift": True},
    )


@forms
def test_a_form_of_a_library_tells_its_errors(form: Any) -> None:
    order = form(FormData([("name", "A"), ("colors", "x"), ("is_gift", "on")]))

    assert is_valid(order) is False
    assert sorted(order.errors) == ["colors", "name"]
    assert "at least 3 characters" in str(h.div(list(order.errors["name"])))
