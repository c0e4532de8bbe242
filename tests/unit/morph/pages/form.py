"""A form: fields with messages, a choice, and the data that was sent."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

PLANS = {"free": "Free", "team": "Team", "company": "Company"}


def field_view(name: str, label: str, kind: str, error: str | None) -> Element:
    return h.div(
        {"class": "field"},
        h.label(label, for_=name),
        h.input(data.bind(name), id=name, name=name, type=kind, aria_invalid=error and "true"),
        error and h.p({"class": "error"}, error),
    )


def plan_view(plan: str, label: str) -> Element:
    return h.label(
        h.input(data.bind("plan"), type="radio", name="plan", value=plan, id=dom_id("plan", plan)),
        label,
    )


def page(errors: dict[str, str] | None = None) -> Element:
    errors = errors or {"email": "This is no address."}
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Sign up"), datastar_script()),
        h.body(
            h.h1("Sign up"),
            h.form(
                {"id": "sign-up"},
                data.on("submit", at.post("/sign-up", content_type="form")),
                field_view("email", "E-mail", "email", errors.get("email")),
                field_view("password", "Password", "password", errors.get("password")),
                h.fieldset(h.legend("Plan"), [plan_view(*plan) for plan in PLANS.items()]),
                h.label("Country", for_="country"),
                h.select(
                    {"id": "country", "name": "country"},
                    [h.option(name, value=name) for name in ("Chad", "Fiji", "Peru")],
                ),
                h.label("About you", for_="about"),
                h.textarea({"id": "about", "name": "about", "rows": 4}),
                h.input(type="hidden", name="token", value="t0k3n"),
                h.button("Sign up"),
            ),
        ),
    )


def broken() -> Element:
    """Return fields without ids: typed text would move to another field."""
    return h.form(
        {"id": "sign-up"},
        h.label("E-mail", h.input(name="email", type="email")),
        h.label("Password", h.input(name="password", type="password")),
    )


FOUND = ["state-without-id", "state-without-id"]
