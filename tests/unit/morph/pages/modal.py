"""A modal: a dialog that the user opens, and one that the server opens."""

from fatmorph import Element, at, data, datastar_script, h


def confirm_view(question: str) -> Element:
    return h.dialog(
        {"id": "confirm", "open": True},
        h.p(question),
        h.button(data.on("click", at.post("/yes")), "Yes"),
        h.button(data.on("click", at.post("/no")), "No"),
    )


def page(question: str | None = "Delete all?") -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Settings"), datastar_script()),
        h.body(
            data.init(at.subscribe("/settings/stream")),
            h.main(
                h.h1("Settings"),
                h.button(data.on("click", "document.getElementById('help').showModal()"), "Help"),
                h.details(data.preserve_attr("open"), h.summary("More"), h.p("Fewer surprises.")),
                h.button("Menu", popovertarget="menu"),
                h.div({"id": "menu", "popover": True}, h.a("Log out", href="/logout")),
            ),
            h.dialog(
                {"id": "help"},
                data.preserve_attr("open"),
                h.h2("Help"),
                h.form({"method": "dialog"}, h.button("Close")),
            ),
            question and confirm_view(question),
        ),
    )


def broken() -> Element:
    """Return a dialog that every patch would close."""
    return h.body(h.dialog({"id": "help"}, h.h2("Help")))


FOUND = ["open-not-preserved"]
