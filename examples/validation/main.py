"""Validation: a form of Django that is checked while it is filled in, with accounts in SQLite.

Start it, then open http://127.0.0.1:8000:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.asgi import get_asgi_application
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.static import serve as serve_files

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    h,
    serve,
)
from fatmorph.adapters.django import endpoint, in_thread
from fatmorph.markup.escape import JSExpression

FOLDER = Path(__file__).parent
DATABASE = os.environ.get("ACCOUNTS_DATABASE", FOLDER / "accounts.db")
VALIDATORS = ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
STYLE = """
.page { width: min(100% - 2rem, 26rem) }
.field > input { width: 100% } .field.valid > input { border-color: var(--good) }
.field.valid label::after { content: " ✓"; color: var(--good) }
.tick label { font-weight: 400 }
/* An error that comes or goes moves nothing: a click that has begun would miss its button. */
.field > .error:empty { position: static; min-height: 1lh }
#welcome { display: grid; gap: 0.75rem; justify-items: start }
"""

settings.configure(
    SECRET_KEY="for your own computer alone",  # noqa: S106 - an example
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}"} for name in VALIDATORS
    ],
)
django.setup()
from django.contrib.auth.models import User  # noqa: E402 - models need the settings


class SignupForm(forms.Form):
    username = forms.CharField(
        label="Name",
        min_length=3,
        max_length=30,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    email = forms.EmailField(
        label="Email",
        help_text="We never send anything.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        validators=[validate_password],
        help_text="At least 8 characters, and not a common word.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    terms = forms.BooleanField(
        label="I agree to the terms", error_messages={"required": "Tick this box to join."}
    )

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("This name is taken.")
        return name


Errors = Mapping[str, Sequence[str]]


@dataclass
class Tab:
    """The state of one open page; the typed text stays in the browser."""

    errors: Errors = field(default_factory=dict[str, list[str]])
    checked: frozenset[str] = frozenset()  # fields that the user has left
    joined: str = ""


tabs = Pages(Tab)
relay = Relay[None]()
client = datastar_script()


def home_view(tab: Tab, count: int) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Join"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.header(
                {"class": "bar"},
                h.h1("Join"),
                h.p({"id": "count", "class": "hint"}, f"Accounts: {count}"),
            ),
            h.main({"class": "page"}, welcome_view(tab) if tab.joined else form_view(tab)),
            connection_state(),
        ),
    )


def form_view(tab: Tab) -> Element:
    send = at.post("/signup", content_type="form")
    check = at.post(JSExpression("`/check/${evt.target.name}`"), content_type="form")
    return h.form(
        {"id": "signup", "class": "form panel", "novalidate": True},
        data.indicator("joining"),  # while a request of this element runs: of the form alone
        data.on("submit", f"$joining || {send}"),
        h.fieldset(
            {"class": "form"},
            data.on("change", check),
            [field_view(each, tab) for each in SignupForm(auto_id="%s")],
        ),
        h.footer(
            h.button(
                {"class": "primary"},
                data.attr({"aria-busy": "$joining ? 'true' : 'false'"}),
                "Create account",
            )
        ),
    )


def field_view(bound: forms.BoundField, tab: Tab) -> Element:
    name, label, help_text = bound.name, str(bound.label), str(bound.help_text)
    is_checked, errors = name in tab.checked, tab.errors.get(name, ())
    invalid = "true" if is_checked and errors else "false"
    control = bound.as_widget(
        attrs={"aria-invalid": invalid, "aria-describedby": f"{name}-help {name}-error"}
    )
    is_box = bound.widget_type == "checkbox"
    return h.div(
        {"class": {"field": True, "tick": is_box, "valid": is_checked and not errors}},
        h.label(control, label) if is_box else (h.label({"for": name}, label), control),
        help_text and h.p({"id": f"{name}-help", "class": "hint"}, help_text),
        h.p(
            {"id": f"{name}-error", "class": "error", "role": "alert"},
            is_checked and " ".join(errors),
        ),
    )


def welcome_view(tab: Tab) -> Element:
    return h.section(
        {"id": "welcome", "class": "panel", "role": "status"},
        h.h2(f"Welcome, {tab.joined}!"),
        h.p("Your account is in the database, with a hash of your password."),
        h.button(data.on("click", at.post("/again")), {"type": "button"}, "Create another one"),
    )


def errors_of(form: SignupForm) -> Errors:
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def create_account(form: SignupForm) -> Errors:
    if form.is_valid():
        name, email = form.cleaned_data["username"], form.cleaned_data["email"]
        try:
            User.objects.create_user(name, email, form.cleaned_data["password"])
        except IntegrityError:  # another user was faster
            form.add_error("username", "This name is taken.")
    return errors_of(form)


async def draw(tab: Tab) -> Element:
    return home_view(tab, await in_thread(User.objects.count))


async def home(c: Context, w: Writer) -> None:
    w.html(await draw(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        accounts = relay.subscribe("accounts", latest=True)
        await w.live(lambda: draw(tab.state), accounts, tab.changes)


async def check(c: Context, w: Writer) -> None:
    form = SignupForm(await c.form())
    async with tabs.of(c) as tab:
        tab.state.errors = await in_thread(errors_of, form)
        tab.state.checked |= {c.path_params["field"]}


async def signup(c: Context, w: Writer) -> None:
    form = SignupForm(await c.form())
    async with tabs.of(c) as tab:
        tab.state.errors = await in_thread(create_account, form)
        tab.state.checked = frozenset(form.fields)
        if not tab.state.errors:
            tab.state = Tab(joined=form.cleaned_data["username"])
            relay.publish("accounts", None)


async def again(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state = Tab()


urlpatterns = [
    path("", endpoint(home)),
    path("subscribe", endpoint(subscribe)),
    path("check/<slug:field>", require_POST(endpoint(check))),
    path("signup", require_POST(endpoint(signup))),
    path("again", require_POST(endpoint(again))),
    path("look/<path:path>", serve_files, {"document_root": FOLDER.parent / "look"}),
]
app = get_asgi_application()

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Create an account.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        copy = Path(options.datastar)
        place = {"document_root": copy.parent, "path": copy.name}
        urlpatterns.append(path("datastar.js", serve_files, place))
    call_command("migrate", verbosity=0)
    serve(app, port=options.port)
