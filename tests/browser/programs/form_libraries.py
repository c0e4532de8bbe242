"""Live pages of Django, with its check of CSRF tokens: a form of Django's, and one of WTForms."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django.forms
import wtforms
from django.apps import apps
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import FileResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie

from fatmorph import Context, Element, Pages, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.django import endpoint
from fatmorph.markup.escape import JSExpression

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests only",
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    CSRF_COOKIE_HTTPONLY="TOKEN_IN_PAGE" in os.environ,
)
apps.populate(())

TOKEN = JSExpression("document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? ''")
relay = Relay[int]()
counts = [0]


class SignupForm(django.forms.Form):
    email = django.forms.EmailField()
    age = django.forms.IntegerField(min_value=18)


class NoteForm(wtforms.Form):
    title = wtforms.StringField("Title", [wtforms.validators.Length(min=3)])
    text = wtforms.TextAreaField("Text", [wtforms.validators.DataRequired()])


@dataclass
class Tab:
    errors: dict[str, Any] = field(default_factory=dict)
    saved: str = ""
    csrf: str | JSExpression = "" if settings.CSRF_COOKIE_HTTPONLY else TOKEN


tabs = Pages(Tab)


def attributes(name: str, tab: Tab) -> dict[str, str]:
    described = {"aria-describedby": f"{name}-error"}
    return described | ({"aria-invalid": "true"} if name in tab.errors else {})


def error_view(name: str, tab: Tab) -> Element:
    errors = tab.errors.get(name, ())
    return h.p({"id": f"{name}-error", "role": "alert"}, [h.span(error) for error in errors])


def page_view(tab: Tab) -> Element:
    signup, note = SignupForm(auto_id="%s"), NoteForm()
    csrf = {"X-CSRFToken": tab.csrf}
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Forms"), datastar_script("/datastar.js")),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.p({"id": "count"}, counts[-1]),
            h.p({"id": "saved"}, tab.saved),
            h.p({"id": "token"}, tab.csrf and "The page has its token."),
            h.form(
                {"id": "signup", "novalidate": True},
                data.on("submit", at.post("/signup", content_type="form", headers=csrf)),
                [
                    h.p(
                        signup[name].label_tag(),
                        signup[name].as_widget(attrs=attributes(name, tab)),
                        error_view(name, tab),
                    )
                    for name in signup.fields
                ],
                h.button("Join", id="join"),
            ),
            h.form(
                {"id": "note", "novalidate": True},
                data.on("submit", at.post("/note", content_type="form", headers=csrf)),
                [
                    h.p(one.label, one(**attributes(one.name, tab)), error_view(one.name, tab))
                    for one in note
                ],
                h.button("Save", id="save"),
            ),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        tab.state.csrf = tab.state.csrf or get_token(c.request)
        await w.live(lambda: page_view(tab.state), relay.subscribe("*"), tab.changes)


async def signup(c: Context, w: Writer) -> None:
    form = SignupForm(await c.form())
    async with tabs.of(c) as tab:
        is_valid = form.is_valid()
        tab.state.errors = form.errors
        tab.state.saved = f"{form.cleaned_data}" if is_valid else ""


async def note(c: Context, w: Writer) -> None:
    form = NoteForm(await c.form())
    async with tabs.of(c) as tab:
        is_valid = form.validate()
        tab.state.errors = form.errors
        tab.state.saved = f"{form.data}" if is_valid else ""


async def count(c: Context, w: Writer) -> None:
    counts.append(counts[-1] + 1)
    relay.publish("count", counts[-1])
    w.json(relay.subscription_count)


def client(_: object) -> FileResponse:
    return FileResponse(Path(os.environ["DATASTAR"]).open("rb"), content_type="text/javascript")


urlpatterns = [
    path("", ensure_csrf_cookie(endpoint(home))),
    path("subscribe", endpoint(subscribe)),
    path("signup", endpoint(signup)),
    path("note", endpoint(note)),
    path("count", endpoint(count)),
    path("datastar.js", client),
]
app = get_asgi_application()

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
